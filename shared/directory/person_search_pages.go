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

func (s *personSearcher) conflictPage(ctx context.Context) error {
	page, next, err := s.conflicts().List(ctx, ConflictID(s.At), 100)
	if err != nil {
		return err
	}
	for _, c := range page {
		data, err := json.Marshal(conflictRecord(c))
		if err != nil {
			return err
		}
		about := s.isPerson(c.Resource) || s.isPerson(c.Holder.ID) || s.Values.Identify(c.Name) ||
			s.Values.Identify(c.ExternalID) || slices.ContainsFunc(c.Values, func(v TakenValue) bool {
			return s.Values.Identify(v.Value)
		})
		// Some values may be those of another person, who wants the same ones. So nothing is learned from a conflict.
		r := storedRecord{PersonRecord: PersonRecord{"conflict", data}, conflict: c}
		if err := s.handle(ctx, r, about && c.Kind == UserKind, func() {}); err != nil {
			return err
		}
	}
	s.next(string(next))
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

func (s *personSearcher) logPage(ctx context.Context) error {
	entries, next, err := provlog.New(s.d.db, s.id).Scan(ctx, s.d.now(), s.since, s.At)
	if err != nil {
		return err
	}
	m := s.Values.Matcher()
	for _, stored := range entries {
		e, err := provlog.ParseEntry(stored.Text)
		if err != nil {
			return err
		}
		given := e.Kind == string(UserKind) && (s.Given.Identify(e.Name) || s.Given.Identify(e.ExternalID))
		if given {
			if err := s.addHolder(ctx, e.ID); err != nil {
				return err
			}
		}
		about := s.noteRecord(e.ID) || e.ID == "" && e.Kind == string(UserKind) && s.isAttempt(e, m)
		r := storedRecord{PersonRecord: PersonRecord{"log", json.RawMessage(stored.Text)}, entry: stored}
		if err := s.handle(ctx, r, about, func() {
			if s.isPerson(e.ID) {
				s.Values.AddIdentifiers(e.Name, e.FormerName, e.ExternalID)
			}
		}); err != nil {
			return err
		}
	}
	s.next(next)
	return nil
}

// isAttempt reports whether a failed request had a value of the person: as the name or the externalId, or in the
// text of the error.
func (s *personSearcher) isAttempt(e provlog.Entry, m erasure.Matcher) bool {
	return s.Values.Identify(e.Name) || s.Values.Identify(e.ExternalID) || m.Replace(e.Detail) != e.Detail
}

func (s *personSearcher) eventPage(ctx context.Context) error {
	after, _ := strconv.ParseInt(s.At, 10, 64)
	page, next, err := s.d.feed(s.id).Scan(ctx, after)
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
		if isUser && slices.ContainsFunc(known.Identifiers, s.Given.Identify) {
			if err := s.addHolder(ctx, e.Resource.ID); err != nil {
				return err
			}
		}
		r := storedRecord{PersonRecord: PersonRecord{"event", json.RawMessage(stored.Text)}, event: stored}
		about := s.noteRecord(e.Resource.ID)
		if err := s.handle(ctx, r, about, func() { learnEvent(&s.Values, e) }); err != nil {
			return err
		}
	}
	if next == 0 {
		s.next("")
	} else {
		s.next(strconv.FormatInt(next, 10))
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
