package verify_test

import (
	"fmt"
	"slices"
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

// count adds to the counter of a kind.
func count(kind string, n int) table.Write {
	return table.Update(table.Key{PK: in + "COUNT#" + kind, SK: "05"}, nil).Adding("n", int64(n))
}

// group makes the items of a group without members.
func group(id, name string) []table.Write {
	return []table.Write{
		put("GROUP", id, table.Item{"doc": fmt.Sprintf(`{"displayName":%q,"externalId":"x-%s"}`, name, id)}),
		put("LOOKUP#GROUP#displayName#"+strings.ToLower(name), "CLAIM", table.Item{"owner": id, "kind": "group"}),
		put("LOOKUP#GROUP#externalId#x-"+id, id, nil),
		count("GROUP", 1),
	}
}

// member makes the items of a membership. who is "U#<id>" or "G#<id>".
func member(of, who string) []table.Write {
	id := who[2:]
	return []table.Write{
		put("MEMBERS#"+of, who, nil),
		put("MEMBEROF#"+id[:1], id+"#"+of, table.Item{"kind": who[:1], "of": "GROUP"}),
	}
}

// nested makes groups g00, g01, and so on, so that each contains the next.
func nested(n int) (all []table.Write) {
	for i := range n {
		all = append(all, group(fmt.Sprintf("g%02d", i), fmt.Sprintf("G%02d", i))...)
		if i > 0 {
			all = append(all, member(fmt.Sprintf("g%02d", i-1), fmt.Sprintf("G#g%02d", i))...)
		}
	}
	return all
}

// texts returns the findings of a report, one per line.
func texts(r verify.Report) string {
	var all []string
	for _, f := range r.Findings {
		all = append(all, f.String())
	}
	return strings.Join(all, "\n")
}

// damage is a test case: what is written to a table, and a part of the finding. "" means that
// there is no finding.
type damage struct {
	name   string
	writes func(ann string) []table.Write
	want   string
}

// check compares a report with the expected finding.
func (d damage) check(t *testing.T, report verify.Report) {
	t.Helper()
	if all := texts(report); d.want == "" && all != "" || !strings.Contains(all, d.want) {
		t.Errorf("findings %q, want %q", all, d.want)
	}
}

// verify damages a table that has user ann and group team with the member ann, and checks the
// findings.
func (d damage) verify(t *testing.T, options ...verify.Option) verify.Report {
	t.Helper()
	db, _ := damaged(t, func(ann string) []table.Write {
		return slices.Concat(group("team", "Team"), member("team", "U#"+ann), d.writes(ann))
	})
	report, err := verify.Table(t.Context(), db, options...)
	if err != nil {
		t.Fatal(err)
	}
	d.check(t, report)
	return report
}

func (d damage) run(t *testing.T) { t.Run(d.name, func(t *testing.T) { d.verify(t) }) }

func one(w table.Write) func(string) []table.Write {
	return func(string) []table.Write { return []table.Write{w} }
}

// TestGroups: each kind of damage to a group is found.
func TestGroups(t *testing.T) {
	t.Parallel()
	const name = "LOOKUP#GROUP#displayName#"
	withMembers := table.Item{"doc": `{"displayName":"Team","externalId":"x-team","members":[]}`}
	for _, d := range []damage{
		{"none", func(string) []table.Write { return nil }, ""},
		{"missing claim", one(gone(name+"team", "CLAIM")), "does not hold the claim on its displayName"},
		{"foreign claim", one(put(name+"team", "CLAIM", table.Item{"owner": "other"})), "is held by other"},
		{
			"orphaned claim",
			one(put(name+"crew", "CLAIM", table.Item{"owner": "team"})), "team holds a claim on a value",
		},
		{
			"two groups with the same name",
			func(string) []table.Write { return group("crew", "TEAM") }, "is held by group",
		},
		{"missing look-up", one(gone("LOOKUP#GROUP#externalId#x-team", "team")), "externalId does not find group team"},
		{"orphaned look-up", one(put("LOOKUP#GROUP#externalId#y", "team", nil)), "leads to group team, which does not"},
		{"wrong counter", one(count("GROUP", 1)), "the counter of groups is 2 instead of 1"},
		{"missing group", one(gone("GROUP", "team")), "the counter of groups is 1 instead of 0"},
		{"members in the document", one(put("GROUP", "team", withMembers)), "members in its document"},
	} {
		d.run(t)
	}
}

// TestMembers: each kind of damage to a membership is found.
func TestMembers(t *testing.T) {
	t.Parallel()
	const reverse = "MEMBEROF#1"
	for _, d := range []damage{
		{"missing reverse item", func(ann string) []table.Write {
			return []table.Write{gone("MEMBEROF#"+ann[:1], ann+"#team")}
		}, "only in the list of members"},
		{"missing forward item", func(ann string) []table.Write {
			return []table.Write{gone("MEMBERS#team", "U#"+ann)}
		}, "only in the member's list"},
		{"kinds differ", func(ann string) []table.Write {
			return []table.Write{put("MEMBEROF#"+ann[:1], ann+"#team", table.Item{"kind": "G", "of": "GROUP"})}
		}, "differ in the kind of the member"},
		{"unknown kind", one(put("MEMBERS#team", "X#1", nil)), "member of an unknown kind"},
		{"no kind", one(put(reverse, "1#team", table.Item{"of": "GROUP"})), "lacks the kind of the member"},
		{
			"wrong partition",
			one(put("MEMBEROF#2", "1#team", table.Item{"kind": "U", "of": "GROUP"})), "wrong partition",
		},
		{"not of a group", one(put(reverse, "1#team", table.Item{"kind": "U"})), "lacks the attribute of=GROUP"},
		{"missing user", func(string) []table.Write { return member("team", "U#1") }, "user 1 does not exist"},
		{"missing user, reverse item only", func(string) []table.Write {
			return member("team", "U#1")[1:]
		}, "user 1 does not exist"},
		{"missing member group", func(string) []table.Write { return member("team", "G#1") }, "group 1 does not exist"},
		{
			"missing group",
			func(ann string) []table.Write { return member("crew", "U#"+ann) }, "group crew does not exist",
		},
	} {
		d.run(t)
	}
}

// TestNesting: cycles and nesting that is too deep are found. The maximum depth is allowed.
func TestNesting(t *testing.T) {
	t.Parallel()
	for _, d := range []damage{
		{"10 levels", func(string) []table.Write { return nested(10) }, ""},
		{"11 levels", func(string) []table.Write { return nested(11) }, "more than 10 levels deep: g00, g01"},
		{
			"cycle",
			func(string) []table.Write { return append(nested(3), member("g02", "G#g00")...) }, "contains itself",
		},
		{
			"group in itself",
			func(string) []table.Write { return member("team", "G#team") }, "group team contains itself",
		},
		{
			"two paths to a group",
			func(string) []table.Write { return append(nested(4), member("g00", "G#g03")...) }, "",
		},
	} {
		d.run(t)
	}
}

// TestUnfinished: unfinished work is a finding, unless it is allowed.
func TestUnfinished(t *testing.T) {
	t.Parallel()
	mark := func(name string) table.Write {
		return table.Update(table.Key{PK: in + "GROUP", SK: "team"}, table.Item{name: "c1"})
	}
	step := func(change string) table.Write {
		return put("PENDING#team", change+"#000000", table.Item{"members": "[]", "expires": int64(2e9)})
	}
	for _, tt := range []struct {
		damage
		unfinished, abandoned int
		rest                  string // the finding that remains if unfinished work is allowed
	}{
		{
			damage{"pending change", one(mark("pending")), "a change of the members of group team is unfinished"},
			1, 0, "",
		},
		{damage{"group being deleted", one(mark("deleting")), "the deletion of group team is unfinished"}, 1, 0, ""},
		{damage{"user being deleted", func(ann string) []table.Write {
			return []table.Write{table.Update(table.Key{PK: in + "USER", SK: ann}, table.Item{"deleting": "x"})}
		}, "the deletion of user"}, 1, 0, ""},
		{damage{"group being deleted, without the reverse item", func(ann string) []table.Write {
			return []table.Write{mark("deleting"), gone("MEMBEROF#"+ann[:1], ann+"#team")}
		}, "the deletion of group team"}, 1, 0, ""},
		{damage{"group being deleted, without the forward item", func(ann string) []table.Write {
			return []table.Write{mark("deleting"), gone("MEMBERS#team", "U#"+ann)}
		}, "only in the member's list"}, 1, 0, "only in the member's list"},
		{damage{"group being deleted, with a deleted member", func(string) []table.Write {
			return []table.Write{mark("deleting"), put("MEMBERS#team", "U#1", nil)}
		}, "the deletion of group team"}, 1, 0, ""},
		{damage{"group being deleted, with both items of a deleted member", func(string) []table.Write {
			return append(member("team", "U#1"), mark("deleting"))
		}, "user 1 does not exist"}, 1, 0, "user 1 does not exist"},
		{damage{"step of the pending change", func(string) []table.Write {
			return []table.Write{mark("pending"), step("c1")}
		}, "a change of the members"}, 1, 0, ""},
		{damage{"step of another change", one(step("c2")), ""}, 0, 1, ""},
		{damage{
			"step that does not expire", one(put("PENDING#team", "c2#000000", nil)), "does not expire",
		}, 0, 1, "does not expire"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.verify(t)
			tt.want = tt.rest
			report := tt.verify(t, verify.AllowUnfinished)
			if report.Unfinished != tt.unfinished || report.Abandoned != tt.abandoned {
				t.Errorf("%+v, want %d unfinished, %d abandoned", report, tt.unfinished, tt.abandoned)
			}
		})
	}
}

func TestReport(t *testing.T) {
	t.Parallel()
	report := damage{writes: func(string) []table.Write { return nested(3) }}.verify(t)
	if report.Users != 1 || report.Claims != 2 || report.Groups != 4 || report.Members != 3 || report.Unfinished != 0 {
		t.Errorf("%+v, want 1 user with 2 claims, 4 groups, 3 members", report)
	}
}
