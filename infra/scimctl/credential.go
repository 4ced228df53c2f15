package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"scimserver/shared/admin"
	"scimserver/shared/tenant"
)

func credentialCommands() []command {
	return []command{
		{"credential create", "TENANT", "make a token, or a client id and secret for OAuth 2.0", createCredential},
		{"credential list", "TENANT", "list a tenant's credentials", plain(listCredentials)},
		{"credential rotate", "TENANT KEY", "make a new credential; the old one works a while longer", rotateCredential},
		{"credential revoke", "TENANT KEY", "let a credential work no more", plain(revokeCredential)},
	}
}

func credentialPath(args []string) string {
	path := tenantPath(args[0]) + "/credentials"
	if len(args) > 1 {
		path += "/" + url.PathEscape(args[1])
	}
	return path
}

func createCredential(flags *flag.FlagSet) action {
	in := admin.NewCredential{}
	client := flags.Bool("client", false, "make a client id and secret, which the provider changes for access tokens (OAuth 2.0)")
	flags.Func("client-id", "make another secret for the client of this `id`", func(v string) error {
		id := tenant.KeyID(v)
		in.Client, *client = &id, true
		return given(v)
	})
	flags.Func("scopes", "what it may do: read, or write, which includes read (default write; with -subject read)", func(v string) error {
		for name := range strings.SplitSeq(v, ",") {
			in.Scopes = append(in.Scopes, tenant.Scope(strings.TrimSpace(name)))
		}
		return nil
	})
	flags.Func("subject", "id or userName of the one `user` whom the token speaks for; it reaches /Me alone", func(v string) error {
		in.Subject = &v
		return given(v)
	})
	flags.Func("expires", "`life` of the credential, such as 90d (default no end, or the tenant's limit)", func(v string) error {
		n, err := seconds(v)
		in.ExpiresIn = &n
		return err
	})
	return func(ctx context.Context, s *session, args []string) error {
		if *client {
			in.Kind = tenant.ClientSecret
		}
		var made admin.Issued
		if err := s.client.do(ctx, http.MethodPost, credentialPath(args), in, &made); err != nil {
			return err
		}
		return s.show(made, func(w io.Writer) { present(w, made) })
	}
}

// given refuses a value that is empty, such as that of an unset shell variable.
func given(v string) error {
	if v == "" {
		return errors.New("it is empty")
	}
	return nil
}

// present shows a secret, once.
func present(w io.Writer, made admin.Issued) {
	if made.Kind == tenant.ClientSecret {
		row(w, "client id", made.Client)
		row(w, "client secret", made.Secret)
	} else {
		row(w, "token", made.Secret)
	}
	row(w, "key", made.Key)
	row(w, "scopes", joined(made.Scopes, ", "))
	if made.Subject != "" {
		row(w, "user", made.Subject)
	}
	row(w, "expires", either(moment(made.Expires), "never"))
	_, _ = fmt.Fprintln(w, "The secret is shown this once and stored nowhere.")
}

func listCredentials(ctx context.Context, s *session, args []string) error {
	all := admin.CredentialList{Credentials: []admin.Credential{}}
	for after, more := "", true; more; more = after != "" {
		var page admin.CredentialList
		if err := s.client.do(ctx, http.MethodGet, credentialPath(args)+"?after="+url.QueryEscape(after), nil, &page); err != nil {
			return err
		}
		all.Credentials = append(all.Credentials, page.Credentials...)
		after = string(page.Next)
	}
	return s.show(all, func(w io.Writer) {
		row(w, "KEY", "KIND", "STATE", "SCOPES", "USER", "CREATED", "EXPIRES", "LAST USED")
		for _, c := range all.Credentials {
			row(w, c.Key, kind(c), c.State, joined(c.Scopes, ","), c.Subject, moment(&c.Created), moment(c.Expires), moment(c.Used))
		}
		none(w, len(all.Credentials))
	})
}

// kind names the client of a secret, where that isn't the secret's own key.
func kind(c admin.Credential) string {
	if c.Client == "" || c.Client == c.Key {
		return string(c.Kind)
	}
	return string(c.Kind) + " " + string(c.Client)
}

func rotateCredential(flags *flag.FlagSet) action {
	in := admin.Rotation{}
	flags.Func("overlap", "how long the old one still works, such as 36h (default 24h)", func(v string) error {
		n, err := seconds(v)
		in.OverlapSeconds = &n
		return err
	})
	return func(ctx context.Context, s *session, args []string) error {
		var made admin.Rotated
		if err := s.client.do(ctx, http.MethodPost, credentialPath(args)+"/rotate", in, &made); err != nil {
			return err
		}
		return s.show(made, func(w io.Writer) {
			present(w, made.New)
			row(w, "The old one, "+string(made.Old.Key)+", expires "+moment(made.Old.Expires)+".")
		})
	}
}

func revokeCredential(ctx context.Context, s *session, args []string) error {
	var out admin.Revoked
	if err := s.client.do(ctx, http.MethodDelete, credentialPath(args), nil, &out); err != nil {
		return err
	}
	return s.show(out, func(w io.Writer) {
		note := "It works no more."
		if out.WorksForSeconds > 0 {
			note = fmt.Sprintf("Where it was used just now it may work for up to %d seconds more.", out.WorksForSeconds)
		}
		row(w, "revoked "+string(out.Key)+". "+note)
	})
}
