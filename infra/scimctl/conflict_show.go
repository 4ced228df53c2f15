package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"

	"scimserver/shared/admin"
	"scimserver/shared/directory"
)

// related is a conflict with the others that keep the same resource from being
// provisioned.
type related struct {
	admin.Conflict
	SeeAlso []directory.ConflictID `json:"seeAlso,omitempty"`
}

func showConflict(ctx context.Context, s *session, args []string) error {
	var c related
	if err := s.client.do(ctx, http.MethodGet, conflictPath(args), nil, &c); err != nil {
		return err
	}
	others, err := s.others(ctx, args[0], c.Conflict)
	if err != nil {
		return err
	}
	for _, other := range others {
		c.SeeAlso = append(c.SeeAlso, other.ID)
	}
	return s.show(c, func(w io.Writer) {
		describeConflict(w, c.Conflict)
		for _, other := range others {
			row(w, "see also", fmt.Sprintf("%s (%s): %s%s", other.ID, other.State, lost(other.Values[0]), more(len(other.Values)-1)))
		}
		if c.Now != nil {
			row(w, "now", standing(c.Conflict))
		}
		describeOptions(w, c.Can)
		advise(w, args[0], c.Conflict)
	})
}

// others are the conflicts of the same attempt that are not closed, each of which
// has another holder.
func (s *session) others(ctx context.Context, tenant string, c admin.Conflict) (list []admin.Conflict, err error) {
	all, err := s.conflicts(ctx, tenant, "all")
	for _, o := range all.Conflicts {
		same := o.Of == c.Of && o.Name == c.Name && o.ExternalID == c.ExternalID && o.Resource == c.Resource
		if same && o.ID != c.ID && o.State != directory.ConflictClosed {
			list = append(list, o)
		}
	}
	return list, err
}

func describeConflict(w io.Writer, c admin.Conflict) {
	row(w, "id", c.ID)
	row(w, "state", either(strings.Trim(string(c.State)+": "+c.Outcome, ": "), "-"))
	for _, v := range c.Values {
		row(w, "lost", lost(v))
	}
	row(w, "held by", holder(c))
	row(w, "wanted for", strings.TrimSpace(c.Of+" "+c.Name+" "+cmp.Or(string(c.Resource), "(new)")))
	row(w, "externalId", c.ExternalID)
	row(w, "attempts", fmt.Sprintf("%d, from %s to %s", c.Attempts, moment(&c.First), moment(&c.Last)))
	if c.Approval != nil {
		row(w, "approved by", c.Approval.By)
		row(w, "approved until", moment(&c.Approval.Until))
	}
}

func holder(c admin.Conflict) string {
	name := ""
	if c.Now != nil {
		name = c.Now.Name
	}
	text := who(name, c.Holder.Kind, c.Holder.ID)
	if c.HeldBy == "elsewhere" {
		text += " of tenant " + string(c.Holder.Tenant)
	}
	return text
}

// standing is how it stands with the holder.
func standing(c admin.Conflict) string {
	switch n := c.Now; {
	case !n.Holds:
		return n.Reason
	case n.Account != nil:
		return "userName " + n.Account.UserName + ", emails " + either(strings.Join(described(n.Account.Emails), ", "), "none")
	case n.Deactivated:
		return "it still holds the value, and is deactivated"
	}
	return "it still holds the value"
}

// describeOptions lists the ways out, and each reason once. Where nothing can be done,
// for one reason, the state has said it.
func describeOptions(w io.Writer, can []admin.ConflictOption) {
	said := map[string]bool{}
	applies := false
	for _, o := range can {
		said[o.Reason] = false
		applies = applies || o.Applies
	}
	if !applies && len(said) == 1 {
		return
	}
	for _, o := range can {
		text := option(o)
		if !o.Applies && said[o.Reason] {
			text = "no, likewise"
		}
		row(w, "can "+string(o.Verb), text)
		said[o.Reason] = true
	}
}

func option(o admin.ConflictOption) string {
	switch {
	case !o.Applies:
		return "no: " + o.Reason
	case o.Needs != "":
		return "yes: " + o.Effect + "; name another with " + strings.Join(flagsOf(o.Needs), " or ")
	}
	return "yes: " + o.Effect
}

// flagsOf are the flags of what a release needs.
func flagsOf(needs string) (flags []string) {
	for name := range strings.SplitSeq(needs, " or ") {
		flags = append(flags, flagNames[name])
	}
	return flags
}
