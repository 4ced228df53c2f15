package requests

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"time"

	peerscim "github.com/elimity-com/scim"
	peererrors "github.com/elimity-com/scim/errors"
	peerfilter "github.com/elimity-com/scim/filter"
	"github.com/elimity-com/scim/optional"
	peerschema "github.com/elimity-com/scim/schema"

	"scimserver/shared/testkit/canned"
)

// peer is the other implementation: the server of github.com/elimity-com/scim with the handler
// that its README refers to ("simple in-memory example"), which keeps resources in a map.
// A filter is applied in GetAll, which the example leaves out.
type peer struct {
	server http.Handler
	users  *mapStore
}

func newPeer(bodies []string) (*peer, error) {
	store := &mapStore{users: map[string]peerscim.ResourceAttributes{}}
	for i, body := range bodies {
		var attributes peerscim.ResourceAttributes
		if err := json.Unmarshal([]byte(body), &attributes); err != nil {
			return nil, err
		}
		store.put(fmt.Sprintf("%04d", i), attributes)
	}
	server, err := peerscim.NewServer(&peerscim.ServerArgs{
		ServiceProviderConfig: &peerscim.ServiceProviderConfig{
			MaxResults: len(bodies), SupportFiltering: true, SupportPatch: true,
		},
		ResourceTypes: []peerscim.ResourceType{{
			ID: optional.NewString("User"), Name: "User", Endpoint: "/Users", Schema: peerschema.CoreUserSchema(),
			SchemaExtensions: []peerscim.SchemaExtension{{Schema: peerschema.ExtensionEnterpriseUser()}},
			Handler:          store,
		}},
	})
	return &peer{server: server, users: store}, err
}

// whole returns the operation of a request from the HTTP request to the HTTP response.
func (p *peer) whole(r canned.Request) operation {
	return operation{"peer, " + r.Name, func() error {
		answer := httptest.NewRecorder()
		p.server.ServeHTTP(answer, p.request(r))
		if answer.Code != r.Status {
			return fmt.Errorf("answer %d: %s", answer.Code, answer.Body)
		}
		return nil
	}}
}

// request returns the request under the peer's path, about the first user.
func (p *peer) request(r canned.Request) *http.Request {
	path := strings.Replace(strings.TrimPrefix(r.Path, "/scim"), canned.UserID, p.users.ids[0], 1)
	if filter := r.Query["filter"]; filter != "" {
		path += "?filter=" + url.QueryEscape(filter)
	}
	return httptest.NewRequest(r.Method, path, strings.NewReader(r.Body))
}

// parse reads a filter and checks it against the schema.
func (p *peer) parse(text string) error {
	v, err := peerfilter.NewValidator(text, peerschema.CoreUserSchema(), peerschema.ExtensionEnterpriseUser())
	if err != nil {
		return err
	}
	return v.Validate()
}

// mapStore keeps users in a map. It implements the peer's ResourceHandler.
type mapStore struct {
	users map[string]peerscim.ResourceAttributes
	ids   []string // in the order of creation
}

func (s *mapStore) put(id string, attributes peerscim.ResourceAttributes) {
	if _, known := s.users[id]; !known {
		s.ids = append(s.ids, id)
	}
	s.users[id] = attributes
}

func (s *mapStore) resource(id string) (peerscim.Resource, error) {
	attributes, ok := s.users[id]
	if !ok {
		return peerscim.Resource{}, peererrors.ScimErrorResourceNotFound(id)
	}
	now := time.Now()
	external, _ := attributes["externalId"].(string)
	return peerscim.Resource{
		ID: id, ExternalID: optional.NewString(external), Attributes: attributes,
		Meta: peerscim.Meta{Created: &now, LastModified: &now, Version: "v" + id},
	}, nil
}

// Create stores each new user in the place of the first one, so that the map does not grow.
func (s *mapStore) Create(_ *http.Request, attributes peerscim.ResourceAttributes) (peerscim.Resource, error) {
	s.put(s.ids[0], attributes)
	return s.resource(s.ids[0])
}

// Get implements the peer's ResourceHandler.
func (s *mapStore) Get(_ *http.Request, id string) (peerscim.Resource, error) { return s.resource(id) }

// GetAll returns the matching users from StartIndex on.
func (s *mapStore) GetAll(_ *http.Request, params peerscim.ListRequestParams) (peerscim.Page, error) {
	found := make([]peerscim.Resource, 0, len(s.ids))
	for _, id := range s.ids {
		if params.FilterValidator != nil && params.FilterValidator.PassesFilter(s.users[id]) != nil {
			continue
		}
		r, err := s.resource(id)
		if err != nil {
			return peerscim.Page{}, err
		}
		found = append(found, r)
	}
	from := min(params.StartIndex-1, len(found))
	to := min(from+params.Count, len(found))
	return peerscim.Page{TotalResults: len(found), Resources: found[from:to]}, nil
}

// Replace implements the peer's ResourceHandler.
func (s *mapStore) Replace(
	_ *http.Request, id string, attributes peerscim.ResourceAttributes,
) (peerscim.Resource, error) {
	s.put(id, attributes)
	return s.resource(id)
}

// Delete implements the peer's ResourceHandler.
func (s *mapStore) Delete(_ *http.Request, id string) error {
	delete(s.users, id)
	s.ids = slices.DeleteFunc(s.ids, func(known string) bool { return known == id })
	return nil
}

// Patch stores each value under its path, as the example does.
func (s *mapStore) Patch(
	_ *http.Request, id string, operations []peerscim.PatchOperation,
) (peerscim.Resource, error) {
	for _, op := range operations {
		s.users[id][op.Path.String()] = op.Value
	}
	return s.resource(id)
}
