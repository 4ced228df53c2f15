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

// uniquenessDetail is what the text of a 409 uniqueness is made of. An administrator reads
// it in the provider's log. It says who holds a value only where that is a resource
// of the same tenant; of all other holders it says the same.
type uniquenessDetail struct {
	Values      []takenValue
	Deactivated scim.ID // the user who was deactivated and is provisioned again, "" for none
	Changes     bool    // a resource that exists was to be changed
	Support     string  // whom the administrator can ask
}

// takenValue is a value that another resource holds.
type takenValue struct {
	directory.Taken
	Reference string // the id of the conflict that was recorded, "" for none
}

// takenError makes the answer to a request that lost values, which err says.
func takenError(r *request, err error, lost *directory.TakenError) *scim.Error {
	c := uniquenessDetail{Changes: r.ID != "", Support: r.support}
	for i, v := range lost.Values {
		c.Values = append(c.Values, takenValue{Taken: v})
		if len(r.event.conflicts) > i {
			c.Values[i].Reference = string(r.event.conflicts[i])
		}
	}
	if e, ok := errors.AsType[*deactivatedError](err); ok {
		c.Deactivated = e.id
	}
	c.hideOtherHolders()
	return scim.Uniqueness(c.text())
}

// hideOtherHolders names one conflict for all values that are held outside, whether one or
// several hold them: a tenant is not to learn which of them belong together. It is
// the one that is named by the first email, as it would be if all were one.
func (c uniquenessDetail) hideOtherHolders() {
	var outside []*takenValue
	for i := range c.Values {
		if c.Values[i].Holder == "" {
			outside = append(outside, &c.Values[i])
		}
	}
	if len(outside) == 0 {
		return
	}
	first := slices.MinFunc(outside, func(a, b *takenValue) int { return a.Before(b.Taken) }).Reference
	for _, l := range outside {
		l.Reference = first
	}
}

// maxDetail is how long a text is at most, in characters: logs of providers cut
// longer ones.
const maxDetail = 700

// text says what happened and what to do. Values are cut, and then fewer of them
// named, until the text is short enough.
func (c uniquenessDetail) text() (text string) {
	for _, most := range []struct{ characters, values int }{{200, 6}, {64, 4}, {32, 3}, {16, 2}, {16, 1}} {
		if text = c.textWithin(most.characters, most.values); utf8.RuneCountInString(text) <= maxDetail {
			break
		}
	}
	return text
}

// textWithin is the detail with at most so many values of so many characters: for each
// holder a sentence, and what can be done where that was not said before.
func (c uniquenessDetail) textWithin(characters, values int) string {
	named := c.Values[:min(values, len(c.Values))]
	var text []string
	for _, same := range byOwner(named) {
		text = append(text, c.fact(same, characters))
		if a := c.advice(same[0], named); !slices.Contains(text, a) {
			text = append(text, a)
		}
	}
	if more := len(c.Values) - len(named); more > 0 {
		text = append(text, fmt.Sprintf("More values that are in use: %d.", more))
	}
	what := "user"
	if c.Values[0].Attribute == "displayName" {
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

func (l takenValue) owner() owner { return owner{l.Holder, l.ID, l.Reference} }

// byOwner puts together what was lost to the same holder, in the order of the first.
func byOwner(losses []takenValue) (groups [][]takenValue) {
	for _, l := range losses {
		at := slices.IndexFunc(groups, func(g []takenValue) bool { return g[0].owner() == l.owner() })
		if at < 0 {
			groups, at = append(groups, nil), len(groups)
		}
		groups[at] = append(groups[at], l)
	}
	return groups
}

// fact says of values that were lost to one holder who that is, as far as the tenant
// may know.
func (c uniquenessDetail) fact(same []takenValue, characters int) string {
	var values []string
	for _, l := range same {
		values = append(values, fmt.Sprintf("%s %q", l.Attribute, truncate(l.Value, characters)))
	}
	verb := " is in use "
	if len(values) > 1 {
		verb = " are in use "
	}
	return strings.Join(values, " and ") + verb + c.holderText(same[0]) + enclose(" (conflict ", same[0].Reference, ")") + "."
}

func (c uniquenessDetail) holderText(l takenValue) string {
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
func (c uniquenessDetail) advice(l takenValue, all []takenValue) string {
	ask := "ask " + c.Support
	switch {
	case l.Holder == "":
		return "Assign another value at the identity provider, or " + ask + " to free it" + c.connectHint(l, all) + conflictsToQuote(all) + "."
	case l.Holder == directory.TeamKind && c.Changes:
		return "Rename the group at the identity provider, or " + ask + " to rename the team" + conflictsToQuote(all) + "."
	case l.Holder == directory.TeamKind:
		return "Rename the group at the identity provider, or " + ask +
			" to rename the team or to connect it with the group" + conflictsToQuote(all) + "."
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

// connectHint adds what else an operator may do where a new user lost an email to the
// same holder, whoever that is: a username alone does not show that an account is of
// the same person.
func (c uniquenessDetail) connectHint(l takenValue, all []takenValue) string {
	if !c.Changes && slices.ContainsFunc(all, func(o takenValue) bool { return o.owner() == l.owner() && o.Attribute == "emails.value" }) {
		return " or to connect an existing account"
	}
	return ""
}

// conflictsToQuote names what support needs to find the conflicts.
func conflictsToQuote(all []takenValue) string {
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

// enclose is s between two others, "" without it.
func enclose(before, s, behind string) string {
	if s == "" {
		return ""
	}
	return before + s + behind
}

// truncate returns a value with at most so many characters.
func truncate(value string, characters int) string {
	if r := []rune(value); len(r) > characters {
		return string(r[:characters]) + "…"
	}
	return value
}
