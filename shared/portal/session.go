package portal

import (
	"cmp"
	"errors"
	"net/http"

	"scimserver/shared/provlog"
	"scimserver/shared/scim"
	"scimserver/shared/tenant"
	"scimserver/shared/tenantstore"
	"scimserver/shared/web"
)

// cookieName begins with __Host-: browsers accept such a cookie only over HTTPS, for the whole host
// and without a domain, so no other host can set it.
const cookieName = "__Host-setup"

// visit is a session with its key.
type visit struct {
	tenantstore.Visit
	key string // "" without a session
}

func (v visit) tenantName() string { return cmp.Or(v.Tenant.Name, string(v.Tenant.ID)) }

func (v visit) formToken() string { return tenant.FormToken(v.key) }

// mayChange reports whether the session may make and rotate tokens.
func (v visit) mayChange() bool { return v.Invitation.Role == tenant.SetupRole }

// handleVisit serves a page that needs a session. A form must carry the session's token.
func (s *server) handleVisit(pattern string, page func(*request) error) {
	s.handle(pattern, func(q *request) error {
		switch err := s.resume(q); {
		case errors.Is(err, tenantstore.ErrNotFound):
			return q.redirect("?ended")
		case err != nil:
			return err
		}
		if q.Method != http.MethodGet && q.Method != http.MethodHead && !web.ValidCSRF(q.Request, q.formToken()) {
			return s.refuse(q, http.StatusForbidden, "This form is no longer valid",
				"It belongs to an earlier session. Open the page again and send the form again.")
		}
		return page(q)
	})
}

// resume reads the session of a request. The errors are those of tenantstore.Visit.
func (s *server) resume(q *request) error {
	cookie, err := q.Cookie(cookieName)
	if err != nil {
		return tenantstore.ErrNotFound
	}
	v, err := s.Service.Directory.Tenants().Visit(q.Context(), cookie.Value)
	if err != nil {
		return err
	}
	q.visit = visit{v, cookie.Value}
	return nil
}

// door is the content of the page that a link leads to.
type door struct {
	Action   string
	Continue *web.Link // to the session that the browser has
	Problem  *web.Notice
	Support  string
}

// showDoor shows the page that a link leads to. It is the same for every link: the code follows a # and reaches the
// service only when somebody presses the button. Programs that open every link in a mail therefore do not use the
// code up.
func (s *server) showDoor(q *request) error {
	d := door{Action: q.base + "/open", Support: s.Support}
	if q.URL.Query().Has("ended") {
		d.Problem = &web.Notice{
			Tone: web.Info, Title: "There is no session in this browser",
			Text: "A session lasts 12 hours, in the browser that opened the link. To go on, ask " + s.Support +
				" for a new link.",
		}
	}
	if err := s.resume(q); err == nil {
		d.Continue = &web.Link{Text: "Continue with " + q.tenantName(), URL: q.base + "/overview"}
		q.visit = visit{}
	} else if !errors.Is(err, tenantstore.ErrNotFound) {
		return err
	}
	return s.render(q, http.StatusOK, "door", "Open the setup page", d)
}

// open exchanges the code of a link for a session. Each opening begins a new session, whatever cookie
// the browser had before.
func (s *server) open(q *request) error {
	key, invitation, err := s.Service.Directory.Tenants().OpenInvitation(q.Context(), q.PostFormValue("code"))
	if errors.Is(err, tenantstore.ErrNotFound) {
		return s.render(q, http.StatusForbidden, "door", "The link does not work", door{
			Action: q.base + "/open", Support: s.Support, Problem: &web.Notice{
				Tone: web.Bad, Title: "This link does not work",
				Text: "A link works once and for a limited time. It may have been opened already, have expired, " +
					"or have been withdrawn.",
				Steps: []string{
					"If you opened it in another browser, continue there.",
					"If you copied it, check that nothing is missing at its end.",
					"Otherwise ask " + s.Support + " for a new link.",
				},
			},
		})
	}
	if err != nil {
		return err
	}
	q.Tenant.ID, q.Invitation = invitation.Tenant, invitation
	s.note(q, provlog.Entry{Operation: "open", Kind: "Invitation", ID: scim.ID(invitation.ID), Status: http.StatusOK})
	http.SetCookie(q.w, sessionCookie(key, int(tenant.SessionLife.Seconds())))
	return q.redirect("/overview")
}

func sessionCookie(value string, age int) *http.Cookie {
	return &http.Cookie{
		Name: cookieName, Value: value, Path: "/", MaxAge: age,
		Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode,
	}
}

// leave ends the session.
func (s *server) leave(q *request) error {
	if err := s.Service.Directory.Tenants().EndSession(q.Context(), q.key); err != nil {
		return err
	}
	http.SetCookie(q.w, sessionCookie("", -1))
	return q.redirect("")
}
