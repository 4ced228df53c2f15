package scim

// Endpoints returns the names of the endpoints (RFC 7644 section 3.2): the first segment of a path below the base URL
// is one of them. Case counts in paths.
func Endpoints() []string {
	return []string{"Users", "Groups", "Me", "Bulk", "Schemas", "ResourceTypes", "ServiceProviderConfig", ".search"}
}
