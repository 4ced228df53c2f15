package groups_test

import (
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"scimserver/shared/scim"
	"scimserver/shared/table"
)

// What follows writes items past the functions, by the thousand. verify holds
// that they are as the directory makes them.

const inTenant = "T#local#"

func item(pk, sk string, set table.Item) table.Write {
	return table.Put(table.Key{PK: inTenant + pk, SK: sk}, set)
}

// resource is what users and groups have in common as items.
func resource(doc string) table.Item {
	now := scim.FormatTime(time.Now())
	return table.Item{"doc": doc, "version": int64(1), "created": now, "modified": now, "writer": "seed"}
}

// seedUsers makes users and returns their ids.
func (g *groups) seedUsers(n int) []string {
	g.Helper()
	ids, writes := make([]string, n), make([]table.Write, 0, 2*n)
	for i := range ids {
		ids[i] = uuid.NewString()
		name := "user-" + ids[i]
		claim := table.Item{"kind": "user", "tenant": "local", "owner": ids[i], "value": name}
		writes = append(writes,
			item("USER", ids[i], resource(fmt.Sprintf(`{"schemas":[%q],"userName":%q}`, scim.UserSchema, name))),
			table.Put(table.Key{PK: "CLAIM#SYSTEM#USERNAME#" + name, SK: "CLAIM"}, claim))
	}
	g.seed(writes)
	g.counted("USER", n)
	return ids
}

// seedGroups makes groups without members and returns their ids.
func (g *groups) seedGroups(n int) []string {
	g.Helper()
	ids, writes := make([]string, n), make([]table.Write, 0, 2*n)
	for i := range ids {
		ids[i] = uuid.NewString()
		name := g.newName()
		claim := table.Item{"kind": "group", "tenant": "local", "owner": ids[i], "value": name}
		writes = append(writes,
			item("GROUP", ids[i], resource(fmt.Sprintf(`{"schemas":[%q],"displayName":%q}`, scim.GroupSchema, name))),
			item("LOOKUP#GROUP#displayName#"+strings.ToLower(name), "CLAIM", claim))
	}
	g.seed(writes)
	g.counted("GROUP", n)
	return ids
}

// seedGroup makes a group with members, who are users.
func (g *groups) seedGroup(members ...string) string {
	g.Helper()
	group := g.seedGroups(1)[0]
	g.seedMembers([]string{group}, members)
	return group
}

// seedMembers makes users members of groups, each of each.
func (g *groups) seedMembers(groups, users []string) {
	g.Helper()
	writes := make([]table.Write, 0, 2*len(groups)*len(users))
	for _, group := range groups {
		for _, user := range users {
			writes = append(writes, item("MEMBERS#"+group, "U#"+user, nil),
				item("MEMBEROF#"+user[:1], user+"#"+group, table.Item{"kind": "U", "of": "GROUP"}))
		}
	}
	g.seed(writes)
}

func (g *groups) seed(writes []table.Write) {
	g.Helper()
	if err := g.db.WriteAll(g.Context(), writes); err != nil {
		g.Fatal(err)
	}
}

// counted adds to a counter. It is a transaction, which does not count twice if its answer is lost.
func (g *groups) counted(kind string, n int) {
	g.Helper()
	key := table.Key{PK: inTenant + "COUNT#" + kind, SK: "00"}
	err := g.db.Transact(g.Context(), func(table.Stamp) []table.Write {
		return []table.Write{table.Update(key, nil).Adding("n", int64(n))}
	})
	if err != nil {
		g.Fatal(err)
	}
}

// stored reads the item of a group past the functions; nil where there is none.
func (g *groups) stored(group string) table.Item {
	g.Helper()
	it, err := g.db.Get(g.Context(), table.Key{PK: inTenant + "GROUP", SK: group})
	if err != nil {
		g.Fatal(err)
	}
	return it
}
