package verify

import (
	"crypto/sha256"
	"fmt"
	"strings"

	"scimserver/shared/scim"
	"scimserver/shared/table"
)

// addOwnClaim notes a claim that a user or account must hold. Two owners of the same claim
// are a problem. Claims are named by tenant, kind and folded value.
func (s *state) addOwnClaim(tenant, id, kind, value string) {
	if value == "" {
		return
	}
	name := tenant + "\x00" + kind + "#" + bounded(scim.Fold(value))
	if other, ok := s.wantedClaims[name]; ok && other != id {
		s.problem("users %s and %s of tenant %s have the same %s", other, id, tenant, kind)
	}
	s.wantedClaims[name] = id
}

// addName notes the displayName of a group or team, which must hold the claim on it.
func (s *state) addName(g resource, displayName string) {
	key := "T#" + g.tenant + "#LOOKUP#GROUP#displayName#" + bounded(scim.Fold(displayName))
	if other, ok := s.wantedNames[key]; ok {
		s.problem("%s and %s of tenant %s have the same displayName", other, g, g.tenant)
	}
	s.wantedNames[key] = g
}

// bounded returns a value in the form that keys have.
func bounded(value string) string {
	if len(value) <= 512 && !strings.HasPrefix(value, "\x01") {
		return value
	}
	return fmt.Sprintf("\x01%x", sha256.Sum256([]byte(value)))
}

// checkClaims matches claims and users one to one.
func (s *state) checkClaims() {
	met := map[string]bool{}
	for name, id := range s.wantedClaims {
		tenant, claim, _ := strings.Cut(name, "\x00")
		kind, _, _ := strings.Cut(claim, "#")
		own := "CLAIM#ACCOUNTS#"
		if tenant != "" {
			own = "CLAIM#T#" + tenant + "#"
		}
		key := s.find("CLAIM#SYSTEM#"+claim, own+claim)
		switch owner := s.claims[key]; {
		case key == "":
			s.problem("user %s does not hold the claim on its %s", id, kind)
		case owner != id:
			s.problem("the claim on the %s of user %s is held by %s", kind, id, owner)
		}
		met[key] = true
	}
	for key, owner := range s.claims {
		if !met[key] {
			s.problem("%s holds a claim on a value that it does not have", owner)
		}
	}
}

// find returns the first of some keys that is a claim, "" if there is no such claim.
func (s *state) find(keys ...string) string {
	for _, key := range keys {
		if _, ok := s.claims[key]; ok {
			return key
		}
	}
	return ""
}

// checkNames matches claims on displayNames with groups and teams one to one.
func (s *state) checkNames() {
	for key, g := range s.wantedNames {
		switch owner, held := s.names[key]; {
		case !held:
			s.problem("%s does not hold the claim on its displayName", g)
		case owner != g.id:
			s.problem("the claim on the displayName of %s is held by %s", g, owner)
		}
	}
	for key, owner := range s.names {
		if _, ok := s.wantedNames[key]; !ok {
			s.problem("%s holds a claim on a displayName that it does not have", owner)
		}
	}
}

// lookup is the key of an item that leads to a resource.
type lookup struct{ pk, id string }

// kind is the type of the resource that a look-up leads to.
func (l lookup) kind() kind { return kind(strings.SplitN(l.pk, "#", 5)[3]) }

// addLookup notes a look-up by externalId, or a claim on a displayName, whose key is among
// the look-ups.
func (s *state) addLookup(pk, sk string, item table.Item) {
	if strings.Contains(pk, "#LOOKUP#GROUP#displayName#") {
		s.names[pk] = item.Text("owner")
		return
	}
	s.lookups[lookup{pk, sk}] = true
}

func (s *state) checkLookups() {
	for l := range s.wantedLookups {
		if !s.lookups[l] {
			s.problem("a %[1]s has no look-up: %[1]s %[2]s", l.kind().noun(), l.id)
		}
	}
	for l := range s.lookups {
		if !s.wantedLookups[l] {
			s.problem("a look-up leads to no %[1]s: %[1]s %[2]s", l.kind().noun(), l.id)
		}
	}
}
