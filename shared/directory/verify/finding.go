package verify

import "scimserver/shared/table"

// Finding is something that is wrong in the table. Its texts contain ids, but no values of
// attributes.
type Finding struct {
	Kind   Kind   `json:"kind"`
	Tenant string `json:"tenant,omitempty"` // "" for accounts and their events
	Text   string `json:"text"`             // what is wrong
	Advice string `json:"advice"`           // what to do
	// Repair is what a repair does. It is "" if a person has to decide.
	Repair   string `json:"repair,omitempty"`
	Repaired bool   `json:"repaired,omitempty"`

	writes []table.Write // the repair: one transaction, with conditions
}

func (f Finding) String() string {
	if f.Tenant == "" {
		return f.Text
	}
	return "tenant " + f.Tenant + ": " + f.Text
}

// Kind is the kind of damage.
type Kind string

// The kinds of findings.
const (
	MissingClaim   Kind = "missing claim"    // no resource holds the claim on a value
	ForeignClaim   Kind = "foreign claim"    // another resource holds the claim on a value
	OrphanedClaim  Kind = "orphaned claim"   // the holder of a claim does not have the value
	MissingLookup  Kind = "missing look-up"  // a resource is not found by its externalId
	OrphanedLookup Kind = "orphaned look-up" // a look-up leads to a resource without the externalId
	WrongCounter   Kind = "wrong counter"
	HalfMembership Kind = "half membership"     // one of the two items of a membership is missing
	OrphanedMember Kind = "orphaned membership" // one end of a membership does not exist
	UnmarkedPerson Kind = "unmarked person"     // the person's deletion would not remove memberships in teams
	MalformedItem  Kind = "malformed item"
	CircularGroups Kind = "circular groups" // a group contains itself
	DeepGroups     Kind = "deep groups"     // groups are nested more than 10 levels deep
	UnfinishedWork Kind = "unfinished work"
	MissingEvents  Kind = "missing events"
	OrphanedStep   Kind = "orphaned step" // a step of an uncommitted change does not expire
)

// What to do about a finding.
const (
	reportFault   = "this is a bug in the service: keep a copy of the item, and report it"
	repairAdvice  = "run the check with -repair"
	foreignAdvice = "two resources have the same value: change the value of one in its provider, or delete one"
	halfForward   = "let the provider add the member to the group again, and then remove it if it must not be a member"
	halfReverse   = "let the provider remove the member from the group, and then add it if it must be a member"
	halfTeam      = "run scimctl team add for this person, and then scimctl team remove if it must not be in the team"
	finishAdvice  = "function changes finishes such work within minutes: see the alarm ChangesErrors in the runbook"
	eventAdvice   = "let the applications that follow these events read all users and groups again"
	nestingAdvice = "let the provider remove one of these groups from the group that contains it"
)

func badDocument(of resource) Finding {
	return Finding{Kind: MalformedItem, Tenant: of.tenant, Text: of.String() + " has a document that is not JSON",
		Advice: reportFault}
}

func badSchemas(tenant string) Finding {
	return Finding{
		Kind: MalformedItem, Tenant: tenant, Text: "the schemas of the tenant can't be read", Advice: reportFault,
	}
}

func membersInDocument(of resource) Finding {
	return Finding{Kind: MalformedItem, Tenant: of.tenant, Text: of.String() + " has members in its document",
		Advice: reportFault}
}

func badEdge(tenant, text string) Finding {
	return Finding{Kind: MalformedItem, Tenant: tenant, Text: text, Advice: reportFault}
}
