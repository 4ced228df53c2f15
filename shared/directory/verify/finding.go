package verify

import "scimserver/shared/table"

// Finding is something that is wrong in the table. Its texts have ids, and no values of
// attributes.
type Finding struct {
	Kind   Kind   `json:"kind"`
	Tenant string `json:"tenant,omitempty"` // "" for what belongs to no tenant
	Text   string `json:"text"`             // what is wrong
	Advice string `json:"advice"`           // what to do
	// Repair is what a repair does, and "" where nobody but a person can decide.
	Repair   string `json:"repair,omitempty"`
	Repaired bool   `json:"repaired,omitempty"`

	writes []table.Write // the repair: one transaction, under conditions
}

func (f Finding) String() string {
	if f.Tenant == "" {
		return f.Text
	}
	return "tenant " + f.Tenant + ": " + f.Text
}

// Kind is what sort of damage a finding is.
type Kind string

// The kinds of findings.
const (
	MissingClaim   Kind = "missing claim"   // nobody holds the claim on a value
	ForeignClaim   Kind = "foreign claim"   // another resource holds the claim on a value
	OrphanedClaim  Kind = "orphaned claim"  // the holder of a claim does not have the value
	MissingLookup  Kind = "missing look-up" // a resource is not found by its externalId
	OrphanedLookup Kind = "orphaned look-up"
	WrongCounter   Kind = "wrong counter"
	HalfMembership Kind = "half membership" // one of its two items is missing
	OrphanedMember Kind = "orphaned membership"
	UnmarkedPerson Kind = "unmarked person" // the deletion of a member of teams would leave the memberships
	MalformedItem  Kind = "malformed item"
	CircularGroups Kind = "circular groups"
	DeepGroups     Kind = "deep groups"
	UnfinishedWork Kind = "unfinished work"
	MissingEvents  Kind = "missing events"
	OrphanedStep   Kind = "orphaned step" // of a change that was never committed, and does not expire
)

// advice is what to do about findings that no repair is for.
const (
	reportFault   = "this is a fault of the service: keep a copy of the item, and report it"
	repairAdvice  = "let the repair do it"
	foreignAdvice = "both want one value: let one of them take another value, through its provider, or delete it"
	halfForward   = "the provider adds the member to the group once more, and removes it if it must not be a member"
	halfReverse   = "the provider removes the member from the group, and adds it again if it must be a member"
	halfTeam      = "run scimctl team add for this person, and then scimctl team remove if it must not be in the team"
	finishAdvice  = "function changes finishes such work within minutes: see the alarm ChangesErrors in the runbook"
	eventAdvice   = "applications that follow these events read all users and groups again"
	nestingAdvice = "the provider removes one of these groups from the group that contains it"
)

func badDocument(of resource) Finding {
	return Finding{Kind: MalformedItem, Tenant: of.tenant, Text: of.String() + " has a document that is not JSON",
		Advice: reportFault}
}

func membersInDocument(of resource) Finding {
	return Finding{Kind: MalformedItem, Tenant: of.tenant, Text: of.String() + " has members in its document",
		Advice: reportFault}
}

func badEdge(tenant, text string) Finding {
	return Finding{Kind: MalformedItem, Tenant: tenant, Text: text, Advice: reportFault}
}
