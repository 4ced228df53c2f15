package portal

import "scimserver/shared/tenant"

// failures are the messages that a provider shows when its test of the connection fails.
type failures struct {
	Provider string
	Note     string // about all of them; may be ""
	Messages []failure
}

// failure is one message of a provider.
type failure struct {
	Shows string // the provider's own words; … stands for what differs
	Do    string
}

// The causes of failed tests, with what to do.
const (
	doToken = "The token is wrong, or was not pasted whole. Enter it again, without the word Bearer. " +
		"It begins with scim_."
	doURL  = "The URL is wrong. Enter it exactly as below, without a slash at the end."
	doHost = "The service was not reached. Check the host name in the URL, and that it begins with https."
	doSlow = "Nothing. Your provider slows down by itself."
)

// failuresFor returns the messages for a tenant with a profile. A tenant that is not prepared for
// one provider gets those of all.
func failuresFor(profile tenant.Profile) []failures {
	switch profile {
	case tenant.Okta:
		return []failures{oktaFailures()}
	case tenant.Entra:
		return []failures{entraFailures()}
	}
	return []failures{otherFailures(), oktaFailures(), entraFailures()}
}

// oktaFailures are in the documentation of Snowflake's integration and in issue 13901 of
// grokability/snipe-it. Okta puts the text of the status after "Error authenticating".
func oktaFailures() failures {
	return failures{Provider: "Okta", Messages: []failure{
		{"Error authenticating: Unauthorized. Errors reported by remote server: …", doToken},
		{"Error authenticating: Not Found. Errors reported by remote server: …", doURL},
		{"Error authenticating: Forbidden. Errors reported by remote server: …",
			"The token may not do this. Create another one here, and enter it."},
		{"Error authenticating: null. The connector configuration could not be tested. …",
			doHost + " Set the Authentication Mode to HTTP Header."},
		{"Error authenticating: Too Many Requests. …", doSlow},
	}}
}

// entraFailures are in Microsoft's article on quarantine, in issue 54231 of MicrosoftDocs/azure-docs
// and in issue 7309 of bitwarden/server.
func entraFailures() failures {
	return failures{
		Provider: "Microsoft Entra ID",
		Note: "Each failure begins with “You appear to have entered invalid credentials. Please confirm you are " +
			"using the correct information for an administrative account.” What follows tells the cause:",
		Messages: []failure{
			{"…CredentialValidationFailure, or the status Unauthorized", doToken},
			{"HTTP/404 Not Found response was returned rather than the expected HTTP/200 OK", doURL},
			{"…CredentialValidationUnavailable, An error occurred while sending the request", doHost},
			{"TooManyRequests", doSlow},
		},
	}
}

// otherFailures are what any provider may show.
func otherFailures() failures {
	return failures{Provider: "Any provider", Messages: []failure{
		{"401, Unauthorized, invalid credentials", doToken},
		{"401, invalid_client", "The client id or the client secret is wrong. Enter both again."},
		{"404, Not Found, unexpected response", doURL},
		{"Timeout, host not found", doHost},
		{"429, too many requests", doSlow},
	}}
}
