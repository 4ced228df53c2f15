package admin

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/secure/precis"

	"scimserver/shared/directory"
	"scimserver/shared/scim"
	"scimserver/shared/tenant"
)

const (
	maxUserName = 256 // characters
	maxEmail    = 254 // bytes: what mail carries (RFC 5321 section 4.5.3.1.3)
)

// contentAfter returns the content of an account after a change.
func (s *Service) contentAfter(old Account, in NewAccount) (c directory.AccountContent, err error) {
	if old, err = old.with(in); err != nil {
		return c, err
	}
	c.Doc = old.document()
	for _, e := range old.Emails {
		if e.Verified {
			c.Verified = append(c.Verified, e.Value)
		}
	}
	if in.Password != nil {
		c.HashPassword, err = s.passwordHasher(*in.Password, old.HasPassword)
	}
	return c, err
}

// with returns the account after a change, or the reason why the change is invalid.
func (a Account) with(in NewAccount) (Account, error) {
	setIfGiven(&a.UserName, in.UserName)
	setIfGiven(&a.DisplayName, in.DisplayName)
	setIfGiven(&a.Emails, in.Emails)
	return a, a.check()
}

// CheckNewAccount decodes the body of a request that creates an account, and checks it as
// CreateAccount does before it reads the table. A tool can use it to check a body without a
// request.
func CheckNewAccount(body []byte) (in NewAccount, err error) {
	if len(body) > maxBody {
		return in, tooLarge()
	}
	if err = decode(body, &in); err == nil {
		_, err = Account{}.with(in)
	}
	return in, err
}

func setIfGiven[T any](to, value *T) {
	if value != nil {
		*to = *value
	}
}

// check refuses invalid accounts. The directory checks whether the values can be claimed.
func (a Account) check() error {
	switch {
	case a.UserName == "":
		return invalid("userName is missing or empty")
	case utf8.RuneCountInString(a.UserName) > maxUserName:
		return invalid("userName has more than %d characters", maxUserName)
	case a.DisplayName != "" && !validName(a.DisplayName):
		return invalidName("displayName")
	case len(a.Emails) > tenant.MaxEmails:
		return invalid("emails has %d values; the limit is %d", len(a.Emails), tenant.MaxEmails)
	}
	return checkEmails(a.Emails)
}

func checkEmails(list []AccountEmail) error {
	primary, seen := false, map[string]bool{}
	for _, e := range list {
		folded := scim.Fold(e.Value)
		switch {
		case !plausibleEmail(e.Value):
			return invalid("emails: %q is not an email address of at most %d bytes", e.Value, maxEmail)
		case seen[folded]:
			return invalid("emails: %q is given twice; upper and lower case count as equal", e.Value)
		case e.Primary && primary:
			return invalid("emails: at most one is primary")
		}
		primary, seen[folded] = primary || e.Primary, true
	}
	return nil
}

// plausibleEmail reports whether a text has the form of an email address. Only a message would
// show whether the address exists.
func plausibleEmail(address string) bool {
	at := strings.LastIndexByte(address, '@')
	return at > 0 && at < len(address)-1 && len(address) <= maxEmail &&
		!strings.ContainsFunc(address, func(c rune) bool { return unicode.IsSpace(c) || unicode.IsControl(c) })
}

// document returns the stored document of the account. Its members are in the order of the schema,
// as in documents of users.
func (a Account) document() scim.Value {
	members := []scim.Member{
		{Name: "schemas", Value: scim.Texts(scim.UserSchema)},
		{Name: "userName", Value: scim.Text(a.UserName)},
	}
	if a.DisplayName != "" {
		members = append(members, scim.Member{Name: "displayName", Value: scim.Text(a.DisplayName)})
	}
	var emails []scim.Value
	for _, e := range a.Emails {
		email := []scim.Member{{Name: "value", Value: scim.Text(e.Value)}}
		if e.Primary {
			email = append(email, scim.Member{Name: "primary", Value: scim.Boolean(true)})
		}
		emails = append(emails, scim.Map(email...))
	}
	if emails != nil {
		members = append(members, scim.Member{Name: "emails", Value: scim.List(emails...)})
	}
	return scim.Map(members...)
}

// passwordHasher returns a function that hashes a new password, or nil if there is nothing to do. An empty password
// removes the old one.
func (s *Service) passwordHasher(clear string, hasPassword bool) (func() (string, error), error) {
	if clear == "" && !hasPassword {
		return nil, nil
	}
	if clear == "" {
		return func() (string, error) { return "", nil }, nil
	}
	if s.Passwords == nil {
		return nil, invalid("this deployment stores no passwords (parameter PasswordStorage): leave password out")
	}
	prepared, err := precis.OpaqueString.String(clear)
	if err != nil {
		return nil, invalid("password holds characters that RFC 8265 does not allow")
	}
	return func() (string, error) { return s.Passwords(prepared) }, nil
}
