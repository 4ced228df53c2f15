package directory

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"scimserver/shared/erasure"
	"scimserver/shared/outbox"
	"scimserver/shared/provlog"
	"scimserver/shared/scim"
)

func (w *historyWalk) conflictPage(ctx context.Context) error {
	page, next, err := w.conflicts().List(ctx, ConflictID(w.At), 100)
	if err != nil {
		return err
	}
	for _, c := range page {
		data, err := json.Marshal(conflictRecord(c))
		if err != nil {
			return err
		}
		about := w.isPerson(c.Resource) || w.isPerson(c.Holder.ID) || w.Values.Identify(c.Name) ||
			w.Values.Identify(c.ExternalID) || slices.ContainsFunc(c.Values, func(v TakenValue) bool {
			return w.Values.Identify(v.Value)
		})
		// Its values may be those of another person, who wants the same. So nothing is learned.
		r := storedRecord{PersonRecord: PersonRecord{"conflict", data}, conflict: c}
		if err := w.handle(ctx, r, about && c.Kind == UserKind, func() {}); err != nil {
			return err
		}
	}
	w.next(string(next))
	return nil
}

// conflictRecord is a conflict as an export shows it.
func conflictRecord(c Conflict) map[string]any {
	values := map[string]string{}
	for _, v := range c.Values {
		values[v.Attribute] = v.Value
	}
	return map[string]any{
		"id": c.ID, "values": values, "name": c.Name, "externalId": c.ExternalID, "resource": c.Resource,
		"holder": c.Holder.ID, "attempts": c.Attempts, "first": c.First, "last": c.Last,
		"state": c.State, "outcome": c.Outcome,
	}
}

func (w *historyWalk) logPage(ctx context.Context) error {
	entries, next, err := provlog.New(w.d.db, w.id).Scan(ctx, w.d.now(), w.since, w.At)
	if err != nil {
		return err
	}
	m := w.Values.Matcher()
	for _, stored := range entries {
		e, err := provlog.ParseEntry(stored.Text)
		if err != nil {
			return err
		}
		given := e.Kind == string(UserKind) && (w.Given.Identify(e.Name) || w.Given.Identify(e.ExternalID))
		if given {
			if err := w.consider(ctx, e.ID); err != nil {
				return err
			}
		}
		about := w.see(e.ID) || e.ID == "" && e.Kind == string(UserKind) && w.isAttempt(e, m)
		r := storedRecord{PersonRecord: PersonRecord{"log", json.RawMessage(stored.Text)}, entry: stored}
		if err := w.handle(ctx, r, about, func() {
			if w.isPerson(e.ID) {
				w.Values.AddIdentifiers(e.Name, e.FormerName, e.ExternalID)
			}
		}); err != nil {
			return err
		}
	}
	w.next(next)
	return nil
}

// isAttempt reports whether a failed request had a value of the person: as the name, or as the value that was taken.
func (w *historyWalk) isAttempt(e provlog.Entry, m erasure.Matcher) bool {
	return w.Values.Identify(e.Name) || w.Values.Identify(e.ExternalID) || m.Replace(e.Detail) != e.Detail
}

func (w *historyWalk) eventPage(ctx context.Context) error {
	after, _ := strconv.ParseInt(w.At, 10, 64)
	page, next, err := w.d.feed(w.id).Scan(ctx, after)
	if err != nil {
		return err
	}
	for _, stored := range page {
		e, err := outbox.ParseEvent(stored.Text)
		if err != nil {
			return err
		}
		var known erasure.Values
		learnEvent(&known, e)
		subject, _, _ := strings.Cut(string(e.Type), ".")
		isUser := subject == outbox.User || subject == outbox.Account
		if isUser && slices.ContainsFunc(known.Identifiers, w.Given.Identify) {
			if err := w.consider(ctx, e.Resource.ID); err != nil {
				return err
			}
		}
		r := storedRecord{PersonRecord: PersonRecord{"event", json.RawMessage(stored.Text)}, event: stored}
		about := w.see(e.Resource.ID)
		if err := w.handle(ctx, r, about, func() { learnEvent(&w.Values, e) }); err != nil {
			return err
		}
	}
	if next == 0 {
		w.next("")
	} else {
		w.next(strconv.FormatInt(next, 10))
	}
	return nil
}

// learnEvent adds the values of an event about a user or account.
func learnEvent(v *erasure.Values, e outbox.Event) {
	v.AddIdentifiers(e.Resource.UserName, e.Resource.ExternalID)
	learnAttribute(v, "displayName", scim.Text(e.Resource.DisplayName).Bytes())
	learnAttribute(v, "emails", e.Resource.Emails)
	for _, payload := range e.Events {
		if doc, err := scim.ParseJSON(payload.Data); err == nil {
			v.LearnDocument(doc)
		}
	}
	for _, c := range e.Changes {
		learnAttribute(v, c.Attribute, c.Old)
		learnAttribute(v, c.Attribute, c.New)
	}
}

func learnAttribute(v *erasure.Values, path string, value json.RawMessage) {
	parsed, err := scim.ParseJSON(value)
	if err != nil {
		return
	}
	names := strings.Split(path, ".")
	for _, name := range slices.Backward(names) {
		parsed = scim.Map(scim.Member{Name: name, Value: parsed})
	}
	v.LearnDocument(parsed)
}
