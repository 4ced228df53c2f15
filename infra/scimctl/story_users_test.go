package main_test

import "strings"

// failureFound: what a provider shows as failed is found in the log and, where somebody
// else holds a value, in the ledger.
func failureFound(s story) {
	ann := s.person("ann")
	s.account("ann" + s.suffix + " -email " + ann.email)
	id := s.conflict(s.idp.provision(ann), `emails.value "`+ann.email+`"`,
		"outside your identity provider's users", "Then provision the user again.")
	bad := s.person("bad")
	bad.userName = ""
	if a := s.idp.create(bad); a.status != 400 || a.text("scimType") != "invalidValue" {
		s.Errorf("%d %v", a.status, a.body)
	}
	s.await("both failures to be in the log", func() bool {
		return len(s.json("log " + s.tenant + " -status failed")["entries"].([]any)) == 2
	})
	s.ctl("log %s -status failed", s.tenant)
	out := s.ctl("log %s -user %s", s.tenant, ann.userName)
	if !strings.Contains(out, "409") || !strings.Contains(out, "uniqueness") {
		s.Errorf("the log of one user: %s", out)
	}
	if out := s.ctl("conflict list %s", s.tenant); !strings.Contains(out, id) || !strings.Contains(out, "open") {
		s.Errorf("the ledger: %s", out)
	}
	s.idp.provision(ann)
	if again := s.json("conflict show " + s.tenant + " " + id); again["attempts"] != 2.0 || again["state"] != "open" {
		s.Errorf("after another attempt: %v", again)
	}
	s.ctl("conflict show %s %s", s.tenant, id)
}

// accountReleased: the account keeps living with another email.
func accountReleased(s story) {
	ann := s.person("ann")
	id := s.conflict(s.idp.provision(ann))
	s.ctl("conflict release %s %s -email ann@home.%s.example", s.tenant, id, s.tenant)
	user := s.succeeds(s.idp.provision(ann), 201)
	s.closes(id)
	account := s.json("account find -username ann" + s.suffix)
	if account["id"] == user || len(account["emails"].([]any)) != 1 {
		s.Errorf("the account is %v, the user %s", account, user)
	}
	s.run("account delete " + account["id"].(string) + " -confirm ann" + s.suffix)
}

// accountConnected: the account becomes the user.
func accountConnected(s story) {
	ben := s.person("ben")
	account := s.account(ben.userName + " -email " + ben.email)
	id := s.conflict(s.idp.provision(ben), `userName "`+ben.userName+`" and emails.value`)
	s.refuses("provider asks for the holder's userName", "conflict release %s %s", s.tenant, id)
	s.ctl("conflict connect %s %s", s.tenant, id)
	if got := s.state(id); got != "approved" {
		s.Errorf("the conflict is %s", got)
	}
	if user := s.succeeds(s.idp.provision(ben), 201); user != account {
		s.Errorf("the user is %s, the account was %s", user, account)
	}
	s.closes(id)
	s.ctl("conflict show %s %s", s.tenant, id)
	s.refuses("no account", "account find -email %s", ben.email)
	s.succeeds(s.idp.provision(ben), 200)
}

// accountDeleted: the account goes, with what it holds.
func accountDeleted(s story) {
	cat := s.person("cat")
	account := s.account("cat" + s.suffix + " -email " + cat.email)
	id := s.conflict(s.idp.provision(cat))
	s.ctl("conflict delete %s %s -confirm %s", s.tenant, id, account)
	if user := s.succeeds(s.idp.provision(cat), 201); user == account {
		s.Error("the user is the account that was deleted")
	}
	s.closes(id)
}

// accountConnectedAutomatically: nobody is asked where the operator and the application know enough.
func accountConnectedAutomatically(s story) {
	eve, fay := s.person("eve"), s.person("fay")
	s.ctl("tenant update %s -connect automatic -domains %[1]s.example", s.tenant)
	known := s.account(eve.userName + " -verified-email " + eve.email)
	s.account(fay.userName + " -email " + fay.email)
	if user := s.succeeds(s.idp.provision(eve), 201); user != known {
		s.Errorf("the user is %s, the account was %s", user, known)
	}
	id := s.conflict(s.idp.provision(fay)) // her email is not verified
	account := s.json("account find -email " + fay.email)["id"].(string)
	s.ctl("account update %s -verify %s", account, fay.email)
	if user := s.succeeds(s.idp.provision(fay), 201); user != account {
		s.Errorf("the user is %s, the account was %s", user, account)
	}
	s.closes(id)
	s.ctl("tenant update %s -connect approval", s.tenant)
}

// emailChanged: a user who exists gets an email that an account holds. Two ids can't merge.
func emailChanged(s story) {
	gus := s.person("gus")
	user := s.succeeds(s.idp.provision(gus), 201)
	gus.email = "augustus@" + s.tenant + ".example"
	s.account("augustus" + s.suffix + " -email " + gus.email)
	id := s.conflict(s.idp.update(user, gus), "Then provision the user again.")
	s.refuses("two ids can't become one", "conflict connect %s %s", s.tenant, id)
	s.ctl("conflict release %s %s", s.tenant, id) // without an email in its place
	s.succeeds(s.idp.update(user, gus), 200)
	s.closes(id)
}

// usernameTaken: only the name is the same, so nobody knows whether the person is.
func usernameTaken(s story) {
	hal := s.person("hal")
	hal.userName = "hal" + s.suffix
	account := s.account(hal.userName + " -email hal@private." + s.tenant + ".test")
	id := s.conflict(s.idp.provision(hal), `userName "`+hal.userName+`"`)
	s.ctl("conflict show %s %s", s.tenant, id)
	s.refuses("does not show that the account belongs to the same person", "conflict connect %s %s", s.tenant, id)
	hal.userName = "hal.doe" + s.suffix
	if user := s.succeeds(s.idp.provision(hal), 201); user == account {
		s.Error("the user is the account")
	}
	s.closes(id)

	moritz := s.person("max")
	moritz.userName = "max" + s.suffix
	s.account(moritz.userName)
	id = s.conflict(s.idp.provision(moritz), `userName "`+moritz.userName+`"`)
	s.ctl("conflict release %s %s -username max.private%s", s.tenant, id, s.suffix)
	s.succeeds(s.idp.provision(moritz), 201)
	s.closes(id)
}

// backAgain: somebody who has left comes back.
func backAgain(s story) {
	ida := s.person("ida")
	user := s.succeeds(s.idp.provision(ida), 201)
	s.succeeds(s.idp.active(user, ida, false), 200)
	if back := s.idp.provision(ida); s.succeeds(back, 200) != user || back.body["active"] != true {
		s.Errorf("found and activated: %v", back.body)
	}
	s.succeeds(s.idp.active(user, ida, false), 200)
	id := s.conflict(s.idp.create(ida), "User "+user+", which is deactivated")
	out := s.ctl("conflict show %s %s", s.tenant, id)
	if !strings.Contains(out, "holds the value, and is deactivated\n") ||
		!strings.Contains(out, "scimctl tenant update "+s.tenant+" -reactivate\n") {
		s.Errorf("the way back is not shown:\n%s", out)
	}
	s.ctl("tenant update %s -reactivate", s.tenant)
	if back := s.idp.create(ida); s.succeeds(back, 201) != user || back.body["active"] != true {
		s.Errorf("activated by a create: %v", back.body)
	}
	s.closes(id)
}

// addressOfALeaver: a new hire gets the address of somebody who has left.
func addressOfALeaver(s story) {
	left := s.person("uma")
	user := s.succeeds(s.idp.provision(left), 201)
	hired := s.person("uma.new")
	hired.email = left.email
	id := s.conflict(s.idp.create(hired), `emails.value "`+left.email+`" is in use by User `+user)
	s.refuses("only a deactivated user can lose it here", "conflict release %s %s", s.tenant, id)
	s.refuses("only a deactivated user can lose it here", "conflict delete %s %s", s.tenant, id)
	s.succeeds(s.idp.active(user, left, false), 200)
	out := s.ctl("conflict show %s %s", s.tenant, id)
	if !strings.Contains(out, "scimctl conflict release "+s.tenant+" "+id+"\n") ||
		!strings.Contains(out, "scimctl conflict delete "+s.tenant+" "+id+"\n") {
		s.Errorf("the ways out are not shown:\n%s", out)
	}
	s.refuses("is not the id of the user", "conflict release %s %s -confirm nobody", s.tenant, id)
	s.ctl("conflict release %s %s -confirm %s", s.tenant, id, user)
	if is := s.succeeds(s.idp.create(hired), 201); is == user {
		s.Error("the new hire has the id of the leaver")
	}
	s.closes(id)
}

// twoHolders: the account of the email waits until the username is another.
func twoHolders(s story) {
	nia := s.person("nia")
	nia.userName = "nia" + s.suffix
	s.account(nia.userName)
	account := s.account("nia-old" + s.suffix + " -email " + nia.email)
	email := s.conflict(s.idp.provision(nia),
		`userName "`+nia.userName+`" and emails.value "`+nia.email+`" are in use outside`)
	name := s.json("conflict show " + s.tenant + " " + email)["seeAlso"].([]any)[0].(string)
	s.ctl("conflict show %s %s", s.tenant, email)
	s.closes(name)
	s.ctl("conflict connect %s %s", s.tenant, email)
	s.conflict(s.idp.provision(nia))
	nia.userName = "nia.doe" + s.suffix
	if user := s.succeeds(s.idp.provision(nia), 201); user != account {
		s.Errorf("the user is %s, the account was %s", user, account)
	}
	s.closes(email)
}
