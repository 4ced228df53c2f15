package wording

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"scimserver/shared/admin"
	"scimserver/shared/directory"
	"scimserver/shared/scim"
)

// howToRetry says how administrators make their providers try again.
const howToRetry = "Entra ID tries again by itself within 40 minutes, less often after repeated errors, " +
	"or at once by Provision on demand; Okta when told to: " +
	"Dashboard > Tasks > Retry Selected (group: Push Groups > Retry All Groups)."

// valueIsFree says what happens once nobody holds the value.
const valueIsFree = "The value is free: the next attempt of the provider succeeds and closes the conflict, " +
	"unless it asks for something else that is in use."

// ConflictValue is an attribute with the value that the provider asked for and did not get.
func ConflictValue(v admin.ConflictValue) string { return v.Attribute + " " + v.Value }

// ConflictOutlook says what happens next with a conflict that needs nothing from the operator. It is
// empty for one that is open or dismissed.
func ConflictOutlook(tenant string, c admin.Conflict) []string {
	switch c.State {
	case directory.ConflictApproved:
		return []string{fmt.Sprintf("The next attempt of the provider connects %s: it becomes the %s of tenant %s "+
			"under that id, with what the provider sends. The approval is valid until %s, unless the %s changes "+
			"or the request asks for something else that is in use.",
			Holder(c), c.Of, tenant, Minute(&c.Approval.Until), c.HeldBy), howToRetry}
	case directory.ConflictFreed:
		return []string{valueIsFree, howToRetry}
	case directory.ConflictClosed:
		return []string{"The conflict is closed: there is nothing to do."}
	case directory.ConflictDismissed:
		return nil
	}
	if c.Now != nil && !c.Now.Holds {
		return []string{valueIsFree, howToRetry}
	}
	return nil
}

// IsReturningUser reports whether the provider creates a user that it has deactivated.
func IsReturningUser(c admin.Conflict) bool {
	isCreate := c.HeldBy == "user" && c.Resource == ""
	return isCreate && c.Now != nil && c.Now.Deactivated && scim.Fold(c.Name) == scim.Fold(c.Now.Name)
}

// ReturningUser says how a deactivated user comes back. The caller adds the command after which a create works.
const ReturningUser = "The user is deactivated. If it is the same person, it comes back with the same id " +
	"when the identity provider activates it. A create works too, unless it has another externalId, after"

// Holder names who holds the values of a conflict.
func Holder(c admin.Conflict) string {
	name := ""
	if c.Now != nil {
		name = c.Now.Name
	}
	text := Resource(name, c.Holder.Kind, c.Holder.ID)
	if c.HeldBy == "elsewhere" {
		text += " of tenant " + string(c.Holder.Tenant)
	}
	return text
}

// HolderNow says whether the holder still holds the value, and what it is.
func HolderNow(c admin.Conflict) string {
	switch n := c.Now; {
	case !n.Holds:
		return n.Reason
	case n.Account != nil:
		return "userName " + n.Account.UserName + ", emails " + AccountEmails(n.Account.Emails)
	case n.Deactivated:
		return "it still holds the value, and is deactivated"
	}
	return "it still holds the value"
}

// AccountEmails lists emails, with remarks: ann@acme.com (primary, verified).
func AccountEmails(emails []admin.AccountEmail) string {
	var list []string
	for _, e := range emails {
		var remarks []string
		if e.Primary {
			remarks = append(remarks, "primary")
		}
		if e.Verified {
			remarks = append(remarks, "verified")
		}
		text := e.Value
		if remarks != nil {
			text += " (" + strings.Join(remarks, ", ") + ")"
		}
		list = append(list, text)
	}
	return cmp.Or(strings.Join(list, ", "), "none")
}

// Option returns a way to resolve a conflict, and whether it applies.
func Option(c admin.Conflict, by directory.Resolution) admin.ConflictOption {
	i := slices.IndexFunc(c.Can, func(o admin.ConflictOption) bool { return o.Verb == by })
	if i < 0 {
		return admin.ConflictOption{Verb: by, Reason: "the service does not offer it"}
	}
	return c.Can[i]
}

// ReleaseNotice says what a deactivated user loses by a release.
func ReleaseNotice(c admin.Conflict) string {
	var values []string
	for _, v := range c.Values {
		values = append(values, ConflictValue(v))
	}
	return fmt.Sprintf("This takes %s from %s, which is deactivated. The user keeps its id, groups and teams. "+
		"If the provider activates the user later, it sends the same values again, and is refused while another "+
		"holds them.",
		strings.Join(values, " and "), Holder(c))
}

// DeletionNotice says what is lost with the holder of a conflict.
func DeletionNotice(c admin.Conflict) string {
	if c.HeldBy != "user" {
		return fmt.Sprintf("This permanently deletes %s: %s.", Holder(c), HolderNow(c))
	}
	return fmt.Sprintf("This permanently deletes %s, with its id, its memberships of groups and teams, "+
		"and all other data. If the provider assigns the person again, it is a new user with another id and "+
		"without groups.",
		Holder(c))
}
