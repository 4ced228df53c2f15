package compat

// UnknownMember is the deviation that Skipped reports.
const UnknownMember Deviation = "unknown-member"

// Skipped reports that a number of group members were left out because they do not exist.
// Okta and Entra ID send groups with users that they have not provisioned:
//
//	{"op": "Add", "path": "members", "value": [{"$ref": null, "value": "f648f8d5ea4e4cd38e9c"}]}
//
// After an error Okta does not send the group again, so that without this repair one such
// member would keep out all others.
func (r *Repairs) Skipped(members int) {
	if members > 0 {
		r.report(UnknownMember)
	}
}
