package verify_test

import (
	"testing"

	"scimserver/shared/directory/verify"
	"scimserver/shared/table"
)

// crew is a team of one person, who knows of being in teams.
func crew(person string) []table.Write {
	return []table.Write{
		put("TEAM", "crew", table.Item{"doc": `{"displayName":"Crew"}`}),
		put("LOOKUP#GROUP#displayName#crew", "CLAIM", table.Item{"owner": "crew", "kind": "team"}),
		table.Update(table.Key{PK: in + "COUNT#TEAM", SK: "05"}, nil).Adding("n", 1),
		put("TEAMMEMBERS#crew", person, nil),
		table.Put(table.Key{PK: "TEAMOF#" + person, SK: "acme#crew"}, nil),
		table.Update(table.Key{PK: in + "USER", SK: person}, table.Item{"teams": "yes"}),
	}
}

// behind is crew with some damage.
func behind(damage ...table.Write) func(string) []table.Write {
	return func(ann string) []table.Write { return append(crew(ann), damage...) }
}

// Each kind of damage to a team is found.
func TestTeams(t *testing.T) {
	mark := table.Update(table.Key{PK: in + "TEAM", SK: "crew"}, table.Item{"deleting": "x"})
	for _, d := range []damage{
		{"none", crew, ""},
		{"name not claimed", behind(gone("LOOKUP#GROUP#displayName#crew", "CLAIM")), "team crew does not hold the claim on its displayName"},
		{"name of a group", behind(put("TEAM", "crew", table.Item{"doc": `{"displayName":"TEAM"}`})), "is held by"},
		{"counter off", behind(table.Update(table.Key{PK: in + "COUNT#TEAM", SK: "03"}, nil).Adding("n", 1)), "has 1 teams, its counters say 2"},
		{"no team left", behind(gone("TEAM", "crew")), "team crew does not exist"},
		{"a team that is deleted", behind(mark), "team crew is not deleted completely"},
		{"its member", behind(mark), "team crew is not deleted completely"},
		{"no such person", func(string) []table.Write { return crew("1")[:5] }, "account 1 does not exist"},
		{"to the team only", func(ann string) []table.Write {
			return append(crew(ann), table.Delete(table.Key{PK: "TEAMOF#" + ann, SK: "acme#crew"}))
		}, "not recorded with the member"},
		{"from the person only", func(ann string) []table.Write {
			return append(crew(ann), gone("TEAMMEMBERS#crew", ann))
		}, "only recorded with the member"},
		{"a person who does not know", func(ann string) []table.Write { return crew(ann)[:5] }, "does not say so"},
	} {
		d.run(t)
	}
}

// A team may be half deleted where that is allowed: the edges from persons go first.
func TestUnfinishedTeams(t *testing.T) {
	mark := table.Update(table.Key{PK: in + "TEAM", SK: "crew"}, table.Item{"deleting": "x"})
	for _, tt := range []struct {
		name, want string
		writes     func(string) []table.Write
	}{
		{"marked", "", behind(mark)},
		{"half the edge", "", func(ann string) []table.Write {
			return append(crew(ann), mark, table.Delete(table.Key{PK: "TEAMOF#" + ann, SK: "acme#crew"}))
		}},
		{"the other half", "only recorded with the member", func(ann string) []table.Write {
			return append(crew(ann), mark, gone("TEAMMEMBERS#crew", ann))
		}},
		{"a member that did not wait", "", func(string) []table.Write {
			return append(crew("1")[:4], mark)
		}},
		{"name given to a group", "", func(ann string) []table.Write {
			connected := table.Update(table.Key{PK: in + "TEAM", SK: "crew"}, table.Item{"connected": "x"})
			return append(crew(ann), mark, connected, gone("LOOKUP#GROUP#displayName#crew", "CLAIM"))
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if report := check(t, tt.want, tt.writes, verify.AllowUnfinished); report.Teams != 1 || report.Unfinished != 1 {
				t.Errorf("%+v", report)
			}
		})
	}
}
