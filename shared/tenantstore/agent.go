package tenantstore

import (
	"context"
	"maps"
	"strings"
	"sync"
	"time"
	"unicode"

	"scimserver/shared/deadline"
	"scimserver/shared/table"
	"scimserver/shared/tenant"
)

const (
	// maxAgentBytes is the longest stored name of a client.
	maxAgentBytes = 120
	// maxAgents is how many names of one credential a process stores in an hour.
	maxAgents = 8
	// maxCredentials is how many credentials a process remembers.
	maxCredentials = 1000
	// agentRetry is how long the next attempt waits after a name could not be stored.
	agentRetry = time.Minute
)

// AgentNotes stores what the clients of credentials call themselves. It remembers what it has stored, so that most
// requests cost no write. The zero value is ready for use. It is safe for concurrent use.
type AgentNotes struct {
	mu     sync.Mutex
	stored map[tenant.KeyID]map[string]time.Time // when each name has to be stored again
}

// Note stores what a client that uses a credential calls itself: its User-Agent. It does nothing if the client has
// no name, or if this process has stored the same within the last hour, or has failed to within the last minute. It
// respects the deadline of the request.
func (n *AgentNotes) Note(ctx context.Context, to *Store, of tenant.ID, key tenant.KeyID, agent string) error {
	agent, now := cleanAgent(agent), to.now()
	if agent == "" || !n.add(key, agent, now) {
		return nil
	}
	ctx, cancel := to.Brief(ctx, deadline.RecordTime)
	defer cancel()
	err := to.db.Write(ctx, func(table.Stamp) table.Write {
		return table.Update(listEntryKey(of, key), table.Item{"agent": agent, "agentAt": now.Unix()}).
			WithCondition("attribute_exists(PK)", nil)
	})
	if table.FailedConditions(err) != nil { // the credential no longer exists
		return nil
	}
	if err != nil {
		n.postpone(key, agent, now.Add(agentRetry))
	}
	return err
}

// add remembers that a name is stored now, and reports whether it has to be stored.
func (n *AgentNotes) add(key tenant.KeyID, agent string, now time.Time) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	names := n.stored[key]
	maps.DeleteFunc(names, func(_ string, again time.Time) bool { return !now.Before(again) })
	if _, known := names[agent]; known || len(names) >= maxAgents {
		return false
	}
	if n.stored == nil || len(n.stored) >= maxCredentials {
		n.stored = map[tenant.KeyID]map[string]time.Time{}
	}
	if names == nil {
		names = map[string]time.Time{}
	}
	names[agent], n.stored[key] = now.Add(useInterval), names
	return true
}

// postpone sets the time from which a request stores a name again.
func (n *AgentNotes) postpone(key tenant.KeyID, agent string, again time.Time) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if _, known := n.stored[key][agent]; known {
		n.stored[key][agent] = again
	}
}

// cleanAgent shortens a User-Agent and removes what can't be printed.
func cleanAgent(text string) string {
	text = strings.ToValidUTF8(text[:min(len(text), maxAgentBytes)], "")
	return strings.TrimSpace(strings.Map(func(c rune) rune {
		if !unicode.IsPrint(c) {
			return -1
		}
		return c
	}, text))
}
