package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"

	"scimserver/infra/scimctl/wording"
	"scimserver/shared/admin"
	"scimserver/shared/directory"
)

// conflictWithRelated is a conflict with the ids of the others that keep the same
// resource from being provisioned.
type conflictWithRelated struct {
	admin.Conflict
	SeeAlso []directory.ConflictID `json:"seeAlso,omitempty"`
}

func showConflict(ctx context.Context, s *session, args []string) error {
	var c conflictWithRelated
	if err := s.client.Do(ctx, http.MethodGet, conflictPath(args), nil, &c); err != nil {
		return err
	}
	others, err := s.relatedConflicts(ctx, args[0], c.Conflict)
	if err != nil {
		return err
	}
	for _, other := range others {
		c.SeeAlso = append(c.SeeAlso, other.ID)
	}
	return s.print(c, func(w io.Writer) {
		describeConflict(w, c.Conflict)
		for _, other := range others {
			lost := wording.ConflictValue(other.Values[0]) + formatMore(len(other.Values)-1)
			row(w, "see also", fmt.Sprintf("%s (%s): %s", other.ID, other.State, lost))
		}
		if c.Now != nil {
			row(w, "holder now", wording.HolderNow(c.Conflict))
		}
		describeOptions(w, c.Can)
		s.printNextSteps(w, args[0], c.Conflict)
	})
}

// relatedConflicts are the other conflicts of the same attempt that are not closed.
// Each has another holder.
func (s *session) relatedConflicts(ctx context.Context, tenant string, c admin.Conflict) ([]admin.Conflict, error) {
	all, err := s.conflicts(ctx, tenant, "all")
	var list []admin.Conflict
	for _, o := range all {
		sameAttempt := o.Of == c.Of && o.Name == c.Name && o.ExternalID == c.ExternalID && o.Resource == c.Resource
		if sameAttempt && o.ID != c.ID && o.State != directory.ConflictClosed {
			list = append(list, o)
		}
	}
	return list, err
}

func describeConflict(w io.Writer, c admin.Conflict) {
	row(w, "id", c.ID)
	row(w, "state", strings.Trim(string(c.State)+": "+c.Outcome, ": "))
	for _, v := range c.Values {
		row(w, "lost", wording.ConflictValue(v))
	}
	row(w, "held by", wording.Holder(c))
	row(w, "wanted for", strings.TrimSpace(c.Of+" "+c.Name+" "+cmp.Or(string(c.Resource), "(new)")))
	row(w, "externalId", c.ExternalID)
	row(w, "attempts", fmt.Sprintf("%d, from %s to %s", c.Attempts, wording.Minute(&c.First), wording.Minute(&c.Last)))
	if c.Approval != nil {
		row(w, "approved by", c.Approval.By)
		row(w, "approved until", wording.Minute(&c.Approval.Until))
	}
}

// describeOptions lists the ways to resolve a conflict, and each reason once. It lists
// none if all are impossible for one reason, which the state already shows.
func describeOptions(w io.Writer, options []admin.ConflictOption) {
	shown := map[string]bool{}
	applies := false
	for _, o := range options {
		shown[o.Reason] = false
		applies = applies || o.Applies
	}
	if !applies && len(shown) == 1 {
		return
	}
	for _, o := range options {
		text := describeOption(o)
		if !o.Applies && shown[o.Reason] {
			text = "no, for the same reason"
		}
		row(w, "can "+string(o.Verb), text)
		shown[o.Reason] = true
	}
}

func describeOption(o admin.ConflictOption) string {
	switch {
	case !o.Applies:
		return "no: " + o.Reason
	case o.Needs != "":
		return "yes: " + o.Effect + "; give the new value with " + strings.Join(releaseFlags(o.Needs), " or ")
	}
	return "yes: " + o.Effect
}

// releaseFlags are the flags for what a release needs, such as "userName or email".
func releaseFlags(needs string) (flags []string) {
	for member := range strings.SplitSeq(needs, " or ") {
		flags = append(flags, releaseFlag(member))
	}
	return flags
}
