package directory

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"scimserver/shared/outbox"
	"scimserver/shared/scim"
	"scimserver/shared/tenant"
)

// StreamRecord is a record of the table's stream.
type StreamRecord struct {
	PK, SK string
	// Before and After are the item before and after the write; nil means that there was
	// none. Unknown says that there was an item before, and that nothing is known of it.
	Before, After *Image
	Unknown       bool
	outbox.Record
}

// eventChange is the draft of an event, with the feed that it belongs to.
type eventChange struct {
	tenant tenant.ID // "" for accounts
	draft  outbox.Draft
	group  workItem // the group or team whose members change, else empty
	// fill completes the draft about a resource, in the format of the tenant; nil if it is
	// complete.
	fill func(eventFormat, *outbox.Draft)
}

// readEvent makes the draft of an event from a record. ok is false for a record that shows
// no change that an application sees: a counter, the bookkeeping of a change under way, or
// the removal of a resource whose deletion has been told of. The error says that the record
// is damaged.
func (d *Directory) readEvent(r StreamRecord) (c eventChange, ok bool, err error) {
	if w, is := workItemOf(r.PK, r.SK); is {
		return d.readResourceEvent(w, r)
	}
	return d.readMemberEvent(r)
}

// resourceImages are a resource before and after a write.
type resourceImages struct {
	StreamRecord
	kind     Kind
	old, new scim.Value // documents
	stamp    logStamp   // of the request that made the write; empty if none of a provider did
}

func (d *Directory) readResourceEvent(w workItem, r StreamRecord) (c eventChange, ok bool, err error) {
	images := resourceImages{StreamRecord: r, kind: w.kind}
	if err := images.parse(); err != nil {
		return c, false, fmt.Errorf("directory: a record of %s %s: %w", w.kind, w.id, err)
	}
	verb := images.verb()
	if verb == "" {
		return c, false, nil
	}
	fill := func(f eventFormat, draft *outbox.Draft) { f.fill(draft, images, w.id, verb) }
	return eventChange{tenant: w.tenant, draft: outbox.Draft{Record: r.Record}, fill: fill}, true, nil
}

// parse reads the documents, and the record of the request if this write has left one.
func (r *resourceImages) parse() (err error) {
	before, after := &Image{}, &Image{}
	if r.Before != nil {
		before = r.Before
	}
	if r.After != nil {
		after = r.After
	}
	if r.old, err = parseDoc(before.Doc); err != nil {
		return err
	}
	if r.new, err = parseDoc(after.Doc); err != nil {
		return err
	}
	if after.Log != "" && after.Log != before.Log && !r.Unknown {
		return json.Unmarshal([]byte(after.Log), &r.stamp)
	}
	return nil
}

func parseDoc(doc string) (scim.Value, error) {
	if doc == "" {
		return scim.Value{}, nil
	}
	v, err := scim.ParseJSON(doc)
	if err != nil {
		return v, fmt.Errorf("the document: %v", err)
	}
	return v, nil
}

// verb says what has happened to the resource, "" if nothing that an application sees.
func (r *resourceImages) verb() string {
	before, after := r.Before, r.After
	switch {
	case after == nil: // a deletion has been told of when it was marked; an account that is connected is not marked
		if r.kind == AccountKind && before != nil && !before.deleting() {
			return outbox.Connected
		}
		return ""
	case before != nil && before.deleting():
		return ""
	case after.deleting() && after.Connected:
		return outbox.Connected
	case after.deleting():
		return outbox.Deleted
	case r.Unknown:
		return outbox.Updated
	case before == nil && r.stamp.Operation == "connect":
		return outbox.Connected
	case before == nil:
		return outbox.Created
	}
	return r.update()
}

// update says what kind of update this is, "" if it changes nothing that an application
// sees, such as the version of a group whose members change.
func (r *resourceImages) update() string {
	before, after := r.Before, r.After
	switch {
	case before.Doc == after.Doc && before.Password == after.Password && before.Verified == after.Verified:
		return ""
	case before.Released != after.Released:
		return outbox.Released
	case Deactivated(r.old) && !Deactivated(r.new):
		return outbox.Activated
	case !Deactivated(r.old) && Deactivated(r.new):
		return outbox.Deactivated
	}
	return outbox.Updated
}

// fill fills in the event of a resource.
func (f eventFormat) fill(draft *outbox.Draft, r resourceImages, id scim.ID, verb string) {
	shown, doc := r.After, r.new
	if shown == nil {
		shown, doc = r.Before, r.old
	}
	visible := f.visible(r.kind, doc)
	draft.Event = outbox.Event{
		Issuer: f.issuer, Transaction: r.stamp.Request,
		Type: outbox.TypeOf(strings.ToLower(string(r.kind)), verb), Version: shown.Version,
		Time: outbox.Time{Time: shown.changedAt(r.At)}, Resource: summary(r.kind, id, visible), Truncated: r.Unknown,
	}
	gone := r.After == nil || r.After.deleting()
	if !gone && (r.kind == UserKind || r.kind == GroupKind && !r.Unknown) {
		draft.Data = f.representation(r.kind, id, visible, *shown)
	}
	if !gone && r.Before != nil {
		draft.Event.Changes = f.changes(r, visible)
	}
}

// changes lists the attributes that an update has changed, those included that are not in
// documents. The value of a password is never told.
func (f eventFormat) changes(r resourceImages, visible scim.Value) []outbox.Change {
	list := attributeChanges(r.old, r.new, f.visible(r.kind, r.old), visible)
	if r.Before.Password != r.After.Password {
		list = append(list, outbox.Change{Attribute: "password"})
	}
	if r.Before.Verified != r.After.Verified {
		list = append(list, outbox.Change{
			Attribute: "emails.verified", Old: lines(r.Before.Verified), New: lines(r.After.Verified),
		})
	}
	return list
}

// lines makes a JSON array of lines, nil of none.
func lines(text string) json.RawMessage {
	if text == "" {
		return nil
	}
	return scim.Texts(strings.Split(text, "\n")...).Bytes()
}

// changedAt is when an image was written. written is the same less exactly.
func (i Image) changedAt(written time.Time) time.Time {
	text := i.Modified
	if i.deleting() {
		text = i.DeletedAt
	}
	if at := timeOf(text); !at.IsZero() {
		return at
	}
	return written
}
