package rehearsal

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

const (
	userSchema   = "urn:ietf:params:scim:schemas:core:2.0:User"
	groupSchema  = "urn:ietf:params:scim:schemas:core:2.0:Group"
	patchSchema  = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
	searchSchema = "urn:ietf:params:scim:api:messages:2.0:SearchRequest"
)

// provision is what a provider does with the service: it makes a user and a group of
// the given name, changes and finds them, and is refused where it has to be.
// It returns what it tried.
func (c client) provision(ctx context.Context, name string) (string, error) {
	email := name + "@example.com"
	user, err := c.want(ctx, http.StatusCreated, "POST", "/scim/v2/Users", document{"schemas": []string{userSchema}, "userName": email})
	if err != nil {
		return "", err
	}
	id := fmt.Sprint(user["id"])
	if err := errors.Join(c.users(ctx, id, email), c.groups(ctx, id, name), c.refusals(ctx)); err != nil {
		return "", err
	}
	return "create, 409, filter, PATCH, group with a member, .search, 401, 404, 405, 413", nil
}

func (c client) users(ctx context.Context, id, email string) error {
	again := document{"schemas": []string{userSchema}, "userName": strings.ToUpper(email)}
	if _, err := c.want(ctx, http.StatusConflict, "POST", "/scim/v2/Users", again); err != nil {
		return err
	}
	if err := c.finds(ctx, email, id); err != nil {
		return err
	}
	patch := document{"schemas": []string{patchSchema}, "Operations": []document{{"op": "replace", "path": "active", "value": false}}}
	if _, err := c.want(ctx, http.StatusOK, "PATCH", "/scim/v2/Users/"+id, patch); err != nil {
		return err
	}
	user, err := c.want(ctx, http.StatusOK, "GET", "/scim/v2/Users/"+id, nil)
	if err == nil && user["active"] != false {
		err = fmt.Errorf("the user is still active after PATCH: %v", user)
	}
	return err
}

// finds looks a user up by userName.
func (c client) finds(ctx context.Context, email, id string) error {
	list, err := c.want(ctx, http.StatusOK, "GET", "/scim/v2/Users?filter="+url.QueryEscape(fmt.Sprintf("userName eq %q", email)), nil)
	if err == nil && !isFirst(list, id) {
		err = fmt.Errorf("the filter does not find user %s: %v", id, list)
	}
	return err
}

// isFirst reports whether a list holds one resource, the one of the id.
func isFirst(list document, id string) bool {
	all, _ := list["Resources"].([]any)
	if len(all) != 1 {
		return false
	}
	first, _ := all[0].(document)
	return first["id"] == id
}

func (c client) groups(ctx context.Context, member, name string) error {
	body := document{"schemas": []string{groupSchema}, "displayName": name, "members": []document{{"value": member}}}
	group, err := c.want(ctx, http.StatusCreated, "POST", "/scim/v2/Groups", body)
	if err != nil {
		return err
	}
	search := document{"schemas": []string{searchSchema}, "filter": fmt.Sprintf("members.value eq %q", member)}
	list, err := c.want(ctx, http.StatusOK, "POST", "/scim/v2/Groups/.search", search)
	if err == nil && !isFirst(list, fmt.Sprint(group["id"])) {
		err = fmt.Errorf(".search does not find the group by its member: %v", list)
	}
	return err
}

func (c client) refusals(ctx context.Context) error {
	stranger := client{base: c.base, token: "scim_0000000000000000_" + strings.Repeat("x", 32)}
	nobody := client{base: c.base}
	large := `{"schemas":["` + userSchema + `"],"userName":"` + strings.Repeat("x", 2<<20) + `"}`
	for _, r := range []struct {
		client client
		status int
		method string
		path   string
		body   any
	}{
		{nobody, http.StatusUnauthorized, "GET", "/scim/v2/Users", nil},
		{stranger, http.StatusUnauthorized, "GET", "/scim/v2/Users", nil},
		{c, http.StatusNotFound, "GET", "/scim/v2/Users/00000000-0000-4000-8000-000000000000", nil},
		{c, http.StatusNotFound, "GET", "/scim/v2/Nothing", nil},
		{c, http.StatusMethodNotAllowed, "DELETE", "/scim/v2/Users", nil},
		{c, http.StatusRequestEntityTooLarge, "POST", "/scim/v2/Users", large},
	} {
		if _, err := r.client.want(ctx, r.status, r.method, r.path, r.body); err != nil {
			return err
		}
	}
	return nil
}
