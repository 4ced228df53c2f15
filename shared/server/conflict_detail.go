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

// uniquenessDetail makes the detail of a 409 uniqueness, which an administrator reads in the
// provider's log. It names the holder of a value only if the holder is a resource of the same
// tenant. For all other holders the text is the same.
type uniquenessDetail struct {
	Values      []takenValue
	Deactivated scim.ID // the deactivated user whom the request asks for again, or ""
	Changes     bool    // the request changes an existing resource
	Support     string  // whom the administrator can ask
}

// takenValue is a value that another resource holds.
type takenValue struct {
	directory.TakenValue
	Reference string // the id of the recorded conflict, or ""
}

// takenError makes the SCIM error of a request for values that are taken.
func takenError(r *request, err error, taken *directory.TakenError) *scim.Error {
	c := uniquenessDetail{Changes: r.ID != "", Support: r.support}
	for i, v := range taken.Values {
		c.Values = append(c.Values, takenValue{TakenValue: v})
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

// hideOtherHolders gives all values that are held outside the tenant the same conflict id, whether
// they have one holder or several: a tenant must not learn which values belong together. The id is
// that of the first email, as it would be for a single holder.
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
	first := slices.MinFunc(outside, func(a, b *takenValue) int { return a.Compare(b.TakenValue) }).Reference
	for _, v := range outside {
		v.Reference = first
	}
}

// maxDetail is the maximum length of the detail in characters, because providers' logs cut longer
// texts.
const maxDetail = 700

// text says what happened and what to do. It shortens the values, and then names fewer of them,
// until the text is short enough.
func (c uniquenessDetail) text() (text string) {
	for _, most := range []struct{ characters, values int }{{200, 6}, {64, 4}, {32, 3}, {16, 2}, {16, 1}} {
		if text = c.textWithin(most.characters, most.values); utf8.RuneCountInString(text) <= maxDetail {
			break
		}
	}
	return text
}

// textWithin returns the text with at most that many values of that many characters. It has one
// sentence for each holder, followed by advice that was not given before.
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
		text = append(text, fmt.Sprintf("More values in use: %d.", more))
	}
	what := "user"
	if c.Values[0].Attribute == "displayName" {
		what = "group"
	}
	return strings.Join(append(text, "Then provision the "+what+" again."), " ")
}

// owner is the part of a holder that the tenant may know. If kind and id are
// empty, it stands for any holder outside the tenant.
type owner struct {
	kind      directory.Kind
	id        scim.ID
	reference string
}

// owner returns the holder of the value as far as the tenant may know it.
func (v takenValue) owner() owner { return owner{v.Holder, v.ID, v.Reference} }

// byOwner groups values by their holder, in the order of each holder's first value.
func byOwner(values []takenValue) (groups [][]takenValue) {
	for _, v := range values {
		at := slices.IndexFunc(groups, func(g []takenValue) bool { return g[0].owner() == v.owner() })
		if at < 0 {
			groups, at = append(groups, nil), len(groups)
		}
		groups[at] = append(groups[at], v)
	}
	return groups
}

// fact says who holds some values, as far as the tenant may know.
func (c uniquenessDetail) fact(same []takenValue, characters int) string {
	var values []string
	for _, v := range same {
		values = append(values, fmt.Sprintf("%s %q", v.Attribute, truncate(v.Value, characters)))
	}
	verb := " is in use "
	if len(values) > 1 {
		verb = " are in use "
	}
	return strings.Join(values, " and ") + verb + c.holderText(same[0]) +
		enclose(" (conflict ", same[0].Reference, ")") + "."
}

func (c uniquenessDetail) holderText(v takenValue) string {
	who := fmt.Sprintf("by %s %s", v.Holder, v.ID)
	switch {
	case v.Holder == "":
		return "outside your identity provider's users"
	case v.Holder == directory.TeamKind:
		return who + ", which is managed in the application"
	case v.ID == c.Deactivated:
		return who + ", which is deactivated"
	}
	return who + " of your identity provider"
}

// advice says what the administrator can do about the holder of a value.
func (c uniquenessDetail) advice(v takenValue, all []takenValue) string {
	ask := "ask " + c.Support
	switch {
	case v.Holder == "":
		return "Assign another value at the identity provider, or " + ask + " to free it" +
			c.connectHint(v, all) + conflictsToQuote(all) + "."
	case v.Holder == directory.TeamKind && c.Changes:
		return "Rename the group at the identity provider, or " + ask + " to rename the team" +
			conflictsToQuote(all) + "."
	case v.Holder == directory.TeamKind:
		return "Rename the group at the identity provider, or " + ask +
			" to rename the team or to connect it with the group" + conflictsToQuote(all) + "."
	case v.Holder == directory.GroupKind:
		return "Let the identity provider match and update that group, or rename one of the two."
	case v.ID == c.Deactivated:
		return fmt.Sprintf("If it is the same person, activate that user instead of creating another: "+
			"set active to true by PATCH or PUT of /Users/%s; or %s to let provisioning activate users. "+
			"If it is another person, assign another value.", v.ID, ask)
	}
	return "If it is the same person, let the identity provider match and update that user. " +
		"If not, assign another value, or, if that user is deactivated, " + ask + " to free it."
}

// connectHint adds that support can connect an account, if the request creates a user and one of
// the same holder's values is an email. A username alone does not show that the account and the
// user belong to the same person.
func (c uniquenessDetail) connectHint(v takenValue, all []takenValue) string {
	isEmail := func(o takenValue) bool { return o.owner() == v.owner() && o.Attribute == "emails.value" }
	if !c.Changes && slices.ContainsFunc(all, isEmail) {
		return " or to connect an existing account"
	}
	return ""
}

// conflictsToQuote names the conflict ids that support needs.
func conflictsToQuote(all []takenValue) string {
	var ids []string
	for _, v := range all {
		asked := v.Holder == "" || v.Holder == directory.TeamKind
		if v.Reference != "" && asked && !slices.Contains(ids, v.Reference) {
			ids = append(ids, v.Reference)
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

// enclose returns s between two texts, or "" if s is empty.
func enclose(before, s, behind string) string {
	if s == "" {
		return ""
	}
	return before + s + behind
}

// truncate returns the first characters of a value, followed by an ellipsis if it is longer.
func truncate(value string, characters int) string {
	if r := []rune(value); len(r) > characters {
		return string(r[:characters]) + "…"
	}
	return value
}
