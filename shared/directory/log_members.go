package directory

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"strings"

	"github.com/google/uuid"

	"scimserver/shared/provlog"
	"scimserver/shared/scim"
	"scimserver/shared/table"
)

// The provisioning log says who was added to a group and who was removed. The write of the group
// stores these ids in the log stamp of the group's item. DynamoDB charges for whole units, so the
// stamp has as many ids as fit into the last unit of the item, and the total number. The ids add no
// cost to this write or to later accesses. An item of 500 bytes has room for about 20.

// unitSize is the number of bytes for which DynamoDB charges one write unit.
const unitSize = 1024

// maxLoggedMembers is the maximum number of added members in a log stamp, and of removed members.
const maxLoggedMembers = 100

// addLogStamp adds the log stamp of the request to the item or update of the group. stored are the
// other attributes of the item, nil for a new group. It keeps room for lastPending, which a later
// change may add.
func (c *change) addLogStamp(ctx context.Context, own, stored table.Item) {
	stamp, ok := newLogStamp(ctx, c.skipped)
	if !ok {
		return
	}
	added, removed := c.membersToLog()
	stamp.Members = len(added)+len(removed) > 0
	stamp.AddedAll, stamp.RemovedAll = len(added), len(removed)
	stamp.addTo(own)
	key := c.keys.resource(GroupKind, c.group)
	always := table.Item{"PK": key.PK, "SK": key.SK, "lastPending": strings.Repeat(" ", changeIDLength)}
	size := sizeOf(merged(merged(stored, own), always))
	stamp.nameMembers(added, removed, (unitSize-size%unitSize)%unitSize)
	stamp.addTo(own)
}

// membersToLog returns the members that the edit adds and removes. It leaves out added members
// that the group already had, and removed ones that it did not have.
func (c *change) membersToLog() (added, removed []Member) {
	for _, m := range c.edit.Add {
		if !c.isMember(m.ID) {
			added = append(added, withDefaultKind(m))
		}
	}
	for _, id := range c.edit.Remove {
		if kind, held := c.memberKinds[id]; held {
			removed = append(removed, Member{ID: id, Kind: kind})
		}
	}
	return added, removed
}

// sizeOf returns the size, in bytes, that DynamoDB charges for an item. It counts 8 bytes for a number.
func sizeOf(item table.Item) (n int) {
	for name, value := range item {
		n += len(name) + 8
		if text, ok := value.(string); ok {
			n += len(text) - 8
		}
	}
	return n
}

// nameMembers adds the ids of the first removed and the first added members in turn, as long as
// they fit into room bytes.
func (s *logStamp) nameMembers(added, removed []Member, room int) {
	room -= len(`"a":"","e":"",`)
	for i := range maxLoggedMembers {
		for _, of := range []struct {
			list []Member
			to   *string
		}{{removed, &s.Removed}, {added, &s.Added}} {
			if i >= len(of.list) {
				continue
			}
			text := packMember(of.list[i])
			if room -= len(text); room < 0 {
				return
			}
			*of.to += text
		}
	}
}

// The marks in the list of a log stamp's members.
const (
	groupMark = "." // before the id of a group
	idMark    = "#" // before and after an id that is not a UUID
	packedID  = 22  // bytes of a UUID in base64
)

// packMember returns a member for the list in a log stamp: a UUID takes 22 bytes instead of 36.
func packMember(m Member) string {
	text := idMark + string(m.ID) + idMark
	if id, err := uuid.Parse(string(m.ID)); err == nil && id.String() == string(m.ID) {
		text = base64.RawURLEncoding.EncodeToString(id[:])
	}
	if m.Kind == GroupKind {
		return groupMark + text
	}
	return text
}

// unpackMembers reads the list of a log stamp. Of a damaged list, it returns the members before the damage.
func unpackMembers(list string) (all []provlog.Member) {
	for list != "" {
		m := provlog.Member{Type: string(UserKind)}
		if rest, isGroup := strings.CutPrefix(list, groupMark); isGroup {
			list, m.Type = rest, string(GroupKind)
		}
		if rest, isText := strings.CutPrefix(list, idMark); isText {
			id, rest, _ := strings.Cut(rest, idMark)
			m.ID, list = scim.ID(id), rest
		} else {
			data, err := base64.RawURLEncoding.DecodeString(list[:min(len(list), packedID)])
			id, idErr := uuid.FromBytes(data)
			if err != nil || idErr != nil {
				return all
			}
			m.ID, list = scim.ID(id.String()), list[packedID:]
		}
		all = append(all, m)
	}
	return all
}

// leaveStamp returns the log stamp for the groups and teams that lose a member because a provider's
// request deleted the member; "" if no provider did. item is the marked resource.
func leaveStamp(item table.Item, m Member) string {
	var s logStamp
	if err := json.Unmarshal([]byte(item.Text("log")), &s); err != nil || s.Operation != "delete" {
		return ""
	}
	return logStamp{
		Time: s.Time, Request: s.Request, Credential: s.Credential, Operation: provlog.Leave, Status: s.Status,
		Members: true, Removed: packMember(m), RemovedAll: 1,
	}.json()
}
