package server_test

import (
	"fmt"
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
	return server.Loss{TakenValue: directory.TakenValue{Attribute: attribute, Value: value, Holder: holder, ID: id}, Reference: reference}
}

func lostOutside(attribute, value, reference string) server.Loss {
	return lostTo("", "", attribute, value, reference)
}

// What administrators read when their provider shows a 409.
func TestTextsOfCollisions(t *testing.T) { // P-3.12-5
	mail := lostOutside("emails.value", "ann@acme.example", "mfz3k2qkx7ab")
	for _, tt := range []struct {
		name string
		in   server.Collision
		want string
	}{
		{"an email, outside", server.Collision{Values: []server.Loss{mail}},
			`emails.value "ann@acme.example" is in use outside your identity provider's users (conflict mfz3k2qkx7ab). ` +
				`Assign another value at the identity provider, or ask the support of this service to free it or to connect an existing account, quoting conflict mfz3k2qkx7ab. ` +
				`Then provision the user again.`},
		{"nothing was recorded", server.Collision{Values: []server.Loss{lostOutside("userName", "ann", "")}},
			`userName "ann" is in use outside your identity provider's users. ` +
				`Assign another value at the identity provider, or ask the support of this service to free it, quoting this message. ` +
				`Then provision the user again.`},
		{"username and email, one conflict", server.Collision{Values: []server.Loss{lostOutside("userName", "ann@acme.example", "mfz3k2qkx7ab"), mail}},
			`userName "ann@acme.example" and emails.value "ann@acme.example" are in use outside your identity provider's users (conflict mfz3k2qkx7ab). ` +
				`Assign another value at the identity provider, or ask the support of this service to free it or to connect an existing account, quoting conflict mfz3k2qkx7ab. ` +
				`Then provision the user again.`},
		{"username and email, two conflicts", server.Collision{Values: []server.Loss{lostOutside("userName", "ann", "abcdefgh2345"), mail}},
			`userName "ann" and emails.value "ann@acme.example" are in use outside your identity provider's users (conflict mfz3k2qkx7ab). ` +
				`Assign another value at the identity provider, or ask the support of this service to free it or to connect an existing account, quoting conflict mfz3k2qkx7ab. ` +
				`Then provision the user again.`},
		{"an email of a user who exists", server.Collision{Changes: true, Values: []server.Loss{mail}},
			`emails.value "ann@acme.example" is in use outside your identity provider's users (conflict mfz3k2qkx7ab). ` +
				`Assign another value at the identity provider, or ask the support of this service to free it, quoting conflict mfz3k2qkx7ab. ` +
				`Then provision the user again.`},
		{"a group that exists, and a team", server.Collision{Changes: true, Values: []server.Loss{lostTo("Team", staffID, "displayName", "Staff", "kq2xw7mabcde")}},
			`displayName "Staff" is in use by Team ` + staffID + `, which is managed in the application (conflict kq2xw7mabcde). ` +
				`Rename the group at the identity provider, or ask the support of this service to rename the team, quoting conflict kq2xw7mabcde. ` +
				`Then provision the group again.`},
		{"another user of the provider", server.Collision{Values: []server.Loss{lostTo("User", annID, "emails.value", "ann@acme.example", "mfz3k2qkx7ab")}},
			`emails.value "ann@acme.example" is in use by User ` + annID + ` of your identity provider (conflict mfz3k2qkx7ab). ` +
				`If it is the same person, let the identity provider match and update that user. ` +
				`If not, assign another value, or, if that user is deactivated, ask the support of this service to free it. ` +
				`Then provision the user again.`},
		{"users within and outside", server.Collision{Values: []server.Loss{lostTo("User", annID, "userName", "ann", ""), mail, lostTo("User", bobID, "emails.value", "ann@h.example", "")}},
			`userName "ann" is in use by User ` + annID + ` of your identity provider. ` +
				`If it is the same person, let the identity provider match and update that user. ` +
				`If not, assign another value, or, if that user is deactivated, ask the support of this service to free it. ` +
				`emails.value "ann@acme.example" is in use outside your identity provider's users (conflict mfz3k2qkx7ab). ` +
				`Assign another value at the identity provider, or ask the support of this service to free it or to connect an existing account, quoting conflict mfz3k2qkx7ab. ` +
				`emails.value "ann@h.example" is in use by User ` + bobID + ` of your identity provider. ` +
				`Then provision the user again.`},
		{"a deactivated user", server.Collision{Deactivated: annID, Values: []server.Loss{lostTo("User", annID, "userName", "ann", ""), lostTo("User", annID, "emails.value", "ann@acme.example", "")}},
			`userName "ann" and emails.value "ann@acme.example" are in use by User ` + annID + `, which is deactivated. ` +
				`If it is the same person, activate that user instead of creating another: set active to true by PATCH or PUT of /Users/` + annID +
				`; or ask the support of this service to let provisioning activate users. If it is another person, assign another value. ` +
				`Then provision the user again.`},
		{"another group of the provider", server.Collision{Values: []server.Loss{lostTo("Group", staffID, "displayName", "Staff", "")}},
			`displayName "Staff" is in use by Group ` + staffID + ` of your identity provider. ` +
				`Let the identity provider match and update that group, or rename one of the two. ` +
				`Then provision the group again.`},
		{"a team", server.Collision{Values: []server.Loss{lostTo("Team", staffID, "displayName", "Staff", "kq2xw7mabcde")}},
			`displayName "Staff" is in use by Team ` + staffID + `, which is managed in the application (conflict kq2xw7mabcde). ` +
				`Rename the group at the identity provider, or ask the support of this service to rename the team or to connect it with the group, quoting conflict kq2xw7mabcde. ` +
				`Then provision the group again.`},
		{"a long value", server.Collision{Values: []server.Loss{lostOutside("userName", strings.Repeat("é", 300), "")}},
			`userName "` + strings.Repeat("é", 200) + `…" is in use outside your identity provider's users. ` +
				`Assign another value at the identity provider, or ask the support of this service to free it, quoting this message. ` +
				`Then provision the user again.`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for _, support := range []string{"the support of this service", "help@acme.example (+49 30 1234)"} {
				tt.in.Support = support
				want := strings.ReplaceAll(tt.want, "the support of this service", support)
				if got := tt.in.Detail(); got != want {
					t.Errorf("got  %s\nwant %s", got, want)
				}
			}
		})
	}
}

// However many values are lost, to however many, the text can be read in a log.
func TestTextsOfManyCollisions(t *testing.T) {
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
			if length := utf8.RuneCountInString(text); length > 700 || !strings.Contains(text, `userName "0`) || !strings.Contains(text, "Then provision") {
				t.Errorf("%d values of %d: %d characters: %s", n+1, width, length, text)
			}
			if strings.Contains(text, "More values") != (strings.Count(text, ` "`) < n+1) {
				t.Errorf("%d values of %d, of which some are left out: %s", n+1, width, text)
			}
		}
	}
}
