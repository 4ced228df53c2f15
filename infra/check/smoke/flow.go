package smoke

import (
	"context"
	"errors"
	"fmt"
	"io"
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

// Check is one check of the smoke test.
type Check struct {
	Name string // what is checked
	Page string // the section of the runbook to read if the check fails
	Run  func(context.Context) error
}

// Visit does what a provider does. It creates a user and a group with a name, changes and finds them,
// and sends requests that must fail.
type Visit struct {
	client Client
	name   string
	user   string // the ids; "" until they are created
	group  string
}

// NewVisit prepares a visit. The name must not be in use.
func NewVisit(c Client, name string) *Visit { return &Visit{client: c, name: name} }

// Checks returns the checks of the visit, in their order.
func (v *Visit) Checks() []Check {
	return []Check{
		{"the configuration is public", "a-function-does-not-start", v.configuration},
		{"requests without a token or with an unknown token get 401", "authorizerfailures", v.unauthorized},
		{"create a user; the same userName in upper case gets 409", "a-provider-reports-5xx", v.createUser},
		{"find the user by userName; deactivate it with PATCH", "a-provider-reports-5xx", v.changeUser},
		{"create a group with the user; find it by its member with .search", "a-provider-reports-5xx", v.createGroup},
		{"an unknown user gets 404, a wrong method 405, a large body 413", "a-provider-reports-5xx", v.refusals},
		{"the setup page opens, or is left out of this deployment", "a-function-does-not-start", v.setupPage},
	}
}

// Leave deletes the user and the group.
func (v *Visit) Leave(ctx context.Context) error {
	var failed []error
	for _, path := range []string{"/scim/v2/Groups/" + v.group, "/scim/v2/Users/" + v.user} {
		if strings.HasSuffix(path, "/") {
			continue
		}
		_, err := v.client.Want(ctx, http.StatusNoContent, "DELETE", path, nil)
		failed = append(failed, err)
	}
	return errors.Join(failed...)
}

func (v *Visit) email() string { return v.name + "@example.com" }

func (v *Visit) configuration(ctx context.Context) error {
	nobody := Client{Base: v.client.Base}
	_, err := nobody.Want(ctx, http.StatusOK, "GET", "/scim/v2/ServiceProviderConfig", nil)
	return err
}

func (v *Visit) unauthorized(ctx context.Context) error {
	for _, token := range []string{"", "scim_0000000000000000_" + strings.Repeat("x", 32)} {
		c := Client{Base: v.client.Base, Token: token}
		if _, err := c.Want(ctx, http.StatusUnauthorized, "GET", "/scim/v2/Users", nil); err != nil {
			return err
		}
	}
	return nil
}

// setupPage opens the page that a link for a customer's administrator leads to. It needs no token.
// A deployment with SetupPage=off answers 404.
func (v *Visit) setupPage(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, v.client.Base+"/setup", nil)
	if err != nil {
		return err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	page, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode == http.StatusNotFound {
		return err
	}
	if res.StatusCode != http.StatusOK || res.Header.Get("Content-Security-Policy") == "" ||
		!strings.Contains(string(page), "Open the setup page") {
		return fmt.Errorf("GET /setup: status %d, and not the entry page: %.200s", res.StatusCode, page)
	}
	return nil
}

func (v *Visit) createUser(ctx context.Context) error {
	body := document{"schemas": []string{userSchema}, "userName": v.email()}
	user, err := v.client.Want(ctx, http.StatusCreated, "POST", "/scim/v2/Users", body)
	if err != nil {
		return err
	}
	v.user = fmt.Sprint(user["id"])
	body["userName"] = strings.ToUpper(v.email())
	_, err = v.client.Want(ctx, http.StatusConflict, "POST", "/scim/v2/Users", body)
	return err
}

func (v *Visit) changeUser(ctx context.Context) error {
	filter := url.QueryEscape(fmt.Sprintf("userName eq %q", v.email()))
	list, err := v.client.Want(ctx, http.StatusOK, "GET", "/scim/v2/Users?filter="+filter, nil)
	if err != nil {
		return err
	}
	if !isOnly(list, v.user) {
		return fmt.Errorf("the filter does not find user %s: %v", v.user, list)
	}
	patch := document{
		"schemas":    []string{patchSchema},
		"Operations": []document{{"op": "replace", "path": "active", "value": false}},
	}
	if _, err := v.client.Want(ctx, http.StatusOK, "PATCH", "/scim/v2/Users/"+v.user, patch); err != nil {
		return err
	}
	user, err := v.client.Want(ctx, http.StatusOK, "GET", "/scim/v2/Users/"+v.user, nil)
	if err == nil && user["active"] != false {
		err = fmt.Errorf("the user is still active after PATCH: %v", user)
	}
	return err
}

// isOnly reports whether a list has one resource, with the given id.
func isOnly(list document, id string) bool {
	all, _ := list["Resources"].([]any)
	if len(all) != 1 {
		return false
	}
	first, _ := all[0].(document)
	return first["id"] == id
}

func (v *Visit) createGroup(ctx context.Context) error {
	body := document{"schemas": []string{groupSchema}, "displayName": v.name, "members": []document{{"value": v.user}}}
	group, err := v.client.Want(ctx, http.StatusCreated, "POST", "/scim/v2/Groups", body)
	if err != nil {
		return err
	}
	v.group = fmt.Sprint(group["id"])
	search := document{"schemas": []string{searchSchema}, "filter": fmt.Sprintf("members.value eq %q", v.user)}
	list, err := v.client.Want(ctx, http.StatusOK, "POST", "/scim/v2/Groups/.search", search)
	if err == nil && !isOnly(list, v.group) {
		err = fmt.Errorf(".search does not find the group by its member: %v", list)
	}
	return err
}

func (v *Visit) refusals(ctx context.Context) error {
	large := `{"schemas":["` + userSchema + `"],"userName":"` + strings.Repeat("x", 2<<20) + `"}`
	for _, r := range []struct {
		status int
		method string
		path   string
		body   any
	}{
		{http.StatusNotFound, "GET", "/scim/v2/Users/00000000-0000-4000-8000-000000000000", nil},
		{http.StatusNotFound, "GET", "/scim/v2/Nothing", nil},
		{http.StatusMethodNotAllowed, "DELETE", "/scim/v2/Users", nil},
		{http.StatusRequestEntityTooLarge, "POST", "/scim/v2/Users", large},
	} {
		if _, err := v.client.Want(ctx, r.status, r.method, r.path, r.body); err != nil {
			return err
		}
	}
	return nil
}
