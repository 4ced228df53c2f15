package compat

// UnknownMember is the deviation that Skipped notes.
const UnknownMember Deviation = "unknown-member"

// Skipped notes that so many members of a group were left out because they do not
// exist. Okta and Entra ID push groups whose users they have not provisioned:
//
//	{"op": "Add", "path": "members", "value": [{"$ref": null, "value": "f648f8d5ea4e4cd38e9c"}]}
//
// Okta does not send a group again that was refused, so that one such member would
// keep out all others.
func (r *Repairs) Skipped(members int) {
	if members > 0 {
		r.report(UnknownMember)
	}
}
