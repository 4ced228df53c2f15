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
	// Before and After are the item before and after the write; nil means that it did not
	// exist. Unknown says that the item existed before, but its old image is unknown.
	Before, After *Image
	Unknown       bool
	outbox.Record
}

// eventChange is the draft of an event, with the feed that it belongs to.
type eventChange struct {
	tenant tenant.ID // "" for accounts
	draft  outbox.Draft
	group  workItem // the group or team whose members change, else empty
	// fill completes the draft about a resource, in the format of the tenant; nil if the
	// draft is complete.
	fill func(eventFormat, *outbox.Draft)
}

// readEvent makes the draft of an event from a stream record. ok is false if no event follows
// from the record: it is about a counter, a step of an unfinished change, or the removal of a
// resource whose deletion already has an event. The error says that the record is damaged.
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
	stamp    logStamp   // of the provider's request that made the write; empty if another caller did
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

// parse parses the documents, and the log stamp if this write has set one.
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

// verb returns what happened to the resource, or "" if there is no event for it.
func (r *resourceImages) verb() string {
	before, after := r.Before, r.After
	switch {
	case after == nil: // the mark of deletion made the event, but a connected account gets no mark
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

// update returns the kind of the update, or "" if there is no event for it, such as for the new
// version of a group whose members change.
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

// fill completes the event of a resource.
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

// changes lists the attributes that an update has changed, including those outside the
// document. Events never contain a password.
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

// lines makes a JSON array of the lines of a text, nil if it is empty.
func lines(text string) json.RawMessage {
	if text == "" {
		return nil
	}
	return scim.Texts(strings.Split(text, "\n")...).Bytes()
}

// changedAt returns when an image was written: the time in the image, or written if it has none.
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
