package verify_test

import (
	"slices"
	"strings"
	"testing"

	"scimserver/shared/directory/verify"
	"scimserver/shared/table"
)

// repairable returns damage that can be repaired, by kind.
func repairable(ann string) map[verify.Kind][]table.Write {
	claim := func(owner string) table.Item { return table.Item{"owner": owner, "kind": "user", "tenant": "acme"} }
	return map[verify.Kind][]table.Write{
		verify.MissingClaim:   {table.Delete(table.Key{PK: "CLAIM#SYSTEM#EMAIL#ann@example.com", SK: "CLAIM"})},
		verify.OrphanedClaim:  {table.Put(table.Key{PK: "CLAIM#SYSTEM#USERNAME#bob", SK: "CLAIM"}, claim("nobody"))},
		verify.MissingLookup:  {gone("LOOKUP#USER#externalId#x", ann)},
		verify.OrphanedLookup: {put("LOOKUP#USER#externalId#y", ann, nil)},
		verify.WrongCounter:   {table.Update(table.Key{PK: in + "COUNT#USER", SK: "03"}, nil).Adding("n", -7)},
		verify.OrphanedMember: append(member("crew", "U#"+ann), put("TEAMMEMBERS#none", ann, nil)),
		verify.UnmarkedPerson: crew(ann)[:5],
		verify.OrphanedStep:   {put("PENDING#team", "c2#000000", table.Item{"members": "[]"})},
	}
}

// damaged makes a table with one user, ann, and damages it.
func damaged(t *testing.T, damage func(ann string) []table.Write) (db *table.DB, ann string) {
	t.Helper()
	db, ann = newTable(t)
	for _, w := range damage(ann) {
		write(t, db, w)
	}
	return db, ann
}

func write(t *testing.T, db *table.DB, w table.Write) {
	t.Helper()
	if err := db.Write(t.Context(), func(table.Stamp) table.Write { return w }); err != nil {
		t.Fatal(err)
	}
}

func run(t *testing.T, db *table.DB, o verify.Options) verify.Report {
	t.Helper()
	report, err := verify.Run(t.Context(), db, o)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// TestRepair: each repair leaves a consistent table. Without the option nothing is repaired.
func TestRepair(t *testing.T) {
	t.Parallel()
	for kind := range repairable("x") {
		t.Run(string(kind), func(t *testing.T) {
			db, _ := damaged(t, func(ann string) []table.Write { return repairable(ann)[kind] })
			for range 2 {
				before := run(t, db, verify.Options{})
				if before.Number == 0 || before.Repairable != before.Number || before.Findings[0].Kind != kind {
					t.Fatalf("before the repair: %+v", before.Findings)
				}
			}
			if done := run(t, db, verify.Options{Repair: true}); done.Repaired != done.Number {
				t.Errorf("repaired %d: %+v", done.Repaired, done.Findings)
			}
			if after := run(t, db, verify.Options{Repair: true}); after.Number != 0 {
				t.Errorf("after the repair: %s", texts(after))
			}
		})
	}
}

// TestNoRepair: if a person has to decide about a finding, nothing is changed.
func TestNoRepair(t *testing.T) {
	t.Parallel()
	db, ann := damaged(t, func(ann string) []table.Write {
		return append(group("team", "Team"), member("team", "U#"+ann)[0])
	})
	for range 2 {
		report := run(t, db, verify.Options{Repair: true})
		if report.Number != 1 || report.Repaired != 0 || report.Findings[0].Kind != verify.HalfMembership {
			t.Errorf("%+v", report.Findings)
		}
	}
	item, err := db.Get(t.Context(), table.Key{PK: in + "MEMBERS#team", SK: "U#" + ann})
	if err != nil || item == nil {
		t.Errorf("the item of the membership: %v, %v", item, err)
	}
}

// TestKeep: a report counts all findings, but lists only the first ones of each kind.
func TestKeep(t *testing.T) {
	t.Parallel()
	db, _ := damaged(t, func(ann string) (all []table.Write) {
		for _, letter := range "abcdefgh" {
			all = append(all, put("LOOKUP#USER#externalId#"+string(letter), ann, nil))
		}
		return append(all, gone("LOOKUP#USER#externalId#x", ann))
	})
	report := run(t, db, verify.Options{Keep: 3})
	if report.Number != 9 || len(report.Findings) != 4 {
		t.Errorf("%d findings, of which %d are kept: %s", report.Number, len(report.Findings), texts(report))
	}
}

// TestResume: a run that was interrupted continues in its folder, and has the same result as
// one without interruption. All facts are written to files, because the memory is tiny.
func TestResume(t *testing.T) {
	t.Parallel()
	db, _ := damaged(t, func(ann string) (all []table.Write) {
		for _, writes := range repairable(ann) {
			all = append(all, writes...)
		}
		return append(all, nested(11)...)
	})
	whole := run(t, db, verify.Options{Segments: 8})
	o := verify.Options{Segments: 8, Memory: 1, Folder: t.TempDir()}
	ctx, interrupt := contextWithPages(t, &o, 3)
	defer interrupt()
	if _, err := verify.Run(ctx, db, o); err == nil {
		t.Fatal("the first run was not interrupted")
	}
	read := 0
	o.Progress = func(p verify.Progress) {
		if !p.Checking {
			read++
		}
	}
	rest := run(t, db, o)
	if read == 0 || read >= 8 {
		t.Errorf("the second run read %d pages of 8", read)
	}
	if texts(rest) != texts(whole) || rest.Items != whole.Items || rest.Members != whole.Members {
		t.Errorf("%d items\n%s\nwant %d items\n%s", rest.Items, texts(rest), whole.Items, texts(whole))
	}
	if !slices.ContainsFunc(whole.Findings, func(f verify.Finding) bool { return f.Kind == verify.DeepGroups }) {
		t.Errorf("no finding about the nesting: %s", texts(whole))
	}
}

// TestFolderOfAnotherTable: a run does not use the folder of another table's run.
func TestFolderOfAnotherTable(t *testing.T) {
	t.Parallel()
	db, _ := newTable(t)
	o := verify.Options{Segments: 2, Folder: t.TempDir()}
	ctx, interrupt := contextWithPages(t, &o, 1)
	defer interrupt()
	_, _ = verify.Run(ctx, db, o)
	other, _ := newTable(t)
	if _, err := verify.Run(t.Context(), other, o); err == nil || !strings.Contains(err.Error(), "another table") {
		t.Errorf("error %v", err)
	}
}
