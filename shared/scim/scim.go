// Package scim defines the basic terms of RFC 7643 and RFC 7644: JSON values, resources, messages, errors and URNs.
// It does no I/O, and depends on no schema and no provider. The packages in its subfolders know these.
package scim

// URNs of the schemas and messages that the RFCs define.
const (
	UserSchema                  = "urn:ietf:params:scim:schemas:core:2.0:User"
	GroupSchema                 = "urn:ietf:params:scim:schemas:core:2.0:Group"
	EnterpriseUserSchema        = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
	SchemaSchema                = "urn:ietf:params:scim:schemas:core:2.0:Schema"
	ResourceTypeSchema          = "urn:ietf:params:scim:schemas:core:2.0:ResourceType"
	ServiceProviderConfigSchema = "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"

	ErrorMessage         = "urn:ietf:params:scim:api:messages:2.0:Error"
	ListResponseMessage  = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
	SearchRequestMessage = "urn:ietf:params:scim:api:messages:2.0:SearchRequest"
)

// MediaType is the content type of every request and response body (RFC 7644 section 8.1).
const MediaType = "application/scim+json"

// ID identifies a resource within the service provider. It is opaque, case-exact, and never
// reused (RFC 7643 section 3.1).
type ID string

// EqualName compares attribute names, schema URNs and other words of the protocol, which
// are case-insensitive in ASCII (RFC 7643 section 2.1). Unlike strings.EqualFold it does
// not fold other letters.
func EqualName(a, b string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := 0; i < len(a); i++ {
		if a[i] != b[i] && lower(a[i]) != lower(b[i]) {
			return false
		}
	}
	return true
}

// FoldName returns a name in lower case, so that names are equal by EqualName if their
// folded forms are.
func FoldName(name string) string {
	for i := 0; i < len(name); i++ {
		if lower(name[i]) != name[i] {
			folded := []byte(name)
			for ; i < len(folded); i++ {
				folded[i] = lower(folded[i])
			}
			return string(folded)
		}
	}
	return name
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

// HasSchema reports whether a schemas attribute names a URN. URNs are compared without
// regard to case (RFC 7643 section 2.1).
func HasSchema(schemas Value, urn string) bool {
	for _, item := range schemas.Items() {
		if EqualName(item.Text(), urn) {
			return true
		}
	}
	return false
}
