package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/urfave/cli/v3"

	"scimserver/infra/scimctl/apiclient"
	"scimserver/infra/scimctl/wording"
	"scimserver/shared/admin"
	"scimserver/shared/tenant"
)

func credentialCommands() *cli.Command {
	return group("credential", "create, rotate and revoke the credentials of a tenant",
		createCredential(),
		command("list", "TENANT", "list the credentials of a tenant", listCredentials),
		rotateCredential(),
		command("revoke", "TENANT KEY", "revoke a credential", revokeCredential),
	)
}

// credentialPath is the path of a tenant's credentials, or of one of them.
func credentialPath(args []string) string {
	return pathWithin("credentials", args)
}

func createCredential() *cli.Command {
	var in admin.NewCredential
	var isClient bool
	return command("create", "TENANT", "create a bearer token, or a client id and secret for OAuth 2.0",
		func(ctx context.Context, s *session, args []string) error {
			if isClient || in.Client != nil {
				in.Kind = tenant.ClientSecret
			}
			var issued admin.Issued
			if err := s.client.Do(ctx, http.MethodPost, credentialPath(args), in, &issued); err != nil {
				return err
			}
			s.warn(issued.Warning)
			return s.print(issued, func(w io.Writer) {
				describeIssued(w, issued)
				s.describeHandover(w, args[0], issued)
			})
		},
		credentialFlags(&in, &isClient)...,
	)
}

// credentialFlags are the flags that describe a new credential.
func credentialFlags(in *admin.NewCredential, isClient *bool) []cli.Flag {
	return []cli.Flag{
		&cli.BoolFlag{Name: "client", HideDefault: true, Destination: isClient,
			Usage: "create a client id and secret, which the provider exchanges for access tokens (OAuth 2.0)"},
		valueFlag("client-id", "create another secret for the client with this `ID`", optional(&in.Client, nonEmpty)),
		valueFlag("scopes", "`SCOPES`: read, or write, which includes read (default: write; with -subject: read)",
			func(v string) error {
				for name := range strings.SplitSeq(v, ",") {
					in.Scopes = append(in.Scopes, tenant.Scope(strings.TrimSpace(name)))
				}
				return nil
			}),
		valueFlag("subject", "create a token of one `USER` (id or userName), which can only read /Me",
			optional(&in.Subject, nonEmpty)),
		valueFlag("name", "a `NAME` by which you recognize the credential, such as \"Okta production\"",
			func(v string) (err error) {
				in.Name, err = nonEmpty[string](v)
				return err
			}),
		valueFlag(
			"expires",
			"lifetime, a `DURATION` such as 90d, or never (default: 365d, or the limit of the tenant if it is shorter)",
			func(v string) error {
				if in.Never = v == "never"; in.Never {
					return nil
				}
				return optional(&in.ExpiresIn, parseSeconds)(v)
			},
		),
	}
}

// warn prints the warning of an answer, if it has one.
func (s *session) warn(text string) {
	if text != "" {
		s.notify("warning: %s\n", wording.Printable(text))
	}
}

// describeIssued shows a new credential with its secret.
func describeIssued(w io.Writer, c admin.Issued) {
	if c.Kind == tenant.ClientSecret {
		row(w, "client id", c.Client)
		row(w, "client secret", c.Secret)
	} else {
		row(w, "token", c.Secret)
	}
	row(w, "key", c.Key)
	if c.Name != "" {
		row(w, "name", c.Name)
	}
	row(w, "scopes", join(c.Scopes, ", "))
	if c.Subject != "" {
		row(w, "user", c.Subject)
	}
	row(w, "expires", cmp.Or(wording.Minute(c.Expires), "never"))
	_, _ = fmt.Fprintln(w, "Keep the secret now: it is not stored and can't be shown again.")
}

func listCredentials(ctx context.Context, s *session, args []string) error {
	list, err := apiclient.ListAll(ctx, s.client, credentialPath(args), url.Values{},
		func(p admin.CredentialList) ([]admin.Credential, tenant.KeyID) { return p.Credentials, p.Next })
	if err != nil {
		return err
	}
	return s.print(admin.CredentialList{Credentials: list}, func(w io.Writer) {
		row(w, "KEY", "NAME", "KIND", "STATE", "SCOPES", "USER", "CREATED", "EXPIRES",
			"LAST USED (TO THE HOUR)", "CREATED BY")
		for _, c := range list {
			row(w, c.Key, wording.Truncate(c.Name, wording.MaxName),
				formatKind(c), c.State, join(c.Scopes, ","), c.Subject, wording.Minute(&c.Created),
				cmp.Or(wording.Minute(c.Expires), "never"), cmp.Or(wording.Minute(c.Used), "never"),
				wording.Maker(c.Maker))
		}
		noRows(w, len(list))
	})
}

// formatKind is the kind of a credential. For a second or later secret of a client, it also names the client.
func formatKind(c admin.Credential) string {
	if c.Client == "" || c.Client == c.Key {
		return string(c.Kind)
	}
	return string(c.Kind) + " " + string(c.Client)
}

func rotateCredential() *cli.Command {
	var in admin.Rotation
	return command("rotate", "TENANT KEY", "create a new credential; the old one keeps working for a while",
		func(ctx context.Context, s *session, args []string) error {
			var rotated admin.Rotated
			if err := s.client.Do(ctx, http.MethodPost, credentialPath(args)+"/rotate", in, &rotated); err != nil {
				return err
			}
			s.warn(rotated.New.Warning)
			return s.print(rotated, func(w io.Writer) {
				describeIssued(w, rotated.New)
				row(w, fmt.Sprintf(
					"The old credential %s works until %s. Enter the new one at the provider before then.",
					rotated.Old.Key, wording.Minute(rotated.Old.Expires),
				))
			})
		},
		valueFlag("overlap", "how long the old credential keeps working, a `DURATION` such as 36h (default: 24h)",
			optional(&in.OverlapSeconds, parseSeconds)))
}

func revokeCredential(ctx context.Context, s *session, args []string) error {
	var out admin.Revoked
	if err := s.client.Do(ctx, http.MethodDelete, credentialPath(args), nil, &out); err != nil {
		return err
	}
	return s.print(out, func(w io.Writer) {
		note := "It is refused from now on."
		if out.WorksForSeconds > 0 {
			note = fmt.Sprintf("If it was used in the last minutes, it may be accepted for up to %s more.",
				admin.Counted(int(out.WorksForSeconds), "second"))
		}
		row(w, fmt.Sprintf("credential %s is revoked. %s", out.Key, note))
	})
}
