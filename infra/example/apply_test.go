package main

import (
	"context"
	"database/sql"
	"errors"
	"path/filepath"
	"strings"
	"testing"
)

func newStore(t *testing.T) store {
	t.Helper()
	db, err := openStore(t.Context(), filepath.Join(t.TempDir(), "test.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// tell applies events of tenant acme.
func (s store) tell(t *testing.T, events ...event) {
	t.Helper()
	err := s.update(t.Context(), "acme", 1, func(tx *sql.Tx) error {
		for _, e := range events {
			if err := apply(tx, "acme", e); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func userEvent(verb string, version int64, active bool) event {
	return event{Type: "user." + verb, Version: version, Resource: resource{ID: "u", UserName: "Ann", Active: active}}
}

func memberEvent(verb string) event {
	return event{Type: "group.member_" + verb, Resource: resource{ID: "g"}, Members: []member{{ID: "u"}}}
}

func groupEvent(verb string) event {
	return event{Type: "group." + verb, Version: 1, Resource: resource{ID: "g", DisplayName: "Administrators"}}
}

func (s store) groupsOfAnn(ctx context.Context, t *testing.T) string {
	t.Helper()
	names, err := s.groupsOf(ctx, "u")
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(names, ",")
}

func TestAMemberBeforeTheGroup(t *testing.T) {
	s := newStore(t)
	s.tell(t, memberEvent("added"), memberEvent("added"), groupEvent("created"), groupEvent("created"))
	if got := s.groupsOfAnn(t.Context(), t); got != "Administrators" {
		t.Errorf("groups %q", got)
	}
	s.tell(t, groupEvent("deleted"), groupEvent("deleted"))
	if got := s.groupsOfAnn(t.Context(), t); got != "" {
		t.Errorf("groups after the deletion %q", got)
	}
}

// After a reconciliation, the feed repeats events whose changes the mirror already has.
func TestAnOlderVersionDoesNotGiveAccess(t *testing.T) {
	s := newStore(t)
	s.tell(t, userEvent("updated", 3, false), userEvent("activated", 2, true))
	if _, err := s.logIn(t.Context(), "ann"); !errors.Is(err, errDeactivated) {
		t.Errorf("login: %v", err)
	}
}

// Administrators deactivate and activate a user to end a session. The session ends even if both
// events are applied together.
func TestAShortDeactivationEndsTheSession(t *testing.T) {
	s := newStore(t)
	s.tell(t, userEvent("created", 1, true))
	token, err := s.logIn(t.Context(), "ANN")
	if err != nil {
		t.Fatal(err)
	}
	if u, err := s.loggedIn(t.Context(), token); u == nil || err != nil {
		t.Fatalf("before: %v, %v", u, err)
	}
	s.tell(t, userEvent("deactivated", 2, false), userEvent("activated", 3, true))
	if u, err := s.loggedIn(t.Context(), token); u != nil || err != nil {
		t.Errorf("after: %v, %v", u, err)
	}
}

func TestADeletedTenant(t *testing.T) {
	s := newStore(t)
	s.tell(t, userEvent("created", 1, true), memberEvent("added"), groupEvent("created"))
	s.tell(t, event{Type: "tenant.deleted"}, event{Type: "tenant.deleted"})
	if _, err := s.logIn(t.Context(), "ann"); !errors.Is(err, errUnknown) || s.groupsOfAnn(t.Context(), t) != "" {
		t.Errorf("login: %v", err)
	}
}
