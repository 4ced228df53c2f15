package tenantschema

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"scimserver/shared/scim"
	"scimserver/shared/scim/schema"
	"scimserver/shared/tenant"
)

// The limits of one tenant.
const (
	MaxExtensions = 10
	MaxAttributes = 100       // with sub-attributes, of all extensions together
	MaxBytes      = 64 * 1024 // of all definitions together, as JSON with all defaults
	maxURN        = 128       // bytes, as many as a path of the operator API takes
)

// Define checks a definition that an operator wrote (RFC 7643 section 7), and returns it
// with the defaults. The error is a sentence for the operator.
func Define(standard *schema.Registry, resourceType, definition string) (tenant.Extension, error) {
	e := tenant.Extension{ResourceType: resourceType}
	if resourceType != "User" && resourceType != "Group" {
		return e, fmt.Errorf("resourceType must be User or Group, not %q", resourceType)
	}
	s, err := parse(standard, definition)
	if err != nil {
		return e, err
	}
	if err := checkURN(s.ID); err != nil {
		return e, err
	}
	if s.Name == "" {
		return e, errors.New("the schema has no name")
	}
	for _, a := range s.Attributes.All() {
		if err := checkAttribute(a, a.Name); err != nil {
			return e, err
		}
	}
	e.URN, e.Definition = s.ID, s.Value().JSON()
	return e, nil
}

// checkURN refuses names that are not URNs, that can't be part of a path, or that belong to the
// RFCs.
func checkURN(urn string) error {
	odd := func(c rune) bool {
		letter := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
		return !letter && !('0' <= c && c <= '9') && !strings.ContainsRune(":.-_", c)
	}
	last := urn[strings.LastIndexByte(urn, ':')+1:]
	switch {
	case len(urn) > maxURN:
		return fmt.Errorf("the id has more than %d characters", maxURN)
	case !hasPrefix(urn, "urn:") || strings.Contains(urn, "::") || strings.ContainsFunc(urn, odd):
		return fmt.Errorf("the id %q must be a URN of letters, digits, colons, dots, hyphens and underscores, "+
			"such as urn:ietf:params:scim:schemas:extension:acme:2.0:User", urn)
	case !schema.IsName(last):
		return fmt.Errorf(
			"the last part of the id must be a name that begins with a letter, such as User, not %q",
			last,
		)
	}
	for _, reserved := range reservedURNs() {
		if hasPrefix(urn, reserved) {
			return fmt.Errorf("the id %q is reserved: URNs that begin with %s are defined by RFC 7643 and RFC 7644",
				urn, reserved)
		}
	}
	return nil
}

func reservedURNs() []string {
	return []string{
		"urn:ietf:params:scim:api:", "urn:ietf:params:scim:schemas:core:",
		"urn:ietf:params:scim:schemas:extension:enterprise:", "urn:ietf:params:scim:event:",
	}
}

// hasPrefix compares without case, because URNs of schemas are case-insensitive.
func hasPrefix(urn, prefix string) bool {
	return len(urn) >= len(prefix) && scim.EqualName(urn[:len(prefix)], prefix)
}

// checkAttribute refuses characteristics that the service can't enforce.
func checkAttribute(a *schema.Attribute, path string) error {
	switch {
	case a.Uniqueness != schema.None:
		return fmt.Errorf("attribute %q: uniqueness must be none, because the service keeps only userName and "+
			"emails unique", path)
	case a.Mutability == schema.ReadOnly:
		return fmt.Errorf(
			"attribute %q: mutability must not be readOnly, because nothing would ever set a value",
			path,
		)
	case a.Mutability == schema.WriteOnly && a.Returned != schema.Never:
		return fmt.Errorf("attribute %q: a writeOnly attribute must have returned never", path)
	}
	for _, sub := range a.Sub.All() {
		if err := checkAttribute(sub, path+"."+sub.Name); err != nil {
			return err
		}
	}
	return nil
}

// CheckLimits refuses extensions that exceed the limits of one tenant, and URNs that make paths
// ambiguous.
func CheckLimits(standard *schema.Registry, all []tenant.Extension) error {
	registry, err := Extend(standard, all)
	if err != nil {
		return err
	}
	size, attributes := 0, 0
	for _, e := range all {
		size += len(e.Definition)
		attributes += countAttributes(registry.Schema(e.URN).Attributes)
	}
	switch {
	case len(all) > MaxExtensions:
		return fmt.Errorf("a tenant can have at most %d schemas of its own", MaxExtensions)
	case attributes > MaxAttributes:
		return fmt.Errorf("the schemas of the tenant would have %d attributes and sub-attributes; the limit is %d",
			attributes, MaxAttributes)
	case size > MaxBytes:
		return fmt.Errorf("the schemas of the tenant would take %d bytes; the limit is %d", size, MaxBytes)
	}
	return checkPrefixes(all)
}

// checkPrefixes refuses a URN that begins with another one: urn:a:b:c could be the attribute
// c of urn:a:b.
func checkPrefixes(all []tenant.Extension) error {
	for _, e := range all {
		begins := func(other tenant.Extension) bool { return hasPrefix(other.URN, e.URN+":") }
		if i := slices.IndexFunc(all, begins); i >= 0 {
			return fmt.Errorf("%s begins with %s, so a path could mean either; use another id", all[i].URN, e.URN)
		}
	}
	return nil
}

func countAttributes(set schema.Attributes) int {
	n := len(set.All())
	for _, a := range set.All() {
		n += countAttributes(a.Sub)
	}
	return n
}
