package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// event is what a row of a list shows of an event.
type event struct {
	Sequence int64     `json:"sequence"`
	Time     time.Time `json:"time"`
	Type     string    `json:"type"`
	Resource struct {
		ID          string `json:"id"`
		UserName    string `json:"userName"`
		DisplayName string `json:"displayName"`
	} `json:"resource"`
	Changes []struct {
		Attribute string `json:"attribute"`
	} `json:"changes"`
	Members []struct {
		ID string `json:"id"`
	} `json:"members"`
}

var eventHeader = []any{"SEQUENCE", "TIME", "TYPE", "NAME", "ID", "WHAT"}

func decodeEvent(text json.RawMessage) (e event) {
	_ = json.Unmarshal(text, &e) // an event of a later version may have other members
	return e
}

func eventCells(text json.RawMessage) []any {
	e := decodeEvent(text)
	return []any{e.Sequence, formatSecond(e.Time), e.Type, truncate(e.name(), maxNameShown), e.Resource.ID, e.summary()}
}

func (e event) name() string {
	return cmp.Or(e.Resource.UserName, e.Resource.DisplayName, e.Resource.ID)
}

// summary names what changed: attributes, or members.
func (e event) summary() string {
	if n := len(e.Members); n > 0 {
		return fmt.Sprintf("%d: %s", n, truncate(e.Members[0].ID, maxNameShown))
	}
	names := make([]string, len(e.Changes))
	for i, c := range e.Changes {
		names[i] = c.Attribute
	}
	return truncate(strings.Join(names, ", "), maxDetailShown)
}

func formatSecond(t time.Time) string { return t.Local().Format(timeToSecond) }
