package console

import (
	"crypto/rand"
	"crypto/subtle"
	"net/http"
	"sync"
	"time"

	"scimserver/shared/admin"
	"scimserver/shared/web"
)

// session is the one session of a console. It belongs to the browser that opens the link first.
type session struct {
	secret string // part of the link
	cookie string // its value
	csrf   string // every form sends it back

	mu     sync.Mutex
	opened bool
	kept   map[string]kept
	idle   *time.Timer
	limit  time.Duration
}

// kept is the result of an action for the page that shows it, once.
type kept struct {
	notice  *web.Notice
	issued  *issued
	invited *admin.Invited
}

// cookieName is the name of the session's cookie.
const cookieName = "console"

// newSession makes a session with random secrets of 130 bits or more.
func newSession() *session {
	return &session{secret: rand.Text(), cookie: rand.Text(), csrf: rand.Text(), kept: map[string]kept{}}
}

// endWhenIdle calls end when no request of the session comes for some time.
func (s *session) endWhenIdle(limit time.Duration, end func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.limit, s.idle = limit, time.AfterFunc(limit, end)
}

// open exchanges the secret of the link for the session. It succeeds once.
func (s *session) open(secret string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.opened || !equal(secret, s.secret) {
		return false
	}
	s.opened = true
	return true
}

// has reports whether a request belongs to the session. If it does, the session is in use.
func (s *session) has(r *http.Request) bool {
	cookie, err := r.Cookie(cookieName)
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil || !s.opened || !equal(cookie.Value, s.cookie) {
		return false
	}
	if s.idle != nil {
		s.idle.Reset(s.limit)
	}
	return true
}

// keep stores a result and returns its name.
func (s *session) keep(k kept) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	name := rand.Text()
	s.kept[name] = k
	return name
}

// take returns a result and forgets it.
func (s *session) take(name string) kept {
	s.mu.Lock()
	defer s.mu.Unlock()
	k := s.kept[name]
	delete(s.kept, name)
	return k
}

func equal(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }
