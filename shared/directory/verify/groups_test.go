package verify_test

import (
	"fmt"
	"strings"
	"testing"

	"scimserver/shared/directory/verify"
	"scimserver/shared/table"
)

const in = "T#acme#"

func put(pk, sk string, item table.Item) table.Write {
	return table.Put(table.Key{PK: in + pk, SK: sk}, item)
}

func gone(pk, sk string) table.Write { return table.Delete(table.Key{PK: in + pk, SK: sk}) }

// group is what a group without members consists of.
func group(id, name string) []table.Write {
	return []table.Write{
		put("GROUP", id, table.Item{"doc": fmt.Sprintf(`{"displayName":%q,"externalId":"x-%s"}`, name, id)}),
		put("LOOKUP#GROUP#displayName#"+strings.ToLower(name), "CLAIM", table.Item{"owner": id, "kind": "group"}),
		put("LOOKUP#GROUP#externalId#x-"+id, id, nil),
		table.Update(table.Key{PK: in + "COUNT#GROUP", SK: "05"}, nil).Adding("n", 1),
	}
}

// member is the membership of "U#<id>" or "G#<id>" in a group.
func member(of, who string) []table.Write {
	id := who[2:]
	return []table.Write{
		put("MEMBERS#"+of, who, nil),
		put("MEMBEROF#"+id[:1], id+"#"+of, table.Item{"kind": who[:1], "of": "GROUP"}),
	}
}

// row nests groups g0, g1, ... so that each contains the next.
func row(n int) (all []table.Write) {
	for i := range n {
		all = append(all, group(fmt.Sprintf("g%02d", i), fmt.Sprintf("G%02d", i))...)
		if i > 0 {
			all = append(all, member(fmt.Sprintf("g%02d", i-1), fmt.Sprintf("G#g%02d", i))...)
		}
	}
	return all
}

// check writes what the case adds to a table with user ann and group team, of
// which ann is a member, and compares the findings with the one wanted.
func check(t *testing.T, want string, writes func(ann string) []table.Write, options ...verify.Option) verify.Report {
	t.Helper()
	db, id := newTable(t)
	for _, w := range append(append(group("team", "Team"), member("team", "U#"+id)...), writes(id)...) {
		if err := db.Write(t.Context(), func(table.Stamp) table.Write { return w }); err != nil {
			t.Fatal(err)
		}
	}
	report, err := verify.Table(t.Context(), db, options...)
	if err != nil {
		t.Fatal(err)
	}
	if all := texts(report); want == "" && all != "" || !strings.Contains(all, want) {
		t.Errorf("findings %q, want %q", all, want)
	}
	return report
}

// texts are the findings of a report, a line each.
func texts(r verify.Report) string {
	var all []string
	for _, f := range r.Findings {
		all = append(all, f.String())
	}
	return strings.Join(all, "\n")
}

// damage is one case: what is written, and the finding that it makes.
type damage struct {
	name   string
	writes func(ann string) []table.Write
	want   string
}

func (d damage) run(t *testing.T) { t.Run(d.name, func(t *testing.T) { check(t, d.want, d.writes) }) }

func one(w table.Write) func(string) []table.Write {
	return func(string) []table.Write { return []table.Write{w} }
}

// Each kind of damage to a group is found.
func TestGroups(t *testing.T) {
	for _, d := range []damage{
		{"none", func(string) []table.Write { return nil }, ""},
		{"name not claimed", one(gone("LOOKUP#GROUP#displayName#team", "CLAIM")), "does not hold the claim on its displayName"},
		{"name of another", one(put("LOOKUP#GROUP#displayName#team", "CLAIM", table.Item{"owner": "other"})), "is held by other"},
		{"claim on no name", one(put("LOOKUP#GROUP#displayName#crew", "CLAIM", table.Item{"owner": "team"})), "on a value that team does not have"},
		{"two of a name", func(string) []table.Write { return group("crew", "TEAM") }, "is held by group"},
		{"look-up gone", one(gone("LOOKUP#GROUP#externalId#x-team", "team")), "group team is not found by its externalId"},
		{"look-up to nothing", one(put("LOOKUP#GROUP#externalId#y", "team", nil)), "leads to group team, which does not have that externalId"},
		{"counter off", one(table.Update(table.Key{PK: in + "COUNT#GROUP", SK: "03"}, nil).Adding("n", 1)), "has 1 groups, its counters say 2"},
		{"no group left", one(gone("GROUP", "team")), "has 0 groups, its counters say 1"},
		{"members in the document", one(put("GROUP", "team", table.Item{"doc": `{"displayName":"Team","externalId":"x-team","members":[]}`})), "members in its document"},
	} {
		d.run(t)
	}
}

// Each kind of damage to a membership is found.
func TestMembers(t *testing.T) {
	for _, d := range []damage{
		{"reverse gone", func(ann string) []table.Write {
			return []table.Write{gone("MEMBEROF#"+ann[:1], ann+"#team")}
		}, "not recorded with the member"},
		{"forward gone", func(ann string) []table.Write {
			return []table.Write{gone("MEMBERS#team", "U#"+ann)}
		}, "only recorded with the member"},
		{"kinds differ", func(ann string) []table.Write {
			return []table.Write{put("MEMBEROF#"+ann[:1], ann+"#team", table.Item{"kind": "G", "of": "GROUP"})}
		}, "differ in the kind of the member"},
		{"no kind", one(put("MEMBERS#team", "X#1", nil)), "member of an unknown kind"},
		{"no kind in reverse", one(put("MEMBEROF#1", "1#team", table.Item{"of": "GROUP"})), "has no kind of member"},
		{"wrong partition", one(put("MEMBEROF#2", "1#team", table.Item{"kind": "U", "of": "GROUP"})), "wrong partition"},
		{"of nothing", one(put("MEMBEROF#1", "1#team", table.Item{"kind": "U"})), "does not say that it is of a group"},
		{"no such user", func(string) []table.Write { return member("team", "U#1") }, "user 1 does not exist"},
		{"no such user, in reverse only", func(string) []table.Write { return member("team", "U#1")[1:] }, "user 1 does not exist"},
		{"no such group as a member", func(string) []table.Write { return member("team", "G#1") }, "group 1 does not exist"},
		{"no such group", func(ann string) []table.Write { return member("crew", "U#"+ann) }, "group crew does not exist"},
	} {
		d.run(t)
	}
}

// Circles and rows that are too long are found, and rows of the longest
// length are none.
func TestNesting(t *testing.T) {
	for _, d := range []damage{
		{"10 in a row", func(string) []table.Write { return row(10) }, ""},
		{"11 in a row", func(string) []table.Write { return row(11) }, "more than 10 groups contain each other in a row: g00, g01"},
		{"a ring", func(string) []table.Write { return append(row(3), member("g02", "G#g00")...) }, "contains itself"},
		{"a group in itself", func(string) []table.Write { return member("team", "G#team") }, "group team contains itself"},
		{"two ways to one group", func(string) []table.Write { return append(row(4), member("g00", "G#g03")...) }, ""},
	} {
		d.run(t)
	}
}

// What is half done is a problem, unless it is allowed.
func TestUnfinished(t *testing.T) {
	mark := func(name string) table.Write {
		return table.Update(table.Key{PK: in + "GROUP", SK: "team"}, table.Item{name: "c1"})
	}
	step := func(change string) table.Write {
		return put("PENDING#team", change+"#000000", table.Item{"members": "[]", "expires": int64(2e9)})
	}
	for _, tt := range []struct {
		damage
		unfinished, abandoned int
		rest                  string // the problem that remains when unfinished work is allowed
	}{
		{damage{"pending", one(mark("pending")), "not finished"}, 1, 0, ""},
		{damage{"a group that is deleted", one(mark("deleting")), "group team is not deleted completely"}, 1, 0, ""},
		{damage{"its member", one(mark("deleting")), "group team is not deleted completely"}, 1, 0, ""},
		{damage{"a user who is deleted", func(ann string) []table.Write {
			return []table.Write{table.Update(table.Key{PK: in + "USER", SK: ann}, table.Item{"deleting": "x"})}
		}, "is not deleted completely"}, 1, 0, ""},
		{damage{"half the edge of a group that is deleted", func(ann string) []table.Write {
			return []table.Write{mark("deleting"), gone("MEMBEROF#"+ann[:1], ann+"#team")}
		}, "not deleted completely"}, 1, 0, ""},
		{damage{"the other half", func(ann string) []table.Write {
			return []table.Write{mark("deleting"), gone("MEMBERS#team", "U#"+ann)}
		}, "only recorded with the member"}, 1, 0, "only recorded with the member"},
		{damage{"a member that did not wait for the group to go", func(string) []table.Write {
			return []table.Write{mark("deleting"), put("MEMBERS#team", "U#1", nil)}
		}, "not deleted completely"}, 1, 0, ""},
		{damage{"a member that should have waited", func(string) []table.Write {
			return append(member("team", "U#1"), mark("deleting"))
		}, "user 1 does not exist"}, 1, 0, "user 1 does not exist"},
		{damage{"a chunk", func(string) []table.Write { return []table.Write{mark("pending"), step("c1")} }, "not finished"}, 1, 0, ""},
		{damage{"a chunk of another change", one(step("c2")), ""}, 0, 1, ""},
		{damage{"a chunk for ever", one(put("PENDING#team", "c2#000000", nil)), "stays for ever"}, 0, 1, "stays for ever"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			check(t, tt.want, tt.writes)
			report := check(t, tt.rest, tt.writes, verify.AllowUnfinished)
			if report.Unfinished != tt.unfinished || report.Abandoned != tt.abandoned {
				t.Errorf("%+v, want %d unfinished, %d abandoned", report, tt.unfinished, tt.abandoned)
			}
		})
	}
}

func TestReport(t *testing.T) {
	report := check(t, "", func(string) []table.Write { return row(3) })
	if report.Users != 1 || report.Claims != 2 || report.Groups != 4 || report.Members != 3 || report.Unfinished != 0 {
		t.Errorf("%+v, want 1 user with 2 claims, 4 groups, 3 members", report)
	}
}
