package console

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"scimserver/infra/scimctl/wording"
	"scimserver/shared/admin"
	"scimserver/shared/tenant"
	"scimserver/shared/web"
)

const (
	rotationEffect   = "A new credential is created, and the old one keeps working for a while."
	revocationEffect = "The credential is refused from now on. The provider can't send anything with it."
)

// issued is a new credential with its secret, for the page that shows it once.
type issued struct {
	admin.Issued
	old *admin.Credential // the one that it replaces, nil if there is none
}

// daySeconds is the number of seconds in a day.
const daySeconds = 24 * 60 * 60

func (c *console) askNewCredential(_ context.Context, r *http.Request) (question, error) {
	return c.about(r, navCredentials, question{
		Title: "Create a credential", Button: "Create",
		Effects: []string{
			"You see its secret once, and give it to the provider's administrator.",
			"Other credentials of the tenant keep working.",
		},
		Fields: []web.Field{
			{Name: "name", Label: "Name", Help: "To recognize it, such as: Okta production"},
			{Name: "kind", Label: "Kind", Options: []web.Option{
				{Value: string(tenant.BearerToken), Text: "Bearer token"},
				{Value: string(tenant.ClientSecret), Text: "Client id and secret (OAuth 2.0)"},
			}},
			{Name: "days", Label: "Expires", Options: []web.Option{
				{Value: "365", Text: "in 365 days", Selected: true}, {Value: "180", Text: "in 180 days"},
				{Value: "90", Text: "in 90 days"}, {Value: "30", Text: "in 30 days"},
			}},
		},
	}), nil
}

func (c *console) createCredential(ctx context.Context, r *http.Request) (outcome, error) {
	seconds := number(r, "days", 365) * daySeconds
	in := admin.NewCredential{
		Name: strings.TrimSpace(r.PostFormValue("name")), Kind: tenant.Kind(r.PostFormValue("kind")),
		ExpiresIn: &seconds,
	}
	var made admin.Issued
	if err := c.post(ctx, apiPath(tenantIn(r), "credentials"), in, &made); err != nil {
		return outcome{}, err
	}
	return c.issue(r, issued{Issued: made}), nil
}

// issue leads to the page that shows the secret.
func (c *console) issue(r *http.Request, made issued) outcome {
	c.health.forget(tenantIn(r))
	return outcome{c.at("tenants", tenantIn(r), "credentials", "issued"), kept{issued: &made}}
}

func (c *console) askRotation(ctx context.Context, r *http.Request) (question, error) {
	one, err := c.readCredential(ctx, r)
	return c.about(r, navCredentials, question{
		Title: fmt.Sprintf("Rotate %s?", credentialName(one)), Button: "Rotate",
		Effects: []string{
			"A new credential is created, and you see its secret once.",
			"The old one keeps working until the end of the overlap. The provider has to use the new one before.",
		},
		Fields: []web.Field{{Name: "hours", Label: "The old one works for", Options: []web.Option{
			{Value: "24", Text: "24 hours", Selected: true}, {Value: "72", Text: "3 days"},
			{Value: "168", Text: "7 days"}, {Value: "1", Text: "1 hour"},
			{Value: "0", Text: "no time: it stops within a minute"},
		}}},
	}), err
}

func (c *console) rotateCredential(ctx context.Context, r *http.Request) (outcome, error) {
	seconds := number(r, "hours", 24) * 3600
	var rotated admin.Rotated
	path := apiPath(tenantIn(r), "credentials", r.PathValue("key"), "rotate")
	if err := c.post(ctx, path, admin.Rotation{OverlapSeconds: &seconds}, &rotated); err != nil {
		return outcome{}, err
	}
	return c.issue(r, issued{rotated.New, &rotated.Old}), nil
}

func (c *console) askRevocation(ctx context.Context, r *http.Request) (question, error) {
	one, err := c.readCredential(ctx, r)
	used := "It was never used."
	if one.Used != nil {
		used = "It was last used at " + web.Time(*one.Used) + ", accurate to the hour."
	}
	return c.about(r, navCredentials, question{
		Title: fmt.Sprintf("Revoke %s?", credentialName(one)), Button: "Revoke", Danger: true,
		Effects: []string{revocationEffect, used, "This can't be undone. To replace it, rotate it instead."},
	}), err
}

func (c *console) revokeCredential(ctx context.Context, r *http.Request) (outcome, error) {
	id := tenantIn(r)
	var revoked admin.Revoked
	path := apiPath(id, "credentials", r.PathValue("key"))
	if err := c.api.Once(ctx, http.MethodDelete, path, nil, &revoked); err != nil {
		return outcome{}, err
	}
	c.health.forget(id)
	note := "It is refused from now on."
	if revoked.WorksForSeconds > 0 {
		note = fmt.Sprintf("If it was used in the last minutes, it may be accepted for up to %d more seconds.",
			revoked.WorksForSeconds)
	}
	return done(c.at("tenants", id, "credentials"), credentialName(revoked.Credential)+" is revoked", note), nil
}

// showIssued shows a new secret once.
func (c *console) showIssued(_ context.Context, r *http.Request) (screen, error) {
	title, made := "New credential", c.session.take(r.URL.Query().Get("done")).issued
	if made != nil {
		title += " " + credentialName(made.Credential)
	}
	return c.shownOnce(r, navCredentials, title, web.Notice{
		Tone: web.Info, Title: "The secret was shown once",
		Text: "It is not stored. If it is lost, rotate the credential.",
	}, issuedSections(made)), nil
}

func issuedSections(made *issued) []section {
	if made == nil {
		return nil
	}
	sections := []section{
		{Plain: true, Notice: &web.Notice{
			Tone: web.Warning, Title: "Copy the secret now", Text: "It is not stored and can't be shown again.",
		}},
		{Copyables: secretValues(made.Issued)},
		{Title: "What the provider's administrator enters", Facts: handoverFacts(made.Issued)},
	}
	if made.old != nil {
		sections = append(sections, section{Plain: true, Notice: &web.Notice{
			Tone: web.Info, Title: "The old credential expires at " + wording.Minute(made.old.Expires),
		}})
	}
	return sections
}

func secretValues(made admin.Issued) []web.Copyable {
	if made.Kind == tenant.ClientSecret {
		return []web.Copyable{
			{Label: "Client id", Value: string(made.Client)}, {Label: "Client secret", Value: made.Secret},
		}
	}
	return []web.Copyable{{Label: "Token", Value: made.Secret}}
}

func handoverFacts(made admin.Issued) (facts web.Facts) {
	for _, field := range wording.ProviderFields(made) {
		facts = append(facts, web.Fact{Name: field[0], Cell: web.Cell{Text: field[1]}})
	}
	return facts
}
