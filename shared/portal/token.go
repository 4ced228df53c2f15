package portal

import (
	"cmp"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"scimserver/shared/admin"
	"scimserver/shared/idp"
	"scimserver/shared/provlog"
	"scimserver/shared/scim"
	"scimserver/shared/tenant"
	"scimserver/shared/web"
)

const (
	// maxTokens is the limit on a tenant's valid credentials: at the limit, the setup page creates no more.
	maxTokens = 10
	// tokensShown is how many credentials are read.
	tokensShown = 500
	// maxName is the longest name of a credential, in characters.
	maxName = 100
)

// tokens is the content of the page of credentials.
type tokens struct {
	MayChange bool
	Table     web.Table
	Form      web.Form
	Support   string
}

// showTokens lists the tenant's credentials, with the form for another one.
func (s *server) showTokens(q *request) error {
	all, err := s.credentials(q)
	if err != nil {
		return err
	}
	return s.render(q, http.StatusOK, "tokens", "Tokens", tokens{
		MayChange: q.mayChange(), Table: s.tokenTable(q, all), Form: tokenForm(q, ""), Support: s.Support,
	})
}

// credentials returns the credentials of the whole tenant, the newest first. Those that act for one
// user belong to the application.
func (s *server) credentials(q *request) (all []admin.Credential, err error) {
	for after, more := tenant.KeyID(""), true; more && len(all) < tokensShown; more = after != "" {
		page, err := s.Service.Credentials(q.Context(), q.Tenant.ID, after, 100)
		if err != nil {
			return nil, err
		}
		all, after = append(all, page.Credentials...), page.Next
	}
	all = slices.DeleteFunc(all, func(c admin.Credential) bool { return c.Subject != "" })
	slices.SortStableFunc(all, func(a, b admin.Credential) int { return b.Created.Compare(a.Created) })
	return all, nil
}

func (s *server) tokenTable(q *request, all []admin.Credential) web.Table {
	t := web.Table{
		Caption: "Tokens of " + q.tenantName(),
		Columns: []web.Column{
			{Text: "Name"},
			{Text: "State"},
			{Text: "Last used (to the hour)"},
			{Text: "Expires"},
		},
		Empty: web.Empty{
			Title: "No tokens yet",
			Text:  "Your provider needs a token to send users to this service.",
		},
	}
	if q.mayChange() {
		t.Columns = append(t.Columns, web.Column{Text: "Action"})
	}
	for _, c := range all {
		t.Rows = append(t.Rows, s.tokenRow(q, c))
	}
	return t
}

func (s *server) tokenRow(q *request, c admin.Credential) web.Row {
	row := web.Row{
		{Text: tokenName(c), Note: kindName(c.Kind) + " " + string(c.Key)}, {Badge: s.tokenBadge(c)},
		web.TimeCell(c.Used, "never"), web.TimeCell(c.Expires, "never"), {},
	}
	if c.State == "active" && q.mayChange() {
		row[4] = web.Cell{Text: "Rotate", URL: q.base + "/tokens/" + string(c.Key) + "/rotate"}
	}
	return row
}

func tokenName(c admin.Credential) string { return cmp.Or(c.Name, "Token without a name") }

func kindName(k tenant.Kind) string {
	if k == tenant.ClientSecret {
		return "Client secret"
	}
	return "Token"
}

// expiresSoon is the remaining lifetime below which a credential is marked.
const expiresSoon = 30 * 24 * time.Hour

func (s *server) tokenBadge(c admin.Credential) *web.Badge {
	switch {
	case c.State == "revoked":
		return &web.Badge{Text: "Revoked", Tone: web.Neutral}
	case c.State == "expired":
		return &web.Badge{Text: "Expired", Tone: web.Bad}
	case c.Expires != nil && c.Expires.Sub(s.Now()) < expiresSoon:
		return &web.Badge{Text: "Expires soon", Tone: web.Warning}
	case c.Used == nil:
		return &web.Badge{Text: "Not used yet", Tone: web.Info}
	}
	return &web.Badge{Text: "In use", Tone: web.Good}
}

func newTokenForm(q *request, p idp.Provider) web.Form {
	f := web.Form{
		Action: q.base + "/tokens", CSRF: q.formToken(), Button: "Create a token",
		Hidden: []web.Hidden{{Name: "provider", Value: p.Slug}, {Name: "name", Value: p.Name}},
	}
	if p.Kind == tenant.ClientSecret {
		f.Button = "Create a client secret"
	}
	return f
}

func tokenForm(q *request, problem string) web.Form {
	f := web.Form{
		Action: q.base + "/tokens", CSRF: q.formToken(), Button: "Create a token",
		Fields: []web.Field{
			{Name: "name", Label: "Name", Help: "Choose one that you will recognize, such as “Okta production”.",
				Value: q.PostFormValue("name"), Error: problem, Required: true},
			providerField(idp.Providers(), cmp.Or(
				q.PostFormValue("provider"), idp.For(tenant.BearerToken, q.Tenant.Profile).Slug,
			)),
		},
	}
	return f
}

// providerField asks which of the providers a credential is for.
func providerField(providers []idp.Provider, chosen string) web.Field {
	f := web.Field{Name: "provider", Label: "Identity provider"}
	for _, p := range providers {
		f.Options = append(f.Options, web.Option{Value: p.Slug, Text: p.Name, Selected: p.Slug == chosen})
	}
	return f
}

// newToken is the content of the page that shows a new secret. It is the only one that does.
type newToken struct {
	idp.Provider
	Base     string
	Values   []web.Copyable
	Expires  *time.Time
	OldEnds  *time.Time // of the credential that it replaces
	Rotation bool
}

// createToken makes a credential and shows its secret.
func (s *server) createToken(q *request) error {
	if !q.mayChange() {
		return s.mayOnlyLook(q)
	}
	name, problem := tokenNameOf(q.PostFormValue("name"))
	all, err := s.credentials(q)
	if err != nil {
		return err
	}
	valid := slices.DeleteFunc(slices.Clone(all), func(c admin.Credential) bool { return c.State != "active" })
	if problem == "" && len(valid) >= maxTokens {
		problem = "There are ten valid tokens already. Rotate one of them, or ask " + s.Support + " to revoke some."
	}
	if problem != "" {
		return s.render(q, http.StatusUnprocessableEntity, "tokens", "Tokens", tokens{
			MayChange: true, Table: s.tokenTable(q, all), Form: tokenForm(q, problem), Support: s.Support,
		})
	}
	p, ok := idp.BySlug(q.PostFormValue("provider"))
	if !ok {
		return s.refuse(q, http.StatusBadRequest, "The form can't be read", "Go back and send it again.")
	}
	made, err := s.Service.CreateCredential(q.Context(), q.Tenant.ID, admin.NewCredential{
		Kind: p.Kind, Name: name, Maker: s.maker(q),
	})
	if err != nil {
		return err
	}
	s.note(q, provlog.Entry{
		Operation: "create", Kind: "Credential", ID: scim.ID(made.Key), Name: made.Name, Status: http.StatusCreated,
	})
	return s.render(q, http.StatusCreated, "token-made", "Your new token", s.newToken(q, p, made, nil))
}

// tokenNameOf returns the name that was entered, without space around it, or why it can't be used.
func tokenNameOf(text string) (name, problem string) {
	name = strings.TrimSpace(text)
	switch {
	case name == "":
		return "", "Enter a name."
	case utf8.RuneCountInString(name) > maxName ||
		strings.ContainsFunc(name, func(c rune) bool { return !unicode.IsPrint(c) }):
		return "", "Use at most " + strconv.Itoa(maxName) + " letters, digits, signs and spaces."
	}
	return name, ""
}

func (s *server) maker(q *request) string { return author + ", invitation " + string(q.Invitation.ID) }

func (s *server) mayOnlyLook(q *request) error {
	return s.refuse(q, http.StatusForbidden, "Your link is view-only",
		"To make or rotate tokens, ask "+s.Support+" for a link with the role setup.")
}

// newToken returns what is entered at a provider, in the order and under the names of its fields.
func (s *server) newToken(q *request, p idp.Provider, made admin.Issued, oldEnds *time.Time) newToken {
	const once = "It is shown only now."
	values := s.connectionValues(q, p)
	if made.Kind == tenant.ClientSecret {
		values = append(values, web.Copyable{Label: p.Fields.ClientID, Value: string(made.Client)},
			web.Copyable{Label: p.Fields.ClientSecret, Value: made.Secret, Help: once})
	} else {
		values = append(values, web.Copyable{Label: p.Fields.Token, Value: made.Secret, Help: once})
	}
	return newToken{
		Provider: p, Base: q.base, Values: values, Expires: made.Expires, OldEnds: oldEnds, Rotation: oldEnds != nil,
	}
}

// overlaps are the choices of how long the old credential keeps working, in seconds.
func overlaps() []web.Option {
	return []web.Option{
		{Value: "86400", Text: "for one more day", Selected: true}, {Value: "604800", Text: "for one more week"},
		{Value: "3600", Text: "for one more hour"},
		{Value: "0", Text: "no longer: it was lost or stolen (it may work for another minute)"},
	}
}

// chosenOverlap returns the seconds of one of the overlaps. ok is false if the text is none of them.
func chosenOverlap(text string) (seconds int64, ok bool) {
	ok = slices.ContainsFunc(overlaps(), func(o web.Option) bool { return o.Value == text })
	seconds, err := strconv.ParseInt(text, 10, 64)
	return seconds, ok && err == nil
}

// confirmRotation says what will happen before a credential is replaced.
func (s *server) confirmRotation(q *request) error {
	if !q.mayChange() {
		return s.mayOnlyLook(q)
	}
	c, err := s.activeCredential(q)
	if err != nil {
		return err
	}
	what := strings.ToLower(kindName(c.Kind))
	return s.render(q, http.StatusOK, "rotate", "Rotate a "+what, web.Confirmation{
		Title: "Rotate “" + tokenName(c) + "”?",
		Effects: []string{
			"You get a new " + what + " with the same rights and the same name.",
			"You enter it at your provider in place of the old one.",
			"The old one works as long as you choose here, so nothing is interrupted in between.",
		},
		Form: web.Form{
			Action: q.base + "/tokens/" + string(c.Key) + "/rotate",
			CSRF:   q.formToken(), Button: "Create the new " + what,
			Fields: append(rotationProvider(q, c),
				web.Field{Name: "overlap", Label: "The old one works", Options: overlaps()}),
			Cancel: &web.Link{Text: "Cancel", URL: q.base + "/tokens"},
		},
	})
}

// rotationProvider asks which provider a credential is for, if the tenant is not prepared for one.
func rotationProvider(q *request, c admin.Credential) []web.Field {
	likely := idp.For(c.Kind, q.Tenant.Profile)
	if likely.Profile != tenant.Generic {
		return nil
	}
	fitting := slices.DeleteFunc(idp.Providers(), func(p idp.Provider) bool { return p.Kind != c.Kind })
	for _, p := range fitting {
		if p.Name == c.Name { // the guides make credentials with the name of their provider
			likely = p
		}
	}
	return []web.Field{providerField(fitting, likely.Slug)}
}

// activeCredential returns the credential in the path, if it is the tenant's and works.
func (s *server) activeCredential(q *request) (admin.Credential, error) {
	c, err := s.Service.Credential(q.Context(), q.Tenant.ID, tenant.KeyID(q.PathValue("key")))
	if _, refused := errors.AsType[*admin.Error](err); refused ||
		err == nil && (c.State != "active" || c.Subject != "") {
		return c, errNotFound
	}
	return c, err
}

// rotateToken replaces a credential and shows the new secret.
func (s *server) rotateToken(q *request) error {
	if !q.mayChange() {
		return s.mayOnlyLook(q)
	}
	old, err := s.activeCredential(q)
	if err != nil {
		return err
	}
	overlap, ok := chosenOverlap(q.PostFormValue("overlap"))
	if !ok {
		return s.refuse(q, http.StatusBadRequest, "The form can't be read", "Go back and send it again.")
	}
	rotated, err := s.Service.Rotate(q.Context(), q.Tenant.ID, old.Key, admin.Rotation{
		OverlapSeconds: &overlap, Maker: s.maker(q),
	})
	if err != nil {
		return err
	}
	s.note(q, provlog.Entry{
		Operation: "rotate", Kind: "Credential", ID: scim.ID(old.Key), Name: old.Name, Status: http.StatusCreated,
	})
	p, ok := idp.BySlug(q.PostFormValue("provider"))
	if !ok || p.Kind != rotated.New.Kind {
		p = idp.For(rotated.New.Kind, q.Tenant.Profile)
	}
	made := s.newToken(q, p, rotated.New, rotated.Old.Expires)
	return s.render(q, http.StatusCreated, "token-made", "Your new token", made)
}
