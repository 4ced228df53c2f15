package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"scimserver/shared/admin"
	"scimserver/shared/tenant"
)

func deleteTenant(flags *flag.FlagSet) action {
	confirm := flags.String("confirm", "", "the tenant's `id` once more, for scripts; otherwise it is asked for")
	return func(ctx context.Context, s *session, args []string) error {
		id := args[0]
		var t admin.Tenant
		if err := s.client.do(ctx, http.MethodGet, tenantPath(id), nil, &t); err != nil {
			return err
		}
		if err := s.confirm(t, *confirm); err != nil {
			return err
		}
		if t.State == tenant.Active {
			if err := s.client.do(ctx, http.MethodPost, tenantPath(id)+"/suspend", nil, &t); err != nil {
				return err
			}
			s.say("suspended\n")
		}
		left, err := s.remove(ctx, id)
		if err != nil {
			return fmt.Errorf("%w\nthe same command goes on with what is left", err)
		}
		return s.show(left, func(w io.Writer) { row(w, "tenant "+id+" is deleted") })
	}
}

// confirm wants the tenant's id typed.
func (s *session) confirm(t admin.Tenant, typed string) error {
	question := fmt.Sprintf("This deletes tenant %s (%s) with %d users and %d groups, and its teams, for good.", t.ID, t.Name, *t.Users, *t.Groups)
	return s.confirmed(question, "its id", typed, string(t.ID), "the tenant's id")
}

// confirmed says what is about to happen and wants a word typed, which the flags may
// hold already: what is deleted does not come back. Blanks around it, which nobody
// sees, count on neither side.
func (s *session) confirmed(notice, word, typed, want, what string) error {
	if typed == "" {
		s.say("%s\nType %s to go on: ", harmless(notice), word)
		line, err := bufio.NewReader(s.in).ReadString('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		if typed = line; !strings.HasSuffix(line, "\n") {
			s.say("\n")
		}
	}
	if typed = strings.TrimSpace(typed); typed != strings.TrimSpace(want) {
		return fmt.Errorf("%q is not %s: nothing is deleted", typed, what)
	}
	return nil
}

// remove asks for one piece of the deletion after the other.
func (s *session) remove(ctx context.Context, id string) (admin.Removal, error) {
	path := tenantPath(id) + "?confirm=" + url.QueryEscape(id)
	for {
		var left admin.Removal
		err := s.client.do(ctx, http.MethodDelete, path, nil, &left)
		if gone(err) { // the answer to the last piece was lost
			return admin.Removal{Done: true}, nil
		}
		if err != nil || left.Done {
			return left, err
		}
		wait := time.Duration(0)
		switch {
		case left.Users+left.Groups+left.Teams > 0:
			s.say("%d users, %d groups and %d teams left\n", left.Users, left.Groups, left.Teams)
		case left.WaitSeconds == 0:
			s.say("the provisioning log is not removed yet\n")
		default:
			s.say("waiting for requests that were let in before the suspension: %d s\n", left.WaitSeconds)
			wait = min(5*time.Second, time.Duration(left.WaitSeconds)*time.Second)
		}
		if !pause(ctx, wait) {
			return left, errors.New("interrupted")
		}
	}
}

func gone(err error) bool {
	refused, ok := errors.AsType[*apiError](err)
	return ok && refused.status == http.StatusNotFound
}
