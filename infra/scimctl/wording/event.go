package wording

import (
	"cmp"
	"encoding/json"
	"fmt"
	"time"
)

// Event is what a row of a list shows of an event.
type Event struct {
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

// DecodeEvent reads an event. One of a later version may have other members.
func DecodeEvent(text json.RawMessage) (e Event) {
	_ = json.Unmarshal(text, &e)
	return e
}

// Name names the resource.
func (e Event) Name() string {
	return cmp.Or(e.Resource.UserName, e.Resource.DisplayName, e.Resource.ID)
}

// Summary names what changed: attributes, or members.
func (e Event) Summary() string {
	if n := len(e.Members); n > 0 {
		return fmt.Sprintf("%d: %s", n, Truncate(e.Members[0].ID, MaxName))
	}
	names := make([]string, len(e.Changes))
	for i, c := range e.Changes {
		names[i] = c.Attribute
	}
	return attributes(names)
}
