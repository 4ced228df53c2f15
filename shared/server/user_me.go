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
	create := readMethod("create", func(context.Context, *request) (*response, error) {
		return nil, scim.NotImplemented("a user can't be created through /Me; the identity provider creates users through /Users")
	})
	create.self = true
	return []route{{"/Me", map[string]method{
		http.MethodGet:   forSelf(readMethod("get", u.withProjection(u.get))),
		http.MethodPut:   forSelf(writeMethod(u.kind, "replace", u.withProjection(u.replace))),
		http.MethodPatch: forSelf(writeMethod(u.kind, "patch", u.withProjection(u.patch))),
		http.MethodDelete: forSelf(writeMethod(u.kind, "delete", func(context.Context, *request) (*response, error) {
			return nil, scim.Forbidden("a user's own token can't delete the user; the identity provider does")
		})),
		http.MethodPost: create,
	}}}
}

// forSelf makes a method act on the user whom the credential speaks for.
func forSelf(m method) method {
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

// protectedAttributes are the attributes by which others say who a user is and what the user
// may do: applications know a user by userName, externalId and emails.
func protectedAttributes() []string {
	return []string{"active", "roles", "entitlements", "userName", "externalId", "emails", scim.EnterpriseUserSchema}
}

// rejectInactive refuses users who speak for themselves though they are not active.
func (r *request) rejectInactive(user scim.Value) error {
	if active := user.Get("active"); r.Caller.Subject != "" && active.Kind() == scim.Bool && !active.IsTrue() {
		return scim.Forbidden("the user whom the bearer token speaks for is not active")
	}
	return nil
}

// checkSelfService refuses changes by users who are not active, and those by which a
// user would become somebody else or grant something to themselves.
func (r *request) checkSelfService(before, after scim.Value) error {
	if r.Caller.Subject == "" {
		return nil
	}
	if err := r.rejectInactive(before); err != nil {
		return err
	}
	for _, name := range protectedAttributes() {
		old, changed := before.Get(name), after.Get(name)
		if (!old.IsEmpty() || !changed.IsEmpty()) && !old.Equal(changed) {
			return scim.Forbidden("a user's own token can't change " + name + "; the identity provider does")
		}
	}
	return nil
}
