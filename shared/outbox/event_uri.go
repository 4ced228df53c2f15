package outbox

import (
	"encoding/json"
	"fmt"

	"scimserver/shared/scim"
)

// The event URIs of RFC 9967 section 2.4. The first three are followed by ":full" if the
// payload has data, and by ":notice" if it has attributes.
const (
	createURI     = "urn:ietf:params:scim:event:prov:create"
	patchURI      = "urn:ietf:params:scim:event:prov:patch"
	putURI        = "urn:ietf:params:scim:event:prov:put"
	deleteURI     = "urn:ietf:params:scim:event:prov:delete"
	activateURI   = "urn:ietf:params:scim:event:prov:activate"
	deactivateURI = "urn:ietf:params:scim:event:prov:deactivate"
	// ownURI is the prefix of events that RFC 9967 does not define; the type follows it.
	ownURI = "urn:scimserver:event:"
)

// describe sets the subject and the event URIs. data is the JSON of the resource after the
// change, or nil if its values are left out.
//
// The update of a user carries the whole user (put). The update of a group carries only the
// changes (patch), because events do not contain a group's members: a receiver that took a
// group without members for the whole group would remove all of them.
func (e *Event) describe(data json.RawMessage) error {
	e.Subject = Subject{Format: "opaque", ID: e.Resource.ID, ExternalID: e.Resource.ExternalID}
	own := map[string]Payload{ownURI + string(e.Type): {}}
	if !e.Type.isSCIM() {
		e.Events = own
		return nil
	}
	e.Subject.Format, e.Subject.URI = "scim", e.uri()
	e.Events = map[string]Payload{}
	switch e.Type.verb() {
	case Created:
		e.add(createURI, data)
	case Connected:
		e.add(createURI, data)
		e.Events[ownURI+string(e.Type)] = Payload{}
	case Activated:
		e.Events[activateURI] = Payload{}
		e.add(putURI, data)
	case Deactivated:
		e.Events[deactivateURI] = Payload{}
		e.add(putURI, data)
	case Deleted:
		e.Events[deleteURI] = Payload{}
	case MemberAdded, MemberRemoved:
		return e.addPatch(e.memberOperations())
	default:
		if e.Type.subject() == Group && !e.Truncated {
			return e.addPatch(e.changeOperations())
		}
		e.add(putURI, data)
	}
	return nil
}

// uri is the path of the resource, relative to the base URL (RFC 9967 section 2.1).
func (e *Event) uri() string {
	if e.Type.subject() == Group {
		return "/Groups/" + string(e.Resource.ID)
	}
	return "/Users/" + string(e.Resource.ID)
}

// add adds an event URI with data, or with the names of the attributes if data is nil.
func (e *Event) add(uri string, data json.RawMessage) {
	p := Payload{Version: e.tag(), Data: data}
	if data != nil {
		e.Events[uri+":full"] = p
		return
	}
	p.Attributes = []string{}
	for _, c := range e.Changes {
		p.Attributes = append(p.Attributes, c.Attribute)
	}
	e.Events[uri+":notice"] = p
}

// tag returns the entity tag of the resource, or "" if its version is not known.
func (e *Event) tag() string {
	if e.Version == 0 {
		return ""
	}
	return scim.ETag(e.Version)
}

// patchOperation is an operation of a PATCH request (RFC 7644 section 3.5.2).
type patchOperation struct {
	Op    string `json:"op"`
	Path  string `json:"path"`
	Value any    `json:"value,omitempty"`
}

type memberValue struct {
	Value scim.ID `json:"value"`
	Type  string  `json:"type,omitempty"`
}

func (e *Event) addPatch(operations []patchOperation) error {
	data, err := marshal(struct {
		Schemas    []string         `json:"schemas"`
		Operations []patchOperation `json:"Operations"`
	}{[]string{"urn:ietf:params:scim:api:messages:2.0:PatchOp"}, operations})
	e.Events[patchURI+":full"] = Payload{Version: e.tag(), Data: data}
	return err
}

func (e *Event) memberOperations() (operations []patchOperation) {
	if e.Type.verb() == MemberAdded {
		var values []memberValue
		for _, m := range e.Members {
			values = append(values, memberValue{m.ID, m.Type})
		}
		return []patchOperation{{Op: "add", Path: "members", Value: values}}
	}
	for _, m := range e.Members {
		path := fmt.Sprintf("members[value eq %q]", m.ID)
		operations = append(operations, patchOperation{Op: "remove", Path: path})
	}
	return operations
}

func (e *Event) changeOperations() (operations []patchOperation) {
	for _, c := range e.Changes {
		o := patchOperation{Op: "replace", Path: c.Attribute, Value: c.New}
		if c.New == nil {
			o = patchOperation{Op: "remove", Path: c.Attribute}
		}
		operations = append(operations, o)
	}
	return operations
}
