package directory

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"scimserver/shared/provlog"
	"scimserver/shared/scim"
	"scimserver/shared/table"
	"scimserver/shared/tenant"
)

// Image is an item before or after a write, as the table's stream contains it: the attributes
// that function changes needs. Only the items of resources have these attributes.
type Image struct {
	Doc, Password, Log, Modified string

	Created   string
	Version   int64
	Verified  string // the verified emails of an account, one per line
	DeletedAt string // when the mark of deletion was set; "" without a mark
	Released  string // when an operator last released a value of the resource
	Connected bool   // this team, which is being deleted, has become a group
}

// deleting reports whether the item has the mark of deletion.
func (i Image) deleting() bool { return i.DeletedAt != "" }

// StreamChange is a change of a resource by a provisioning request.
type StreamChange struct {
	Provisioned
	Tenant  tenant.ID
	Deleted bool
	entry   provlog.Entry
}

// isConsequence reports whether the request was about another resource: it deleted a member of this
// group or team, so this change is only its consequence.
func (s StreamChange) isConsequence() bool { return s.entry.Operation == provlog.Leave }

// ReadStreamChange returns the change of an item and the request that made it, from the images of
// the item before and after the write; nil means that the item did not exist. ok is false if the
// write is not a provider's change, such as a step that finishes one. The error says that the
// record is damaged.
func ReadStreamChange(pk, sk string, before, after *Image) (s StreamChange, ok bool, err error) {
	w, ok := workItemOf(pk, sk)
	ok = ok && w.kind != AccountKind && after != nil && after.Log != "" &&
		(before == nil || before.Log != after.Log)
	if !ok {
		return s, false, nil
	}
	var stamp logStamp
	if err := json.Unmarshal([]byte(after.Log), &stamp); err != nil {
		return s, false, fmt.Errorf("directory: the log stamp of %s %s: %w", w.kind, w.id, err)
	}
	if w.kind == TeamKind && stamp.Operation != provlog.Leave {
		return s, false, nil
	}
	s = StreamChange{
		Tenant:      w.tenant,
		Deleted:     after.deleting(),
		Provisioned: Provisioned{Kind: w.kind, ID: w.id, At: after.writtenAt(stamp)},
	}
	if before == nil {
		before = &Image{Doc: "null"}
	}
	for image, doc := range map[*Image]*scim.Value{before: &s.Old, after: &s.New} {
		if *doc, err = scim.ParseJSON(image.Doc); err != nil {
			return s, false, fmt.Errorf("directory: a document of %s: %v", w.id, err)
		}
	}
	s.entry = s.entryOf(stamp)
	if former := nameOf(s.Kind, s.Old); !s.Deleted && former != s.entry.Name {
		s.entry.FormerName = former
	}
	if !s.Deleted {
		s.entry.Changed = s.changed(stamp, before.Password != after.Password)
	}
	return s, true, nil
}

// writtenAt returns when an image was written, as its attribute "modified" says. The mark of deletion
// does not change this attribute: for a marked resource, it returns the time of the request.
func (i Image) writtenAt(stamp logStamp) time.Time {
	if i.deleting() {
		return time.UnixMilli(stamp.Time)
	}
	if at, err := time.Parse(time.RFC3339, i.Modified); err == nil {
		return at
	}
	return time.UnixMilli(stamp.Time)
}

func (s StreamChange) entryOf(stamp logStamp) provlog.Entry {
	return provlog.Entry{
		Time: time.UnixMilli(stamp.Time).UTC(), Request: stamp.Request,
		Credential: tenant.KeyID(stamp.Credential), Operation: stamp.Operation,
		Kind: string(s.Kind), ID: s.ID, Name: nameOf(s.Kind, s.New), ExternalID: s.New.Get("externalId").Text(),
		Status: stamp.Status, Deviations: stamp.Deviations, Ignored: stamp.Ignored,
		Skipped: stamp.Skipped, SkippedCount: stamp.SkippedAll,
		Added: unpackMembers(stamp.Added), AddedCount: stamp.AddedAll,
		Removed: unpackMembers(stamp.Removed), RemovedCount: stamp.RemovedAll,
	}
}

// nameOf returns the userName of a user or account, and the displayName of a group or team.
func nameOf(k Kind, doc scim.Value) string {
	if k == UserKind || k == AccountKind {
		return doc.Get("userName").Text()
	}
	return doc.Get("displayName").Text()
}

// lostNames returns the names that the resource had before the change and does not have after it.
func (s StreamChange) lostNames() (lost []string) {
	now := map[string]bool{}
	if !s.Deleted {
		for _, name := range namesOf(s.New) {
			now[name] = true
		}
	}
	before := s.Old
	if s.Deleted {
		before = s.New
	}
	for _, name := range namesOf(before) {
		if !now[name] {
			lost, now[name] = append(lost, name), true
		}
	}
	return lost
}

// namesOf returns the values by which people know a resource, in folded form.
func namesOf(doc scim.Value) (names []string) {
	values := []scim.Value{doc.Get("userName"), doc.Get("externalId")}
	if doc.Get("userName").IsEmpty() {
		values = append(values, doc.Get("displayName"))
	}
	for _, e := range doc.Get("emails").Items() {
		values = append(values, e.Get("value"))
	}
	for _, v := range values {
		if text := v.Text(); text != "" {
			names = append(names, scim.Fold(text))
		}
	}
	return names
}

// changed returns the names of the attributes that differ, including those outside the document.
func (s StreamChange) changed(stamp logStamp, password bool) []string {
	names := changedAttributes(s.Old, s.New)
	if password {
		names = append(names, "password")
	}
	if stamp.Members {
		names = append(names, "members")
	}
	return names
}

// changedAttributes returns the names of the attributes in which two documents differ; those of
// an extension follow its URN. Only "active" is listed with its value, because operators look
// for deactivations.
func changedAttributes(old, now scim.Value) (names []string) {
	for _, name := range differing(old, now) {
		before, after := old.Get(name), now.Get(name)
		switch {
		case name == "schemas":
		case strings.Contains(name, ":"):
			for _, inner := range differing(before, after) {
				names = append(names, name+":"+inner)
			}
		case name == "active" && after.Kind() == scim.Bool:
			names = append(names, "active="+after.Text())
		default:
			names = append(names, name)
		}
	}
	return names
}

// differing returns the names of the members in which two objects differ.
func differing(old, now scim.Value) (names []string) {
	for _, m := range now.Members() {
		if !old.Get(m.Name).Equal(m.Value) {
			names = append(names, m.Name)
		}
	}
	for _, m := range old.Members() {
		if now.Get(m.Name).Kind() == scim.Null {
			names = append(names, m.Name)
		}
	}
	return names
}

// maxLogTime limits a call of WriteLog.
const maxLogTime = 20 * time.Second

// WriteLog writes the log entries of requests that changed something. It is idempotent.
// Entries of deleted tenants are left out, because the log names people. A tenant's removal
// waits for calls that have read its record before; see RemovalTimes.Deleting. The error is
// ErrUnavailable.
func (d *Directory) WriteLog(ctx context.Context, all []StreamChange) error {
	ctx, cancel := context.WithTimeout(ctx, maxLogTime)
	defer cancel()
	present, err := d.tenants.SchemaVersions(ctx, slices.Sorted(maps.Keys(byTenant(all))))
	if err != nil {
		return err
	}
	puts := map[table.Key]table.Write{}
	for _, s := range all {
		if _, exists := present[s.Tenant]; !exists {
			continue
		}
		log := provlog.New(d.db, s.Tenant)
		put, err := log.Write(s.entry)
		if err != nil {
			return err
		}
		puts[put.Key] = put
		for _, name := range s.lostNames() {
			former := log.WriteFormer(name, provlog.Named{ID: s.ID, Type: string(s.Kind)}, s.entry.Time)
			puts[former.Key] = former
		}
	}
	writes := make([]table.Write, 0, len(puts))
	for _, put := range puts {
		writes = append(writes, put)
	}
	if err := d.db.WriteAll(ctx, writes); err != nil {
		return err
	}
	return d.eraseLogged(ctx, all, present)
}

// eraseLogged replaces the values in entries of users that are marked as erased. It reads the marks after the entries
// are written: an erasure that marks a user later finds the entries in the log.
func (d *Directory) eraseLogged(
	ctx context.Context, all []StreamChange, present map[tenant.ID]tenant.SchemaVersion,
) error {
	isNoUser := func(s StreamChange) bool {
		_, exists := present[s.Tenant]
		return !exists || s.Kind != UserKind
	}
	for id, changes := range byTenant(slices.DeleteFunc(slices.Clone(all), isNoUser)) {
		var ids []scim.ID
		for _, s := range changes {
			ids = append(ids, s.ID)
		}
		marked, err := d.feed(id).Erased(ctx, ids)
		if err != nil {
			return err
		}
		for _, s := range changes {
			if !marked[s.ID] {
				continue
			}
			log := provlog.New(d.db, id)
			if err := log.ForgetFormer(ctx, s.lostNames(), []scim.ID{s.ID}); err != nil {
				return err
			}
			if err := log.Put(ctx, s.entry.Erased()); err != nil {
				return err
			}
		}
	}
	return nil
}

// byTenant groups changes by their tenants.
func byTenant(all []StreamChange) map[tenant.ID][]StreamChange {
	of := map[tenant.ID][]StreamChange{}
	for _, change := range all {
		of[change.Tenant] = append(of[change.Tenant], change)
	}
	return of
}
