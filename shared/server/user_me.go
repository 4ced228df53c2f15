package server

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"scimserver/shared/scim"
	"scimserver/shared/tenant"
)

// Me is the alias of the user to whom a credential belongs (RFC 7644 section 3.11). Answers contain
// the permanent location below /Users.
func Me(s *Server) []route {
	u := newUsers(s)
	create := readMethod("create", func(context.Context, *request) (*response, error) {
		return nil, scim.NotImplemented("a user can't be created through /Me; " +
			"the identity provider creates users through /Users")
	})
	create.self = true
	return []route{{"/Me", map[string]method{
		http.MethodGet:   forSelf(readMethod("get", u.withProjection(u.get))),
		http.MethodPut:   forSelf(writeMethod(u.kind, "replace", u.withProjection(u.replace))),
		http.MethodPatch: forSelf(writeMethod(u.kind, "patch", u.withProjection(u.patch))),
		http.MethodDelete: forSelf(writeMethod(u.kind, "delete", func(
			_ context.Context, r *request,
		) (*response, error) {
			return nil, r.refuse(tenant.UserToken,
				scim.Forbidden("a user's own token can't delete the user; only the identity provider can"))
		})),
		http.MethodPost: create,
	}}}
}

// forSelf makes a method act on the user to whom the credential belongs.
func forSelf(m method) method {
	run := m.run
	m.self = true
	m.run = func(ctx context.Context, r *request) (*response, error) {
		if r.ID = scim.ID(r.Caller.Subject); r.ID == "" {
			return nil, scim.NotFound("the bearer token belongs to the whole tenant, not to a user; ask " + r.support +
				" for a token of one user")
		}
		return run(ctx, r)
	}
	return m
}

// protectedAttributes are the attributes that say who a user is and what the user may do.
// Applications know a user by userName, externalId and emails. The attributes of extensions
// may give rights, too.
func protectedAttributes(docs ...scim.Value) []string {
	names := []string{"active", "roles", "entitlements", "userName", "externalId", "emails"}
	for _, doc := range docs {
		for _, m := range doc.Members() {
			if strings.Contains(m.Name, ":") && !slices.Contains(names, m.Name) {
				names = append(names, m.Name)
			}
		}
	}
	return names
}

// rejectInactive refuses a user's own token if the user is not active.
func (r *request) rejectInactive(user scim.Value) error {
	if active := user.Get("active"); r.Caller.Subject != "" && active.Kind() == scim.Bool && !active.IsTrue() {
		return r.refuse(tenant.UserToken, scim.Forbidden("the user to whom the bearer token belongs is not active; "+
			"the identity provider can activate the user"))
	}
	return nil
}

// checkSelfService refuses changes with the token of a user who is not active, and changes that
// would give the user another identity or more rights.
func (r *request) checkSelfService(before, after scim.Value) error {
	if r.Caller.Subject == "" {
		return nil
	}
	if err := r.rejectInactive(before); err != nil {
		return err
	}
	for _, name := range protectedAttributes(before, after) {
		old, changed := before.Get(name), after.Get(name)
		if (!old.IsEmpty() || !changed.IsEmpty()) && !old.Equal(changed) {
			return r.refuse(tenant.UserToken,
				scim.Forbidden("a user's own token can't change "+name+"; only the identity provider can"))
		}
	}
	return nil
}
