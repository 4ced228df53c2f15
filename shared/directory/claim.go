package directory

import (
	"context"
	"fmt"
	"strings"
	"unicode"

	"scimserver/shared/scim"
	"scimserver/shared/table"
	"scimserver/shared/tenant"
)

// TakenValue is an attribute whose value another resource holds.
type TakenValue struct {
	Attribute string // userName, emails.value or displayName
	Value     string // as the client sent it
	// Holder and ID identify the resource that holds the value, if it belongs to the same
	// tenant. A tenant does not learn about holders outside it.
	Holder Kind
	ID     scim.ID
}

// TakenError says which values of a resource other resources hold.
type TakenError struct {
	Values []TakenValue
	// Holders are the holders of Values, in the same order. They are for operators only,
	// never for an answer to a tenant.
	Holders []Holder

	attempt         attempt
	invalidApproval invalidApproval // an approval that was not valid
}

// Holder is the owner of a claim.
type Holder struct {
	Tenant tenant.ID // "" for an account
	Kind   Kind
	ID     scim.ID
}

// holderFrom returns the owner that a claim names.
func holderFrom(claim table.Item) Holder {
	return Holder{tenant.ID(claim.Text("tenant")), kindNamed(claim.Text("kind")), scim.ID(claim.Text("owner"))}
}

// item returns the claim of the owner on a value.
func (h Holder) item(value string) table.Item {
	return table.Item{
		"kind": strings.ToLower(string(h.Kind)), "tenant": string(h.Tenant), "owner": string(h.ID), "value": value,
	}
}

// Error names the attributes without their values, which no log may show.
func (e *TakenError) Error() string {
	var names []string
	for _, v := range e.Values {
		names = append(names, v.Attribute)
	}
	return "directory: taken: " + strings.Join(names, ", ")
}

// add adds a value that a resource of the tenant can't have, because h holds it.
func (e *TakenError) add(id tenant.ID, v TakenValue, h Holder) {
	if h.Tenant == id {
		v.Holder, v.ID = h.Kind, h.ID
	}
	e.Values, e.Holders = append(e.Values, v), append(e.Holders, h)
}

// claim is a value that only one resource may hold.
type claim struct {
	TakenValue
	key table.Key
}

// userClaims returns the claims of a new or changed user: the username and every email,
// each key once. The error is an *scim.Error for a value that can't be claimed.
func (t *namespace) userClaims(doc scim.Value) ([]claim, error) {
	if n := len(doc.Get("emails").Items()); n > tenant.MaxEmails {
		return nil, scim.InvalidValue(fmt.Sprintf("emails has %d values; the limit is %d", n, tenant.MaxEmails))
	}
	return checkClaims(t.heldClaims(doc))
}

// checkClaims refuses values that people can't tell apart from other values.
func checkClaims(list []claim) ([]claim, error) {
	for _, c := range list {
		if why := identifierProblem(c.Value); why != "" {
			return nil, scim.InvalidValue(c.Attribute + " " + why)
		}
	}
	return list, nil
}

// nameClaim returns the claim of a stored group or team on its displayName.
func (t *namespace) nameClaim(doc scim.Value) []claim {
	name := doc.Get("displayName").Text()
	return []claim{{TakenValue{Attribute: "displayName", Value: name}, t.keys.groupName(scim.Fold(name))}}
}

// newNameClaim is nameClaim for a new name. Nobody signs in with the name of a group, so
// it may contain more than an identifier, such as joiners in emoji and scripts.
func (t *namespace) newNameClaim(doc scim.Value) ([]claim, error) {
	name := doc.Get("displayName").Text()
	if at := strings.IndexFunc(name, unicode.IsControl); at >= 0 {
		return nil, scim.InvalidValue(fmt.Sprintf("displayName contains a control character after %q", name[:at]))
	}
	if strings.TrimSpace(name) == "" {
		return nil, scim.InvalidValue("displayName must not be blank")
	}
	return t.nameClaim(doc), nil
}

// claimsOf returns the claims of a stored resource of a kind.
func (t *namespace) claimsOf(k Kind, doc scim.Value) []claim {
	if k == GroupKind || k == TeamKind {
		return t.nameClaim(doc)
	}
	return t.heldClaims(doc)
}

// heldClaims returns the claims of a stored user, even if its values would be refused today.
func (t *namespace) heldClaims(doc scim.Value) []claim {
	list := t.addClaim(nil, "USERNAME", TakenValue{Attribute: "userName", Value: doc.Get("userName").Text()})
	for _, email := range doc.Get("emails").Items() {
		if address := email.Get("value").Text(); address != "" {
			list = t.addClaim(list, "EMAIL", TakenValue{Attribute: "emails.value", Value: address})
		}
	}
	return list
}

// addClaim adds a claim to list, unless the list has a claim with the same key.
func (t *namespace) addClaim(list []claim, kind string, v TakenValue) []claim {
	key := t.keys.claim(kind, scim.Fold(v.Value))
	for _, c := range list {
		if c.key == key {
			return list
		}
	}
	return append(list, claim{v, key})
}

// putClaim returns the write that claims c for a resource. It is idempotent.
func (t *namespace) putClaim(c claim, k Kind, owner scim.ID) table.Write {
	return table.Put(c.key, Holder{t.id, k, owner}.item(c.Value)).
		WithCondition("attribute_not_exists(PK) OR #owner = :me", table.Item{"me": string(owner)})
}

// releaseClaim returns the write that removes the claim c of a resource.
func releaseClaim(c claim, owner scim.ID) table.Write {
	return table.Delete(c.key).
		WithCondition("attribute_not_exists(PK) OR #owner = :me", table.Item{"me": string(owner)})
}

// without returns the claims of list that are not in other.
func without(list, other []claim) (rest []claim) {
next:
	for _, c := range list {
		for _, o := range other {
			if c.key == o.key {
				continue next
			}
		}
		rest = append(rest, c)
	}
	return rest
}

// takenError returns a *TakenError for the claims whose conditions failed in a transaction,
// nil if none of them failed. first is the index of the first claim's write.
func (t *namespace) takenError(failed *table.ConditionFailed, claims []claim, first int) error {
	e := &TakenError{}
	for i, c := range claims {
		if f := failed.At(first + i); f != nil {
			e.add(t.id, c.TakenValue, holderFrom(f.Item))
		}
	}
	return e.orNil()
}

// orNil returns e as an error, nil if it has no values.
func (e *TakenError) orNil() error {
	if len(e.Values) == 0 {
		return nil
	}
	return e
}

// checkFree returns a *TakenError for the claims that a resource other than owner holds. Another
// request may claim the values afterwards: only a transaction with conditions can exclude that.
func (t *namespace) checkFree(ctx context.Context, claims []claim, owner scim.ID) error {
	keys := make([]table.Key, len(claims))
	for i, c := range claims {
		keys[i] = c.key
	}
	items, err := t.d.db.GetAll(ctx, keys)
	if err != nil {
		return err
	}
	holders := make(map[table.Key]Holder, len(items))
	for _, item := range items {
		holders[item.Key()] = holderFrom(item)
	}
	e := &TakenError{}
	for _, c := range claims {
		if h, held := holders[c.key]; held && h.ID != owner {
			e.add(t.id, c.TakenValue, h)
		}
	}
	return e.orNil()
}
