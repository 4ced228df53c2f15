package verify_test

import (
	"testing"

	"scimserver/shared/directory/verify"
	"scimserver/shared/table"
)

// crew makes the items of a team with one member.
func crew(person string) []table.Write {
	return []table.Write{
		put("TEAM", "crew", table.Item{"doc": `{"displayName":"Crew"}`}),
		put("LOOKUP#GROUP#displayName#crew", "CLAIM", table.Item{"owner": "crew", "kind": "team"}),
		count("TEAM", 1),
		put("TEAMMEMBERS#crew", person, nil),
		table.Put(table.Key{PK: "TEAMOF#" + person, SK: "acme#crew"}, nil),
		table.Update(table.Key{PK: in + "USER", SK: person}, table.Item{"teams": "yes"}),
	}
}

// crewAnd makes the items of a team, and some damage.
func crewAnd(damage ...table.Write) func(string) []table.Write {
	return func(ann string) []table.Write { return append(crew(ann), damage...) }
}

// TestTeams: each kind of damage to a team is found.
func TestTeams(t *testing.T) {
	t.Parallel()
	const name = "LOOKUP#GROUP#displayName#crew"
	deleting := table.Update(table.Key{PK: in + "TEAM", SK: "crew"}, table.Item{"deleting": "x"})
	for _, d := range []damage{
		{"none", crew, ""},
		{"missing claim", crewAnd(gone(name, "CLAIM")), "team crew does not hold the claim on its displayName"},
		{"foreign claim", crewAnd(put("TEAM", "crew", table.Item{"doc": `{"displayName":"TEAM"}`})), "is held by"},
		{"wrong counter", crewAnd(count("TEAM", 1)), "the counter of teams is 2 instead of 1"},
		{"missing team", crewAnd(gone("TEAM", "crew")), "team crew does not exist"},
		{"team being deleted", crewAnd(deleting), "the deletion of team crew is unfinished"},
		{"missing person", func(string) []table.Write { return crew("1")[:5] }, "account 1 does not exist"},
		{"missing reverse item", func(ann string) []table.Write {
			return append(crew(ann), table.Delete(table.Key{PK: "TEAMOF#" + ann, SK: "acme#crew"}))
		}, "only in the list of members"},
		{"missing forward item", func(ann string) []table.Write {
			return append(crew(ann), gone("TEAMMEMBERS#crew", ann))
		}, "only in the member's list"},
		{"person without the mark", func(ann string) []table.Write {
			return crew(ann)[:5]
		}, "does not have the mark of team members"},
	} {
		d.run(t)
	}
}

// TestUnfinishedTeams: if unfinished work is allowed, a team may be half deleted. Its
// deletion removes the reverse items first.
func TestUnfinishedTeams(t *testing.T) {
	t.Parallel()
	deleting := table.Update(table.Key{PK: in + "TEAM", SK: "crew"}, table.Item{"deleting": "x"})
	for _, d := range []damage{
		{"with all items", crewAnd(deleting), ""},
		{"without the reverse item", func(ann string) []table.Write {
			return append(crew(ann), deleting, table.Delete(table.Key{PK: "TEAMOF#" + ann, SK: "acme#crew"}))
		}, ""},
		{"without the forward item", func(ann string) []table.Write {
			return append(crew(ann), deleting, gone("TEAMMEMBERS#crew", ann))
		}, "only in the member's list"},
		{"with a deleted member", func(string) []table.Write {
			return append(crew("1")[:4], deleting)
		}, ""},
		{"with its name given to a group", func(ann string) []table.Write {
			connected := table.Update(table.Key{PK: in + "TEAM", SK: "crew"}, table.Item{"connected": "x"})
			return append(crew(ann), deleting, connected, gone("LOOKUP#GROUP#displayName#crew", "CLAIM"))
		}, ""},
	} {
		t.Run(d.name, func(t *testing.T) {
			report := d.verify(t, verify.AllowUnfinished)
			if report.Teams != 1 || report.Unfinished != 1 {
				t.Errorf("%+v", report)
			}
		})
	}
}
