package server

import (
	"context"
	"net/http"

	"scimserver/shared/directory"
	"scimserver/shared/scim"
	"scimserver/shared/scim/schema"
)

// Schemas is the endpoint that describes schemas (RFC 7644 section 4). The schema of users comes
// first.
func Schemas(s *Server) []route {
	all := putFirst(s.Registry.Schemas, func(one *schema.Schema) bool { return one.ID == scim.UserSchema })
	return discovery("/Schemas", func(r *request) []scim.Value {
		values := make([]scim.Value, len(all))
		for i, one := range all {
			values[i] = withMeta(r, one.Value(), "Schema", "/Schemas/"+one.ID)
		}
		return values
	})
}

// ResourceTypes is the endpoint that describes resource types (RFC 7644 section 4). Users come
// first, because some clients expect users in the first type.
func ResourceTypes(s *Server) []route {
	all := putFirst(s.Registry.Types, func(one *schema.ResourceType) bool { return one.Name == "User" })
	return discovery("/ResourceTypes", func(r *request) []scim.Value {
		values := make([]scim.Value, len(all))
		for i, one := range all {
			values[i] = withMeta(r, one.Value(), "ResourceType", "/ResourceTypes/"+one.Name)
		}
		return values
	})
}

// putFirst returns a list with the matching elements in front.
func putFirst[T any](list []T, match func(T) bool) []T {
	var front, rest []T
	for _, one := range list {
		if match(one) {
			front = append(front, one)
		} else {
			rest = append(rest, one)
		}
	}
	return append(front, rest...)
}

// ServiceProviderConfig is the endpoint that says what the service supports (RFC 7643 section 5).
// It needs no credential, because the answer says how to get one.
func ServiceProviderConfig(s *Server) []route {
	get := readMethod("discover", func(_ context.Context, r *request) (*response, error) {
		if err := refuseFilter(r); err != nil {
			return nil, err
		}
		const path = "/ServiceProviderConfig"
		body := withMeta(r, configuration(s.Passwords != nil), "ServiceProviderConfig", path)
		return &response{Status: http.StatusOK, Body: body}, nil
	})
	get.public = true
	return []route{{"/ServiceProviderConfig", map[string]method{http.MethodGet: get}}}
}

// discovery makes the two routes of a read-only endpoint. It ignores the parameters of paging and
// sorting (RFC 7644 section 4).
func discovery(endpoint string, all func(*request) []scim.Value) []route {
	list := func(_ context.Context, r *request) (*response, error) {
		if err := refuseFilter(r); err != nil {
			return nil, err
		}
		found := all(r)
		return &response{Status: http.StatusOK, Body: scim.ListResponse(len(found), 1, found)}, nil
	}
	one := func(_ context.Context, r *request) (*response, error) {
		if err := refuseFilter(r); err != nil {
			return nil, err
		}
		for _, v := range all(r) {
			if scim.EqualName(v.Get("id").Text(), string(r.ID)) {
				return &response{Status: http.StatusOK, Body: v}, nil
			}
		}
		return nil, scim.NotFound("no resource at this endpoint has this id")
	}
	return []route{
		{endpoint, map[string]method{http.MethodGet: readMethod("discover", list)}},
		{endpoint + "/{id}", map[string]method{http.MethodGet: readMethod("discover", one)}},
	}
}

func refuseFilter(r *request) error {
	if _, sent := r.filter(); sent {
		return scim.Forbidden("this endpoint does not support filters; send the request without the parameter filter")
	}
	return nil
}

// withMeta adds meta to a discovery resource (RFC 7643 section 3.1).
func withMeta(r *request, v scim.Value, resourceType, path string) scim.Value {
	meta := scim.Map(
		scim.Member{Name: "resourceType", Value: scim.Text(resourceType)},
		scim.Member{Name: "location", Value: scim.Text(r.BaseURL + path)},
	)
	members := append([]scim.Member{}, v.Members()...)
	return scim.Map(append(members, scim.Member{Name: "meta", Value: meta})...)
}

// configuration is the ServiceProviderConfig resource (RFC 7643 section 5).
func configuration(passwords bool) scim.Value {
	flag := func(on bool, more ...scim.Member) scim.Value {
		return scim.Map(append([]scim.Member{{Name: "supported", Value: scim.Boolean(on)}}, more...)...)
	}
	return scim.Map(
		scim.Member{Name: "schemas", Value: scim.Texts(scim.ServiceProviderConfigSchema)},
		scim.Member{Name: "patch", Value: flag(true)},
		scim.Member{Name: "bulk", Value: flag(true,
			scim.Member{Name: "maxOperations", Value: scim.Int(maxOperations)},
			scim.Member{Name: "maxPayloadSize", Value: scim.Int(maxPayloadSize)})},
		scim.Member{Name: "filter", Value: flag(true,
			scim.Member{Name: "maxResults", Value: scim.Int(directory.MaxResults)})},
		scim.Member{Name: "pagination", Value: pagination()},
		scim.Member{Name: "changePassword", Value: flag(passwords)},
		scim.Member{Name: "sort", Value: flag(true)},
		scim.Member{Name: "etag", Value: flag(true)},
		scim.Member{Name: "authenticationSchemes", Value: scim.List(
			authenticationScheme("oauthbearertoken", "Bearer token",
				"A token that the operator of the service issues, in the header Authorization: Bearer scim_...",
				"https://www.rfc-editor.org/rfc/rfc6750"),
			authenticationScheme("oauth2", "OAuth 2.0 client credentials",
				"A client id and secret that the operator issues. At /oauth2/token, beside /scim/v2, "+
					"the client gets a bearer token for them that is valid for one hour.",
				"https://www.rfc-editor.org/rfc/rfc6749"),
		)},
	)
}

func authenticationScheme(kind, name, description, spec string) scim.Value {
	return scim.Map(
		scim.Member{Name: "type", Value: scim.Text(kind)},
		scim.Member{Name: "name", Value: scim.Text(name)},
		scim.Member{Name: "description", Value: scim.Text(description)},
		scim.Member{Name: "specUri", Value: scim.Text(spec)},
	)
}

// pagination says how results are paged (RFC 9865 section 4).
func pagination() scim.Value {
	return scim.Map(
		scim.Member{Name: "cursor", Value: scim.Boolean(true)},
		scim.Member{Name: "index", Value: scim.Boolean(true)},
		scim.Member{Name: "defaultPaginationMethod", Value: scim.Text("index")},
		scim.Member{Name: "defaultPageSize", Value: scim.Int(defaultCount)},
		scim.Member{Name: "maxPageSize", Value: scim.Int(directory.MaxResults)},
		scim.Member{Name: "cursorTimeout", Value: scim.Int(int(CursorLife.Seconds()))},
	)
}
