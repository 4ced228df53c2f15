package changes_test

import (
	"encoding/json"
	"strings"

	"github.com/google/go-cmp/cmp"

	"scimserver/shared/outbox"
	"scimserver/shared/scim"
	"scimserver/shared/tenant"
)

// mirror is the state that an application derives from the events. It does not depend on the order of
// events of different items.
type mirror struct {
	*world
	Docs    map[string]string // by subject and id: the document, or the short form where SCIM shows none
	Edges   map[string]bool   // subject, group and member
	gone    map[string]bool   // groups and teams
	order   map[string]int64  // by subject and id: the latest version
	version map[scim.ID][]int64
	ids     map[string]int64 // of all events of a tenant: the sequence
}

func newMirror(w *world) *mirror {
	return &mirror{
		w, map[string]string{}, map[string]bool{}, map[string]bool{}, map[string]int64{}, map[scim.ID][]int64{},
		map[string]int64{},
	}
}

// check compares the events with the directory and with the state that the traffic expects.
func (m *mirror) check(t *traffic) {
	m.Helper()
	for _, id := range []tenant.ID{"acme", "globex", ""} {
		m.read(outbox.New(m.db, id), id)
	}
	for edge := range m.Edges { // an event about a member may come after the deletion of the group
		if group, _, _ := strings.Cut(edge, "/"); m.gone[group] {
			delete(m.Edges, edge)
		}
	}
	docs, edges := m.truth()
	if diff := cmp.Diff(docs, m.Docs); diff != "" {
		m.Errorf("the resources (directory -, events +): %s", diff)
	}
	if diff := cmp.Diff(edges, m.Edges); diff != "" {
		m.Errorf("the memberships (directory -, events +): %s", diff)
	}
	for id, versions := range t.versions {
		if diff := cmp.Diff(versions, m.version[id]); diff != "" {
			m.Errorf("the versions of user %s (requests -, events +): %s", id, diff)
		}
	}
	m.checkPushed()
}

// read reads all events of a feed.
func (m *mirror) read(f outbox.Feed, id tenant.ID) {
	m.Helper()
	for after := int64(0); ; {
		page, err := f.Page(m.Context(), after, 100)
		if err != nil {
			m.Fatal(err)
		}
		for _, text := range page.Events {
			var e outbox.Event
			if err := json.Unmarshal(text, &e); err != nil {
				m.Fatal(err)
			}
			after++
			// E-2.4-3
			if e.Sequence != after || e.Tenant != id || m.ids[e.ID] != 0 || strings.Contains(string(text), canary) {
				m.Errorf("event %d of %q: %s", after, id, text)
			}
			m.ids[e.ID] = after
			m.apply(e)
		}
		if page.Last == page.Head {
			return
		}
	}
}

func (m *mirror) apply(e outbox.Event) {
	m.Helper()
	subject, verb, _ := strings.Cut(string(e.Type), ".")
	key := subject + " " + string(e.Resource.ID)
	switch verb {
	case outbox.MemberAdded, outbox.MemberRemoved:
		for _, member := range e.Members {
			edge := key + "/" + string(member.ID)
			if m.Edges[edge] == (verb == outbox.MemberAdded) {
				m.Errorf("event %d: %s of %s out of order", e.Sequence, e.Type, edge)
			}
			if m.Edges[edge] = true; verb == outbox.MemberRemoved {
				delete(m.Edges, edge)
			}
		}
		return
	case outbox.Deleted:
		delete(m.Docs, key)
		m.gone[key] = true
	case outbox.Connected:
		if subject == outbox.Account || subject == outbox.Team {
			delete(m.Docs, key)
			m.gone[key] = true
			break
		}
		fallthrough
	case outbox.Created:
		if _, met := m.order[key]; met {
			m.Errorf("event %d: %s %s again", e.Sequence, key, verb)
		}
		m.Docs[key] = m.shown(e)
	default:
		m.Docs[key] = m.shown(e)
	}
	if subject == outbox.User && verb != outbox.Released { // an operator's change has no request of the traffic
		m.version[e.Resource.ID] = append(m.version[e.Resource.ID], e.Version)
	}
	if connected := subject == outbox.Account && verb == outbox.Connected; e.Version <= m.order[key] && !connected {
		m.Errorf("event %d: version %d of %s after %d", e.Sequence, e.Version, key, m.order[key])
	}
	m.order[key] = e.Version
}

// shown is the document of a user, the name of a group or team, and the short form of an
// account.
func (m *mirror) shown(e outbox.Event) string {
	switch e.Type {
	case "account.created", "account.updated", "account.activated", "account.deactivated", "account.released":
		return e.Resource.UserName + " " + string(e.Resource.Emails)
	}
	for uri, p := range e.Events {
		if strings.HasPrefix(string(e.Type), outbox.User) && strings.HasSuffix(uri, ":full") {
			doc, err := scim.ParseJSON(p.Data)
			if err != nil {
				m.Fatal(err)
			}
			return doc.Without("id", "meta").JSON()
		}
	}
	return e.Resource.DisplayName
}

// truth is the state in the table.
func (m *mirror) truth() (docs map[string]string, edges map[string]bool) {
	m.Helper()
	docs, edges = map[string]string{}, map[string]bool{}
	for item, err := range m.db.Scan(m.Context()) {
		if err != nil {
			m.Fatal(err)
		}
		parts, sk := strings.Split(item.Text("PK"), "#"), item.Text("SK")
		doc := scim.Value{}
		if text := item.Text("doc"); text != "" {
			if doc, err = scim.ParseJSON([]byte(text)); err != nil {
				m.Fatal(err)
			}
		}
		switch kind := parts[len(parts)-1]; {
		case len(parts) == 4 && parts[2] == "MEMBERS":
			edges["group "+parts[3]+"/"+sk[2:]] = true
		case len(parts) == 4 && parts[2] == "TEAMMEMBERS":
			edges["team "+parts[3]+"/"+sk] = true
		case item.Text("deleting") != "":
			m.Errorf("%s of %s is unfinished", kind, sk)
		case kind == "USER" && len(parts) == 3:
			docs["user "+sk] = doc.JSON()
		case kind == "GROUP" && len(parts) == 3, kind == "TEAM" && len(parts) == 3:
			docs[strings.ToLower(kind)+" "+sk] = doc.Get("displayName").Text()
		case kind == "ACCOUNT" && len(parts) == 1:
			docs["account "+sk] = doc.Get("userName").Text() + " "
			if emails := doc.Get("emails"); !emails.IsEmpty() {
				docs["account "+sk] += emails.JSON()
			}
		}
	}
	return docs, edges
}

// checkPushed checks that exactly the events were pushed to the bus.
func (m *mirror) checkPushed() {
	m.Helper()
	pushed := map[string]int64{}
	for _, text := range m.bus.pushed {
		var e outbox.Event
		if err := json.Unmarshal(text, &e); err != nil {
			m.Fatal(err)
		}
		pushed[e.ID] = e.Sequence
	}
	if diff := cmp.Diff(m.ids, pushed); diff != "" {
		m.Errorf("pushed events (feeds -, bus +): %s", diff)
	}
}
