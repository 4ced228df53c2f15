package portal

import "scimserver/shared/tenant"

// explain says what a cause means for the customer.
func (o observed) explain(cause tenant.RefusalCause) connection {
	switch cause {
	case tenant.WrongPath:
		return wrongPath()
	case tenant.WrongSecret:
		return wrongSecret()
	case tenant.WrongKind:
		return wrongKind()
	case tenant.ExpiredCredential, tenant.RevokedCredential:
		return oldCredential()
	case tenant.MissingScope:
		return missingScope()
	case tenant.UnknownCredential:
		return unknownCredential()
	}
	return connection{
		Title: "Requests are refused", Text: "Your company's access is switched off at the moment.",
		Steps: []string{"Ask " + o.Support + "."},
	}
}

func wrongPath() connection {
	return connection{
		Title: "The token is right, but the URL is not",
		Text:  "A request arrived at an address that this service does not have.", WrongURL: true,
		Steps: []string{
			"Enter the URL below at your provider, exactly as it is.",
			"Remove a slash at its end, and anything after it, such as /Users.",
			"Only if your provider has one field for users and one for groups, add /Users in the first and " +
				"/Groups in the second.",
			"Test the connection again.",
		},
	}
}

func wrongSecret() connection {
	return connection{
		Title: "The token is not complete", WrongToken: true,
		Text: "A request came with a token that begins like yours but does not end like it. " +
			"Probably it was not copied whole.",
		Steps: []string{
			"Copy the token again, to its last character, and paste it at your provider.",
			"If you no longer have it, rotate the token and enter the new one.",
		},
	}
}

func wrongKind() connection {
	return connection{
		Title: "A client secret was used as a token, or the reverse", WrongToken: true,
		Text: "The way in which your provider signs in does not fit what you made here.",
		Steps: []string{
			"For a token, choose “HTTP header” or “Bearer authentication” at your provider.",
			"For a client secret, choose “OAuth 2.0 client credentials” and enter client id and token " +
				"endpoint too.",
		},
	}
}

func oldCredential() connection {
	return connection{
		Title: "An old token was used", WrongToken: true,
		Text:  "A request came with a token that has expired or was revoked.",
		Steps: []string{"Enter the newest token at your provider, or make a new one."},
	}
}

func missingScope() connection {
	return connection{
		Title: "The token may only read", WrongToken: true,
		Text:  "Your provider tried to change something with a token that does not allow it.",
		Steps: []string{"Create a new token here and enter it at your provider."},
	}
}

func unknownCredential() connection {
	return connection{
		Title: "Was this your test? A token was refused", WrongToken: true,
		Text: "A request came with a token that this service does not know. If you have just tested the " +
			"connection, it was probably yours.",
		Steps: []string{
			"Copy the token again, with nothing before or after it.",
			"If you no longer have it, rotate the token and use the new one.",
		},
	}
}
