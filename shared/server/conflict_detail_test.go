package server_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"scimserver/shared/directory"
	"scimserver/shared/scim"
	"scimserver/shared/server"
)

const (
	annID   = "2819c223-7f76-453a-919d-413861904646"
	bobID   = "c75ad752-64ae-4823-840d-ffa80929976c"
	staffID = "e9e30dba-f08f-4109-8486-d5c6a331660a"
)

func lostTo(holder directory.Kind, id scim.ID, attribute, value, reference string) server.Loss {
	taken := directory.TakenValue{Attribute: attribute, Value: value, Holder: holder, ID: id}
	return server.Loss{TakenValue: taken, Reference: reference}
}

func lostOutside(attribute, value, reference string) server.Loss {
	return lostTo("", "", attribute, value, reference)
}

// Sentences of several texts. "support" stands for the contact.
const (
	assignOrAsk = "Assign another value at the identity provider, or ask support to free it"
	orConnect   = " or to connect an existing account"
	quoting     = ", quoting conflict mfz3k2qkx7ab. "
	samePerson  = "If it is the same person, let the identity provider match and update that user. " +
		"If not, assign another value, or, if that user is deactivated, ask support to free it. "
	userAgain  = "Then provision the user again."
	groupAgain = "Then provision the group again."
)

// outside is the sentence about values that are in use outside of the provider's users.
func outside(values string) string {
	return values + " in use outside your identity provider's users (conflict mfz3k2qkx7ab). "
}

// collisionText is a collision and its expected text.
type collisionText struct {
	name   string
	losses []server.Loss
	change bool // the request changes a resource that exists
	want   string
}

// lostMail is an email that a holder outside of the provider's users has.
func lostMail() server.Loss { return lostOutside("emails.value", "ann@acme.example", "mfz3k2qkx7ab") }

// outsideTexts are the texts about holders outside of the provider's users.
func outsideTexts() []collisionText {
	const email, both = `emails.value "ann@acme.example" is`, ` and emails.value "ann@acme.example" are`
	sameName := lostOutside("userName", "ann@acme.example", "mfz3k2qkx7ab")
	return []collisionText{
		{
			name: "an email", losses: []server.Loss{lostMail()},
			want: outside(email) + assignOrAsk + orConnect + quoting + userAgain,
		},
		{
			name: "an email of a user who exists", losses: []server.Loss{lostMail()}, change: true,
			want: outside(email) + assignOrAsk + quoting + userAgain,
		},
		{
			name: "username and email, one conflict", losses: []server.Loss{sameName, lostMail()},
			want: outside(`userName "ann@acme.example"`+both) + assignOrAsk + orConnect + quoting + userAgain,
		},
		{
			name:   "username and email, two conflicts",
			losses: []server.Loss{lostOutside("userName", "ann", "abcdefgh2345"), lostMail()},
			want:   outside(`userName "ann"`+both) + assignOrAsk + orConnect + quoting + userAgain,
		},
		{
			name: "no record of the conflict", losses: []server.Loss{lostOutside("userName", "ann", "")},
			want: `userName "ann" is in use outside your identity provider's users. ` +
				assignOrAsk + ", quoting this message. " + userAgain,
		},
		{
			name: "a long value", losses: []server.Loss{lostOutside("userName", strings.Repeat("é", 300), "")},
			want: `userName "` + strings.Repeat("é", 200) + `…" is in use outside your identity provider's users. ` +
				assignOrAsk + ", quoting this message. " + userAgain,
		},
	}
}

// userTexts are the texts about users of the provider.
func userTexts() []collisionText {
	lostName := lostTo("User", annID, "userName", "ann", "")
	return []collisionText{
		{
			name: "another user", losses: []server.Loss{
				lostTo("User", annID, "emails.value", "ann@acme.example", "mfz3k2qkx7ab"),
			},
			want: `emails.value "ann@acme.example" is in use by User ` + annID +
				` of your identity provider (conflict mfz3k2qkx7ab). ` + samePerson + userAgain,
		},
		{
			name: "users within and outside", losses: []server.Loss{
				lostName, lostMail(), lostTo("User", bobID, "emails.value", "ann@h.example", ""),
			},
			want: `userName "ann" is in use by User ` + annID + ` of your identity provider. ` + samePerson +
				outside(`emails.value "ann@acme.example" is`) + assignOrAsk + orConnect + quoting +
				`emails.value "ann@h.example" is in use by User ` + bobID + ` of your identity provider. ` + userAgain,
		},
	}
}

// groupTexts are the texts about groups and teams.
func groupTexts() []collisionText {
	const team = `displayName "Staff" is in use by Team ` + staffID +
		`, which is managed in the application (conflict kq2xw7mabcde). ` +
		`Rename the group at the identity provider, or ask support to rename the team`
	lostToTeam := []server.Loss{lostTo("Team", staffID, "displayName", "Staff", "kq2xw7mabcde")}
	return []collisionText{
		{
			name: "another group", losses: []server.Loss{lostTo("Group", staffID, "displayName", "Staff", "")},
			want: `displayName "Staff" is in use by Group ` + staffID + ` of your identity provider. ` +
				`Let the identity provider match and update that group, or rename one of the two. ` + groupAgain,
		},
		{
			name: "a team", losses: lostToTeam,
			want: team + ` or to connect it with the group, quoting conflict kq2xw7mabcde. ` + groupAgain,
		},
		{
			name: "a team, for a group that exists", losses: lostToTeam, change: true,
			want: team + `, quoting conflict kq2xw7mabcde. ` + groupAgain,
		},
	}
}

func checkText(t *testing.T, c server.Collision, want string) {
	t.Helper()
	for _, support := range []string{"the support of this service", "help@acme.example (+49 30 1234)"} {
		c.Support = support
		want := strings.ReplaceAll(want, "ask support", "ask "+support)
		if got := c.Detail(); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}

// TestTextsOfCollisions: what administrators read when their provider shows a 409.
func TestTextsOfCollisions(t *testing.T) { // P-3.12-5
	for _, tt := range slices.Concat(outsideTexts(), userTexts(), groupTexts()) {
		t.Run(tt.name, func(t *testing.T) {
			checkText(t, server.Collision{Values: tt.losses, Changes: tt.change}, tt.want)
		})
	}
	t.Run("a deactivated user", func(t *testing.T) {
		c := server.Collision{Deactivated: annID, Values: []server.Loss{
			lostTo("User", annID, "userName", "ann", ""),
			lostTo("User", annID, "emails.value", "ann@acme.example", ""),
		}}
		checkText(t, c, `userName "ann" and emails.value "ann@acme.example" are in use by User `+annID+
			`, which is deactivated. If it is the same person, activate that user instead of creating another: `+
			`set active to true by PATCH or PUT of /Users/`+annID+
			`; or ask support to let provisioning activate users. `+
			`If it is another person, assign another value. `+userAgain)
	})
}

// TestTextsOfManyCollisions: the text has at most 700 characters, for any number of values and holders.
func TestTextsOfManyCollisions(t *testing.T) {
	t.Parallel()
	for _, width := range []int{5, 50, 500} {
		for n := range 41 {
			c := server.Collision{Deactivated: annID, Support: strings.Repeat("s", 100)}
			for i := range n + 1 {
				value := fmt.Sprint(i) + strings.Repeat("ü", width)
				c.Values = append(c.Values, []server.Loss{
					lostTo("User", annID, "userName", value, "mfz3k2qkx7ab"),
					lostOutside("emails.value", value, fmt.Sprintf("mfz3k2qkx7%02d", i)),
					lostTo("User", scim.ID(fmt.Sprintf("%036d", i)), "emails.value", value, "abcdefgh2345"),
				}[min(i, i%2+1)])
			}
			text := c.Detail()
			whole := strings.Contains(text, `userName "0`) && strings.Contains(text, "Then provision")
			if length := utf8.RuneCountInString(text); length > 700 || !whole {
				t.Errorf("%d values of %d: %d characters: %s", n+1, width, length, text)
			}
			if strings.Contains(text, "More values") != (strings.Count(text, ` "`) < n+1) {
				t.Errorf("%d values of %d, of which some are left out: %s", n+1, width, text)
			}
		}
	}
}
