package main_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"scimserver/shared/testkit"
)

// story is what administrators and operators live through with one provider: what
// infra/docs/faq.md tells.
type story struct {
	*bench
	tenant string
	suffix string // of the names of accounts, which exist once in all tenants
	idp    provider
	seen   *transcript
	// settled are conflicts that close some seconds after what the story did.
	settled *[]string
}

// TestStories plays the FAQ with the requests of Okta and of Entra ID, and holds the
// FAQ to what was seen. Without -long, Entra ID plays the parts where its requests differ.
func TestStories(t *testing.T) {
	if testing.Short() {
		t.Skip("scimctl and the functions are processes of their own, of which the race detector sees nothing")
	}
	t.Parallel()
	b := newBench(t)
	seen := &transcript{lines: map[string]bool{}}
	for _, c := range []struct {
		tenant, suffix, profile string
		connect                 func(b *bench, token string) provider
	}{{"acme", "", "okta", newOkta}, {"globex", "-g", "entra", newEntra}} {
		b.run("tenant create " + c.tenant + " -profile " + c.profile)
		token := b.json("credential create " + c.tenant)["secret"].(string)
		var settled []string
		for _, part := range []struct {
			name    string
			play    func(story)
			differs bool // with the provider
		}{
			{"a failure", failureFound, false},
			{"released", accountReleased, false},
			{"connected", accountConnected, false},
			{"account deleted", accountDeleted, false},
			{"connected automatically", accountConnectedAutomatically, false},
			{"an email of a user who exists", emailChanged, true},
			{"username", usernameTaken, true},
			{"two holders", twoHolders, false},
			{"a team of the same name", teamOfTheSameName, false},
			{"a team connected", teamConnected, false},
			{"deactivated and back", backAgain, true},
			{"the address of a leaver", addressOfALeaver, false},
			{"a group renamed at the provider", groupRenamed, true},
			{"what is settled is closed", allClosed, false},
		} {
			if c.profile == "entra" && !part.differs && !testkit.Long() {
				continue
			}
			t.Run(c.profile+"/"+part.name, func(t *testing.T) {
				own := *b
				own.T = t
				part.play(story{&own, c.tenant, c.suffix, c.connect(&own, token), seen, &settled})
			})
		}
	}
	seen.holds(t, "faq.md")
}

// person makes somebody whose userName is the email, as most providers send it.
func (s story) person(name string) person {
	address := name + "@" + s.tenant + ".example"
	return person{"00u-" + name, address, address, strings.ToUpper(name[:1]) + name[1:], "Doe"}
}

// ctl runs a command, which is to succeed, and returns what it prints.
func (s story) ctl(format string, args ...any) string {
	s.Helper()
	line := fmt.Sprintf(format, args...)
	r := s.exec("", strings.Fields(line)...)
	if r.code != 0 {
		s.Fatalf("scimctl %s: exit status %d, %s%s", line, r.code, r.out, r.err)
	}
	s.saw("$ scimctl " + line + "\n" + r.out)
	return r.out
}

// refuses runs a command that is to be refused in these words.
func (s story) refuses(words, format string, args ...any) {
	s.Helper()
	line := fmt.Sprintf(format, args...)
	r := s.exec("", strings.Fields(line)...)
	if r.code != 1 || !strings.Contains(r.err, words) {
		s.Errorf("scimctl %s: exit status %d, %q; want %q", line, r.code, r.err, words)
	}
	s.saw("$ scimctl " + line + "\n" + r.err)
}

// saw keeps what people read.
func (s story) saw(text string) {
	s.Helper()
	s.Log(text)
	s.seen.note(text)
}

// account makes an account of the application and returns its id.
func (s story) account(args string) string {
	s.Helper()
	return s.json("account create " + args)["id"].(string)
}

// conflict expects that a provider's request was refused, in words that name nobody
// outside, and returns the id of the one conflict that the refusal names.
func (s story) conflict(a answer, words ...string) string {
	s.Helper()
	detail := a.text("detail")
	s.saw(detail)
	if a.status != 409 || a.text("scimType") != "uniqueness" || a.text("status") != "409" {
		s.Fatalf("%d %v", a.status, a.body)
	}
	for _, w := range words {
		if !strings.Contains(detail, w) {
			s.Errorf("%q is not in: %s", w, detail)
		}
	}
	_, id, _ := strings.Cut(detail, "(conflict ")
	id, _, _ = strings.Cut(id, ")")
	if len(id) != 12 {
		s.Fatalf("no conflict in: %s", detail)
	}
	return id
}

// succeeds expects a status below 300 and returns the id.
func (s story) succeeds(a answer, status int) string {
	s.Helper()
	if a.status != status {
		s.Fatalf("%d %v; want %d", a.status, a.body, status)
	}
	return a.text("id")
}

// state returns the state of a conflict.
func (s story) state(id string) string {
	s.Helper()
	return s.json("conflict show " + s.tenant + " " + id)["state"].(string)
}

// closes expects of a conflict that it is closed by the end of all stories.
func (s story) closes(id string) { *s.settled = append(*s.settled, id) }

// allClosed waits until the table's stream has closed what was settled, and nothing else.
func allClosed(s story) {
	s.await("all conflicts to be closed that were settled", func() bool {
		return len(s.json("conflict list " + s.tenant + " -state closed")["conflicts"].([]any)) == len(*s.settled)
	})
	for _, id := range *s.settled {
		if got := s.state(id); got != "closed" {
			s.Errorf("conflict %s is %s", id, got)
		}
	}
	s.ctl("conflict list %s -state closed", s.tenant)
	s.ctl("conflict list %s", s.tenant)
	s.await("the success to be in the log", func() bool {
		return len(s.json("log " + s.tenant + " -user " + s.person("ben").userName)["entries"].([]any)) >= 2
	})
	s.ctl("log %s -user %s", s.tenant, s.person("ben").userName)
}

// await asks again and again until it is so.
func (s story) await(what string, so func() bool) {
	s.Helper()
	for deadline := time.Now().Add(time.Minute); !so(); time.Sleep(200 * time.Millisecond) {
		if time.Now().After(deadline) {
			s.Fatalf("waited in vain for %s", what)
		}
	}
}
