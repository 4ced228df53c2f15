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

// onto is the content of an account that shows as old does once the change is made.
// The error says what can't be.
func (s *Service) onto(old Account, in NewAccount) (c directory.AccountContent, err error) {
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
		c.HashPassword, err = s.hashing(*in.Password, old.HasPassword)
	}
	return c, err
}

// with is the account once the change is made. The error says why no account may be so.
func (a Account) with(in NewAccount) (Account, error) {
	set(&a.UserName, in.UserName)
	set(&a.DisplayName, in.DisplayName)
	set(&a.Emails, in.Emails)
	return a, a.check()
}

// CheckNewAccount decodes the body of a request that creates an account, and checks it
// as CreateAccount does before it looks at what is stored. A tool can so check a body
// without a request.
func CheckNewAccount(body []byte) (in NewAccount, err error) {
	if len(body) > maxBody {
		return in, tooLarge()
	}
	if err = decode(body, &in); err == nil {
		_, err = Account{}.with(in)
	}
	return in, err
}

func set[T any](to, value *T) {
	if value != nil {
		*to = *value
	}
}

// check refuses what no account may have. What a claim may hold is the directory's
// to judge.
func (a Account) check() error {
	switch {
	case a.UserName == "":
		return invalid("userName is missing or empty")
	case utf8.RuneCountInString(a.UserName) > maxUserName:
		return invalid("userName has more than %d characters", maxUserName)
	case a.DisplayName != "" && !written(a.DisplayName):
		return unwritten("displayName")
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
		case !mailable(e.Value):
			return invalid("emails: %q is no email address of at most %d bytes", e.Value, maxEmail)
		case seen[folded]:
			return invalid("emails: %q is there twice; upper and lower case are the same", e.Value)
		case e.Primary && primary:
			return invalid("emails: at most one is primary")
		}
		primary, seen[folded] = primary || e.Primary, true
	}
	return nil
}

// mailable reports whether an email address is plausible. Whether it exists only a
// mail would tell.
func mailable(address string) bool {
	at := strings.LastIndexByte(address, '@')
	return at > 0 && at < len(address)-1 && len(address) <= maxEmail &&
		!strings.ContainsFunc(address, func(c rune) bool { return unicode.IsSpace(c) || unicode.IsControl(c) })
}

// document is what is stored of the account, with the members in the order of the
// schema, as documents of users have them.
func (a Account) document() scim.Value {
	members := []scim.Member{{Name: "schemas", Value: scim.Texts(scim.UserSchema)}, {Name: "userName", Value: scim.Text(a.UserName)}}
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

// hashing returns what makes the hash of a new password, nil where none is to be
// made. The empty password removes the old one.
func (s *Service) hashing(clear string, has bool) (func() (string, error), error) {
	if clear == "" && !has {
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
