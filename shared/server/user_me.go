package server

import (
	"context"
	"net/http"

	"scimserver/shared/scim"
)

// Me is the alias of the user whom a credential speaks for (RFC 7644 section
// 3.11). Answers name the permanent location, as those of /Users do.
func Me(s *Server) []route {
	u := newUsers(s)
	create := reading("create", func(context.Context, *request) (*response, error) {
		return nil, scim.NotImplemented("a user can't be created through /Me; the identity provider creates users through /Users")
	})
	create.self = true
	return []route{{"/Me", map[string]method{
		http.MethodGet:   own(reading("get", u.projected(u.get))),
		http.MethodPut:   own(writing(u.kind, "replace", u.projected(u.replace))),
		http.MethodPatch: own(writing(u.kind, "patch", u.projected(u.patch))),
		http.MethodDelete: own(writing(u.kind, "delete", func(context.Context, *request) (*response, error) {
			return nil, scim.Forbidden("a user's own token can't delete the user; the identity provider does")
		})),
		http.MethodPost: create,
	}}}
}

// own makes a method act on the user whom the credential speaks for.
func own(m method) method {
	run := m.run
	m.self = true
	m.run = func(ctx context.Context, r *request) (*response, error) {
		if r.ID = scim.ID(r.Caller.Subject); r.ID == "" {
			return nil, scim.NotFound("the bearer token speaks for the whole tenant and for no user; the operator can issue one that is bound to a user")
		}
		return run(ctx, r)
	}
	return m
}

// granted are the attributes by which others say who a user is and what the user
// may do: applications know a user by userName, externalId and emails.
func granted() []string {
	return []string{"active", "roles", "entitlements", "userName", "externalId", "emails", scim.EnterpriseUserSchema}
}

// barred refuses users who speak for themselves though they are not active.
func (r *request) barred(user scim.Value) error {
	if active := user.Get("active"); r.Caller.Subject != "" && active.Kind() == scim.Bool && !active.IsTrue() {
		return scim.Forbidden("the user whom the bearer token speaks for is not active")
	}
	return nil
}

// selfRights refuses changes by users who are not active, and those by which a
// user would become somebody else or grant something to themselves.
func (r *request) selfRights(before, after scim.Value) error {
	if r.Caller.Subject == "" {
		return nil
	}
	if err := r.barred(before); err != nil {
		return err
	}
	for _, name := range granted() {
		old, changed := before.Get(name), after.Get(name)
		if (!old.IsEmpty() || !changed.IsEmpty()) && !old.Equal(changed) {
			return scim.Forbidden("a user's own token can't change " + name + "; the identity provider does")
		}
	}
	return nil
}
