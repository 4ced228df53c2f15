package directory

import (
	"context"
	"errors"
	"slices"

	"scimserver/shared/scim"
)

// release removes the values of a conflict from their holder. It is idempotent.
func (t Conflicts) release(ctx context.Context, c Conflict, with Replacement) error {
	ctx = releasing(ctx)
	err := c.checkReplacement(with)
	switch {
	case err != nil:
		return err
	case c.HolderKind(t.id) == "team":
		err = t.releaseTeam(ctx, c, with)
	case c.HolderKind(t.id) == "user":
		err = t.releaseUser(ctx, c, with)
	default:
		err = t.releaseAccount(ctx, c, with)
	}
	if errors.Is(err, ErrNotFound) { // deleted: its values are free
		return nil
	}
	return err
}

// checkReplacement refuses a replacement that equals a value of the conflict after
// folding.
func (c Conflict) checkReplacement(with Replacement) error {
	values := map[string]string{
		emailAttribute: with.Email, "userName": with.UserName, "displayName": with.DisplayName,
	}
	for _, v := range c.Values {
		replacement := values[v.Attribute]
		if replacement != "" && scim.Fold(replacement) == scim.Fold(v.Value) {
			return cannotResolve("the provider asks for %s %q: choose another value", v.Attribute, replacement)
		}
	}
	return nil
}

// releaseTeam renames the team. If no new name is given, the team must already have lost the
// value of the conflict.
func (t Conflicts) releaseTeam(ctx context.Context, c Conflict, with Replacement) error {
	if with.DisplayName != "" {
		_, err := t.teams().Rename(ctx, c.Holder.ID, nil, with.DisplayName)
		return err
	}
	team, err := t.teams().Get(ctx, c.Holder.ID)
	if err == nil && scim.Fold(team.Name()) == scim.Fold(c.Values[0].Value) {
		err = cannotResolve("a team needs a name: choose a new name")
	}
	return err
}

func (t Conflicts) releaseAccount(ctx context.Context, c Conflict, with Replacement) error {
	_, err := t.d.Accounts().Change(ctx, c.Holder.ID, nil, func(a Account) (AccountContent, error) {
		doc, err := c.releasedFrom(a.Doc, with)
		out := AccountContent{Content: Content{Doc: doc}}
		if err != nil {
			return out, err
		}
		for _, e := range out.Doc.Get("emails").Items() {
			if address := e.Get("value").Text(); a.HasVerified(address) {
				out.Verified = append(out.Verified, address)
			}
		}
		return out, nil
	})
	return err
}

// releaseUser removes the values from a user of the same tenant, unless the provider has
// activated the user meanwhile: each write demands the version that was read.
func (t Conflicts) releaseUser(ctx context.Context, c Conflict, with Replacement) error {
	_, err := t.users().Replace(ctx, c.Holder.ID, nil, func(u User) (Content, error) {
		if c.Deactivated = Deactivated(u.Doc); !c.Deactivated {
			return Content{}, c.checkResolution(ByReleasing, t.id)
		}
		doc, err := c.releasedFrom(u.Doc, with)
		return Content{Doc: doc}, err
	})
	return err
}

// Deactivated reports whether a user's "active" is false.
func Deactivated(doc scim.Value) bool {
	active := doc.Get("active")
	return active.Kind() == scim.Bool && !active.IsTrue()
}

// releasedFrom returns a document without the conflict's values and with their
// replacements.
func (c Conflict) releasedFrom(old scim.Value, with Replacement) (scim.Value, error) {
	doc := old
	for _, v := range c.Values {
		if v.Attribute == emailAttribute {
			doc = withoutEmail(doc, v.Value)
		}
	}
	name, err := c.releasedName(old, with)
	if err != nil {
		return old, err
	}
	doc = withMember(doc, "userName", scim.Text(name))
	if with.Email != "" {
		doc = withEmail(doc, with.Email, hasPrimary(old) && !hasPrimary(doc))
	}
	return doc, nil
}

// releasedName returns the username of the holder after the release.
func (c Conflict) releasedName(doc scim.Value, with Replacement) (string, error) {
	name := doc.Get("userName").Text()
	lost := slices.ContainsFunc(
		c.Values,
		func(v TakenValue) bool { return v.Attribute == "userName" && scim.Fold(v.Value) == scim.Fold(name) },
	)
	switch {
	case with.UserName != "":
		return with.UserName, nil
	case !lost:
		return name, nil
	case with.Email != "" && !c.WithoutEmail():
		return with.Email, nil
	}
	return "", cannotResolve("the provider asks for the holder's userName: choose another userName for the holder")
}

// withoutEmail removes an email, which is compared in its folded form, from a document.
func withoutEmail(doc scim.Value, address string) scim.Value {
	emails := slices.Clone(doc.Get("emails").Items())
	emails = slices.DeleteFunc(
		emails,
		func(e scim.Value) bool { return scim.Fold(e.Get("value").Text()) == scim.Fold(address) },
	)
	return withMember(doc, "emails", scim.List(emails...))
}

// withEmail adds an email to a document, in place of one that is equal after folding.
func withEmail(doc scim.Value, address string, primary bool) scim.Value {
	emails := slices.Clone(withoutEmail(doc, address).Get("emails").Items())
	email := []scim.Member{{Name: "value", Value: scim.Text(address)}}
	if primary {
		email = append(email, scim.Member{Name: "primary", Value: scim.Boolean(true)})
	}
	return withMember(doc, "emails", scim.List(append(emails, scim.Map(email...))...))
}

func hasPrimary(doc scim.Value) bool {
	return slices.ContainsFunc(doc.Get("emails").Items(), func(e scim.Value) bool { return e.Get("primary").IsTrue() })
}

// withMember sets an attribute of a document; an empty value removes it.
func withMember(doc scim.Value, name string, v scim.Value) scim.Value {
	rest := doc.Without(name)
	if v.IsEmpty() {
		return rest
	}
	return scim.Map(append(rest.Members(), scim.Member{Name: name, Value: v})...)
}
