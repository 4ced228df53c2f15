package main

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"time"
)

// user is a row of the mirror.
type user struct {
	ID          string `json:"id"`
	Tenant      string `json:"tenant"`
	UserName    string `json:"userName"`
	Email       string `json:"email"`
	DisplayName string `json:"displayName"`
	ExternalID  string `json:"externalId"`
	Active      bool   `json:"active"`
}

// refusal tells a person why they can't log in.
type refusal string

func (r refusal) Error() string { return string(r) }

const (
	errUnknown     = refusal("There is no account for you. Ask your administrator to assign you to this application.")
	errDeactivated = refusal("Your account is deactivated. Ask your administrator.")
	errAmbiguous   = refusal("Several accounts have this name. Try again in a minute, or ask your administrator.")
)

const sessionLife = 12 * time.Hour

// logIn starts a session and returns its token. The error is a refusal if the person has no
// access.
//
// The name must be authenticated: a real application calls logIn after a sign-on with OpenID
// Connect or SAML, with the subject or the email that the customer's provider has confirmed.
func (s store) logIn(ctx context.Context, name string) (token string, err error) {
	found, err := s.users(ctx, `WHERE user_name = ?1 OR email = ?1 LIMIT 2`, name)
	switch {
	case err != nil:
		return "", err
	case len(found) == 0:
		return "", errUnknown
	case len(found) > 1: // a name has moved to another user, and one of the events has not arrived yet
		return "", errAmbiguous
	case !found[0].Active:
		return "", errDeactivated
	}
	token = rand.Text()
	_, err = s.ExecContext(ctx, `INSERT INTO sessions (token_hash, user_id, expires) VALUES (?, ?, ?)`,
		hash(token), found[0].ID, time.Now().Add(sessionLife).Unix())
	return token, err
}

// logOut ends a session.
func (s store) logOut(ctx context.Context, token string) error {
	_, err := s.ExecContext(ctx, `DELETE FROM sessions WHERE token_hash = ?`, hash(token))
	return err
}

// loggedIn returns the user of a session, or nil. It also checks that the user is active, so that
// access does not depend only on the end of the session.
func (s store) loggedIn(ctx context.Context, token string) (*user, error) {
	found, err := s.users(ctx, `WHERE active AND id =
		(SELECT user_id FROM sessions WHERE token_hash = ? AND expires > ?)`, hash(token), time.Now().Unix())
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return &found[0], nil
}

func hash(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// users reads users. The condition is SQL, and must not come from outside this program.
func (s store) users(ctx context.Context, condition string, args ...any) (all []user, err error) {
	rows, err := s.QueryContext(ctx, `SELECT id, tenant, user_name, email, display_name, external_id, active
		FROM users `+condition, args...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var u user
		err := rows.Scan(&u.ID, &u.Tenant, &u.UserName, &u.Email, &u.DisplayName, &u.ExternalID, &u.Active)
		if err != nil {
			return nil, err
		}
		all = append(all, u)
	}
	return all, rows.Err()
}
