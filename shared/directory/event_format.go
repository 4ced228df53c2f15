package directory

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"scimserver/shared/outbox"
	"scimserver/shared/scim"
	"scimserver/shared/scim/schema"
	"scimserver/shared/tenant"
	"scimserver/shared/tenantschema"
	"scimserver/shared/tenantstore"
)

// EventOptions say what events contain. Only a process that writes events needs them.
type EventOptions struct {
	Issuer  string // the claim iss
	BaseURL string // of SCIM, for the location of a resource; "" makes it relative
	// Registry and the tenants' own schemas say which attributes are never returned. Events do
	// not contain their values. nil means that all attributes are returned.
	Registry *schema.Registry
}

// eventFormat makes the parts of events that describe a resource.
type eventFormat struct {
	issuer, baseURL string
	projections     map[Kind]*schema.Projection
	registries      *tenantschema.Registries // nil if no tenant has schemas of its own
}

func newEventFormat(o EventOptions, tenants *tenantstore.Store) (eventFormat, error) {
	f := eventFormat{issuer: o.Issuer, baseURL: o.BaseURL}
	if o.Registry == nil {
		return f, nil
	}
	f.registries = tenantschema.New(o.Registry, tenants)
	return f.withRegistry(o.Registry)
}

// ofTenant returns the format of the events of a tenant. v is the version of the tenant's schemas.
func (f eventFormat) ofTenant(ctx context.Context, id tenant.ID, v tenant.SchemaVersion) (eventFormat, error) {
	if v == "" || f.registries == nil {
		return f, nil
	}
	registry, err := f.registries.Of(ctx, id, v)
	if err != nil {
		return f, err
	}
	return f.withRegistry(registry)
}

func (f eventFormat) withRegistry(r *schema.Registry) (eventFormat, error) {
	f.projections = map[Kind]*schema.Projection{}
	for _, t := range r.Types {
		p, err := t.Project(schema.Selection{})
		if err != nil {
			return f, err
		}
		f.projections[Kind(t.Name)] = p
	}
	f.projections[AccountKind] = f.projections[UserKind] // accounts have the attributes of users
	return f, nil
}

// visible returns a document without the attributes that no response returns by default.
func (f eventFormat) visible(k Kind, doc scim.Value) scim.Value {
	if p := f.projections[k]; p != nil {
		return p.Apply(doc)
	}
	return doc
}

// summary makes the short form of a resource. doc is its visible document.
func summary(k Kind, id scim.ID, doc scim.Value) outbox.Resource {
	r := outbox.Resource{
		ID: id, ExternalID: doc.Get("externalId").Text(),
		UserName: doc.Get("userName").Text(), DisplayName: doc.Get("displayName").Text(),
	}
	if emails := doc.Get("emails"); !emails.IsEmpty() {
		r.Emails = emails.Bytes()
	}
	if k == UserKind || k == AccountKind {
		active := !Deactivated(doc)
		r.Active = &active
	}
	return r
}

// representation makes a user, or a group without its members, as a response contains it.
func (f eventFormat) representation(k Kind, id scim.ID, doc scim.Value, image Image) json.RawMessage {
	return scim.Resource{ID: id, Doc: doc, Meta: scim.Meta{
		ResourceType: string(k), Created: timeOf(image.Created), LastModified: timeOf(image.Modified),
		Location: f.baseURL + "/" + string(k) + "s/" + string(id), Version: scim.ETag(image.Version),
	}}.Value().Bytes()
}

// timeOf parses a time in an item. It returns the zero time if the item has none.
func timeOf(text string) time.Time {
	at, _ := time.Parse(time.RFC3339, text)
	return at
}

// attributeChanges lists the attributes in which two documents differ, by their paths. The
// values are those of the visible documents, so an invisible attribute is listed without them.
func attributeChanges(old, now, visibleOld, visibleNow scim.Value) (list []outbox.Change) {
	for _, name := range differing(old, now) {
		if name == "schemas" {
			continue
		}
		separator := "."
		if strings.Contains(name, ":") {
			separator = ":"
		}
		list = append(list, changesBelow(name, separator, [4]scim.Value{
			old.Get(name), now.Get(name), visibleOld.Get(name), visibleNow.Get(name),
		})...)
	}
	return list
}

// changesBelow lists the changes of an attribute: of its sub-attributes if it is complex,
// else of itself. values are the old and the new value, and then the visible parts of both.
func changesBelow(path, separator string, values [4]scim.Value) (list []outbox.Change) {
	old, now := values[0], values[1]
	if old.Kind() != scim.Object && now.Kind() != scim.Object {
		return []outbox.Change{{Attribute: path, Old: jsonOf(values[2]), New: jsonOf(values[3])}}
	}
	for _, name := range differing(old, now) {
		var inner [4]scim.Value
		for i, v := range values {
			inner[i] = v.Get(name)
		}
		list = append(list, changesBelow(path+separator+name, ".", inner)...)
	}
	return list
}

// jsonOf returns the JSON of a value, nil if there is none.
func jsonOf(v scim.Value) json.RawMessage {
	if v.Kind() == scim.Null {
		return nil
	}
	return v.Bytes()
}
