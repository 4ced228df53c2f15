package server

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"scimserver/shared/directory"
	"scimserver/shared/scim"
)

// collision is what the text of a 409 uniqueness is made of. An administrator reads
// it in the provider's log. It says who holds a value only where that is a resource
// of the same tenant; of all other holders it says the same.
type collision struct {
	Losses      []loss
	Deactivated scim.ID // the user who was deactivated and is provisioned again, "" for none
	Changes     bool    // a resource that exists was to be changed
	Support     string  // whom the administrator can ask
}

// loss is a value that another resource holds.
type loss struct {
	directory.TakenValue
	Reference string // the id of the conflict that was recorded, "" for none
}

// takenError makes the answer to a request that lost values, which err says.
func takenError(r *request, err error, lost *directory.TakenError) *scim.Error {
	c := collision{Changes: r.ID != "", Support: r.support}
	for i, v := range lost.Values {
		c.Losses = append(c.Losses, loss{TakenValue: v})
		if len(r.event.conflicts) > i {
			c.Losses[i].Reference = string(r.event.conflicts[i])
		}
	}
	if e, ok := errors.AsType[*deactivatedError](err); ok {
		c.Deactivated = e.id
	}
	c.conceal()
	return scim.Uniqueness(c.detail())
}

// conceal names one conflict for all values that are held outside, whether one or
// several hold them: a tenant is not to learn which of them belong together. It is
// the one that is named by the first email, as it would be if all were one.
func (c collision) conceal() {
	var outside []*loss
	for i := range c.Losses {
		if c.Losses[i].Holder == "" {
			outside = append(outside, &c.Losses[i])
		}
	}
	if len(outside) == 0 {
		return
	}
	first := slices.MinFunc(outside, func(a, b *loss) int { return a.Compare(b.TakenValue) }).Reference
	for _, l := range outside {
		l.Reference = first
	}
}

// maxDetail is how long a text is at most, in characters: logs of providers cut
// longer ones.
const maxDetail = 700

// detail says what happened and what to do. Values are cut, and then fewer of them
// named, until the text is short enough.
func (c collision) detail() (text string) {
	for _, most := range []struct{ characters, values int }{{200, 6}, {64, 4}, {32, 3}, {16, 2}, {16, 1}} {
		if text = c.within(most.characters, most.values); utf8.RuneCountInString(text) <= maxDetail {
			break
		}
	}
	return text
}

// within is the detail with at most so many values of so many characters: for each
// holder a sentence, and what can be done where that was not said before.
func (c collision) within(characters, values int) string {
	named := c.Losses[:min(values, len(c.Losses))]
	var text []string
	for _, same := range byOwner(named) {
		text = append(text, c.fact(same, characters))
		if a := c.advice(same[0], named); !slices.Contains(text, a) {
			text = append(text, a)
		}
	}
	if more := len(c.Losses) - len(named); more > 0 {
		text = append(text, fmt.Sprintf("More values that are in use: %d.", more))
	}
	what := "user"
	if c.Losses[0].Attribute == "displayName" {
		what = "group"
	}
	return strings.Join(append(text, "Then provision the "+what+" again."), " ")
}

// owner is what a tenant may know of who holds a value.
type owner struct {
	kind      directory.Kind
	id        scim.ID
	reference string
}

func (l loss) owner() owner { return owner{l.Holder, l.ID, l.Reference} }

// byOwner puts together what was lost to the same holder, in the order of the first.
func byOwner(losses []loss) (groups [][]loss) {
	for _, l := range losses {
		at := slices.IndexFunc(groups, func(g []loss) bool { return g[0].owner() == l.owner() })
		if at < 0 {
			groups, at = append(groups, nil), len(groups)
		}
		groups[at] = append(groups[at], l)
	}
	return groups
}

// fact says of values that were lost to one holder who that is, as far as the tenant
// may know.
func (c collision) fact(same []loss, characters int) string {
	var values []string
	for _, l := range same {
		values = append(values, fmt.Sprintf("%s %q", l.Attribute, cut(l.Value, characters)))
	}
	verb := " is in use "
	if len(values) > 1 {
		verb = " are in use "
	}
	return strings.Join(values, " and ") + verb + c.place(same[0]) + quoted(" (conflict ", same[0].Reference, ")") + "."
}

func (c collision) place(l loss) string {
	who := fmt.Sprintf("by %s %s", l.Holder, l.ID)
	switch {
	case l.Holder == "":
		return "outside your identity provider's users"
	case l.Holder == directory.TeamKind:
		return who + ", which is managed in the application"
	case l.ID == c.Deactivated:
		return who + ", which is deactivated"
	}
	return who + " of your identity provider"
}

// advice says what can be done about the holder of a value.
func (c collision) advice(l loss, all []loss) string {
	ask := "ask " + c.Support
	switch {
	case l.Holder == "":
		return "Assign another value at the identity provider, or " + ask + " to free it" + c.connectable(l, all) + quoting(all) + "."
	case l.Holder == directory.TeamKind && c.Changes:
		return "Rename the group at the identity provider, or " + ask + " to rename the team" + quoting(all) + "."
	case l.Holder == directory.TeamKind:
		return "Rename the group at the identity provider, or " + ask +
			" to rename the team or to connect it with the group" + quoting(all) + "."
	case l.Holder == directory.GroupKind:
		return "Let the identity provider match and update that group, or rename one of the two."
	case l.ID == c.Deactivated:
		return fmt.Sprintf("If it is the same person, activate that user instead of creating another: "+
			"set active to true by PATCH or PUT of /Users/%s; or %s to let provisioning activate users. "+
			"If it is another person, assign another value.", l.ID, ask)
	}
	return "If it is the same person, let the identity provider match and update that user. " +
		"If not, assign another value, or, if that user is deactivated, " + ask + " to free it."
}

// connectable adds what else an operator may do where a new user lost an email to the
// same holder, whoever that is: a username alone does not show that an account is of
// the same person.
func (c collision) connectable(l loss, all []loss) string {
	if !c.Changes && slices.ContainsFunc(all, func(o loss) bool { return o.owner() == l.owner() && o.Attribute == "emails.value" }) {
		return " or to connect an existing account"
	}
	return ""
}

// quoting names what support needs to find the conflicts.
func quoting(all []loss) string {
	var ids []string
	for _, l := range all {
		asked := l.Holder == "" || l.Holder == directory.TeamKind
		if l.Reference != "" && asked && !slices.Contains(ids, l.Reference) {
			ids = append(ids, l.Reference)
		}
	}
	switch len(ids) {
	case 0:
		return ", quoting this message"
	case 1:
		return ", quoting conflict " + ids[0]
	}
	return ", quoting conflicts " + strings.Join(ids[:len(ids)-1], ", ") + " and " + ids[len(ids)-1]
}

// quoted is s between two others, "" without it.
func quoted(before, s, behind string) string {
	if s == "" {
		return ""
	}
	return before + s + behind
}

// cut returns a value with at most so many characters.
func cut(value string, characters int) string {
	if r := []rune(value); len(r) > characters {
		return string(r[:characters]) + "…"
	}
	return value
}
