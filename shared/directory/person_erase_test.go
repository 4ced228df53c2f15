package directory_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"scimserver/shared/directory"
	"scimserver/shared/outbox"
	"scimserver/shared/provlog"
	"scimserver/shared/scim"
	"scimserver/shared/table"
	"scimserver/shared/testkit"
)

// follow handles a stream record as function changes does: it writes events, then the log.
func (b *eventBench) follow(records ...directory.StreamRecord) {
	b.Helper()
	if _, failed := b.dir.WriteEvents(b.Context(), records); len(failed) > 0 {
		b.Fatal(failed)
	}
	var all []directory.StreamChange
	for _, r := range records {
		tr, ok, err := directory.ReadStreamChange(r.PK, r.SK, r.Before, r.After)
		if err != nil {
			b.Fatal(err)
		}
		if ok {
			all = append(all, tr)
		}
	}
	if err := b.dir.WriteLog(b.Context(), all); err != nil {
		b.Fatal(err)
	}
}

func (b *eventBench) userRecord(id scim.ID) directory.StreamRecord {
	b.Helper()
	return b.record(table.Key{PK: "T#acme#USER", SK: string(id)})
}

// annDoc is the document of a person whose values all contain "annika" and a number.
func annDoc(name string, n int64) string {
	return fmt.Sprintf(`{"schemas":[%q],"userName":"%s-%d@acme.example","externalId":"annika-ext-%d",
		"displayName":"Annika %d Smith","name":{"formatted":"Annika %d Smith"},
		"emails":[{"value":"annika-%d@acme.example"}],
		"phoneNumbers":[{"value":"tel:+1-555-annika%d"}]}`, scim.UserSchema, name, n, n, n, n, n, n)
}

// annika creates a user who was renamed, with records of all kinds about her. It returns the stream records of her last
// change and of changes that mention her, which function changes gets late.
func (b *eventBench) annika(n int64) (id scim.ID, late []directory.StreamRecord) {
	b.Helper()
	u, err := b.acme.Users().Create(b.request(fmt.Sprint("r1-", n), "create"),
		parsed(b.T, annDoc("annika.former", n), ""))
	if err != nil {
		b.Fatal(err)
	}
	first := b.userRecord(u.ID)
	b.follow(first)
	change := func(name, operation string) {
		ctx := b.request(fmt.Sprint(operation, n), "replace")
		if _, err := b.acme.Users().Replace(ctx, u.ID, nil, setTo(parsed(b.T, annDoc(name, n), ""))); err != nil {
			b.Fatal(err)
		}
	}
	change("annika", "r2-")
	b.follow(b.userRecord(u.ID))
	change("annika.late", "r3-")
	late = append(late, first, b.userRecord(u.ID))
	b.group(fmt.Sprint("crew", n), u.ID)
	_, err = b.acme.Users().Create(b.request(fmt.Sprint("r4-", n), "create"), parsed(b.T, fmt.Sprintf(
		`{"schemas":[%q],"userName":"other-annika-%d","externalId":"annika-new-%d",`+
			`"emails":[{"value":"annika-%d@acme.example"}]}`, scim.UserSchema, n, n, n), ""))
	b.recordConflicts(b.acme, err)
	logFailure := func(request, name, detail string) {
		if err := b.acme.Log().Put(b.Context(), provlog.Entry{
			Time: time.Now(), Request: request, Operation: "create", Kind: "User", Name: name, Status: 409,
			Detail: detail,
		}); err != nil {
			b.Fatal(err)
		}
	}
	logFailure(fmt.Sprint("f-", n), "other-annika", fmt.Sprintf(`emails.value "annika-%d@acme.example" is taken`, n))
	for i, name := range []string{"annika.former", "annika"} {
		userName := fmt.Sprintf("%s-%d@acme.example", name, n)
		logFailure(fmt.Sprint("f", i, "-", n), userName, fmt.Sprintf("userName %q is taken", userName))
	}
	bob := b.create(fmt.Sprint("bob", n), "")
	doc := fmt.Sprintf(`{"schemas":[%q],"userName":"bob%d","title":"assists annika-%d@acme.example"}`,
		scim.UserSchema, n, n)
	b.follow(b.userRecord(bob.ID))
	ctx := b.request(fmt.Sprint("r5-", n), "replace")
	if _, err := b.acme.Users().Replace(ctx, bob.ID, nil, setTo(parsed(b.T, doc, ""))); err != nil {
		b.Fatal(err)
	}
	b.follow(b.userRecord(bob.ID))
	if _, err := b.acme.Users().Replace(b.Context(), bob.ID, nil, func(directory.User) (directory.Content, error) {
		return parsed(b.T, fmt.Sprintf(`{"schemas":[%q],"userName":"bob%d"}`, scim.UserSchema, n), ""), nil
	}); err != nil {
		b.Fatal(err)
	}
	return u.ID, late
}

// eraseAll erases a person to the end.
func eraseAll(ctx context.Context, t *directory.Tenant, value string, ids ...scim.ID) (e directory.Erasure, err error) {
	for e.Stage != directory.ErasureDone {
		if e, err = t.Erase(ctx, value, ids, time.Minute); err != nil {
			return e, err
		}
	}
	return e, nil
}

// traces returns the items that contain a value of the person.
func (b *eventBench) traces() (found []string) {
	b.Helper()
	for item, err := range b.db.Scan(b.Context()) {
		if err != nil {
			b.Fatal(err)
		}
		text := fmt.Sprint(item)
		if strings.Contains(strings.ToLower(text), "annika") || strings.Contains(item.Text("PK"), "LOGNAMES") {
			found = append(found, text)
		}
	}
	return found
}

// TestEraseDeath: if an erasure dies at any call, the next one finishes it. Then no value of the person is left, even
// if function changes gets the records of her last change and her deletion only later.
func TestEraseDeath(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("one function at a time: nothing for the race detector")
	}
	for _, lost := range []bool{false, true} {
		t.Run(fmt.Sprintf("answer lost %t", lost), func(t *testing.T) {
			b := newEventBench(t)
			first, step := deaths(lost)
			step *= int64(testkit.Size(1, 11)) // most calls read the log
			for n, survived := first, false; !survived; n += step {
				id, late := b.annika(n)
				value := fmt.Sprintf("ANNIKA-%d@acme.example", n)
				victim, ctx := b.mortal(n, lost)
				_, err := eraseAll(ctx, victim.acme, value, id)
				survived = err == nil
				if _, err := eraseAll(t.Context(), b.acme, value, id); err != nil {
					t.Fatal(err)
				}
				late = append(late, b.userRecord(id))
				b.follow(late...)
				b.follow(late...)
				if found := b.traces(); len(found) > 0 {
					t.Fatalf("death at call %d leaves %d items:\n%s", n, len(found), strings.Join(found, "\n"))
				}
			}
			b.gapless()
			if report := Verify(t, b.table); report.Number > 0 {
				t.Errorf("findings: %+v", report.Findings)
			}
		})
	}
}

// TestEraseBeforeTheRecords: the person was created and deleted by the provider, and the stream is late. The erasure
// finds neither a user nor a record, and the records that come later get no values.
func TestEraseBeforeTheRecords(t *testing.T) {
	t.Parallel()
	b := newEventBench(t)
	u, err := b.acme.Users().Create(b.request("r1", "create"), parsed(t, annDoc("annika", 1), ""))
	if err != nil {
		t.Fatal(err)
	}
	late := []directory.StreamRecord{b.userRecord(u.ID)}
	if err := b.acme.Users().Delete(b.request("r2", "delete"), u.ID, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := eraseAll(t.Context(), b.acme, "annika-1@acme.example", u.ID); err != nil {
		t.Fatal(err)
	}
	b.follow(late...)
	head, err := b.acme.Events().Head(t.Context())
	if err != nil || head != 1 {
		t.Errorf("%d events, %v, want the creation", head, err)
	}
	if found := b.traces(); len(found) > 0 {
		t.Errorf("left:\n%s", strings.Join(found, "\n"))
	}
}

// TestErasePersonGivenTwice: an id that is given twice counts once, also if it is added to an erasure that has begun.
func TestErasePersonGivenTwice(t *testing.T) {
	t.Parallel()
	b := newEventBench(t)
	id := b.create("annika", "").ID
	if e, err := b.acme.Erase(t.Context(), "annika", nil, 0); err != nil || e.Stage != directory.ErasureLearns {
		t.Fatalf("%+v, %v", e, err)
	}
	for _, ids := range [][]scim.ID{{id, id}, {"gone", "gone"}} {
		e, err := eraseAll(t.Context(), b.acme, "annika", ids...)
		if diff := cmp.Diff(ids[:1], e.IDs); err != nil || diff != "" {
			t.Errorf("the ids of the erasure, with %v:\n%s", err, diff)
		}
	}
}

// gapless checks that no event is missing and that each can be parsed.
func (b *eventBench) gapless() {
	b.Helper()
	head, err := b.acme.Events().Head(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	for after := int64(0); after < head; {
		page, err := b.acme.Events().Page(b.Context(), after, 100)
		if err != nil || len(page.Events) == 0 {
			b.Fatalf("after %d: %+v, %v", after, page, err)
		}
		for i, text := range page.Events {
			var e outbox.Event
			if err := json.Unmarshal(text, &e); err != nil || e.Sequence != after+int64(i)+1 || e.Resource.ID == "" ||
				e.ID == "" {
				b.Errorf("event %d is %s, %v", after+int64(i)+1, text, err)
			}
		}
		after = page.Last
	}
}
