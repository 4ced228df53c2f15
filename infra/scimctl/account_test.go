package main_test

import (
	"encoding/json"
	"fmt"
	"strings"
)

func accounts(b *bench) {
	made := b.json("account create Ann -verified-email ann@home.example -email ann@work.example -display-name Annie")
	id := made["id"].(string)
	if made["userName"] != "Ann" || made["displayName"] != "Annie" || made["hasPassword"] != false {
		b.Errorf("created %v", made)
	}
	b.shows(id, "emails ann@home.example (primary, verified), ann@work.example password none version 1")
	b.run("account update " + id + " -username anne -remove-email ANN@home.example -add-email ann@new.example " +
		"-verify ann@new.example")
	b.shows(id,
		"userName anne display name Annie emails ann@work.example, ann@new.example (verified) password none version 2")
	b.run("account update " + id + " -unverify Ann@New.example -verify ann@work.example -add-email ann@work.example")
	b.shows(id, "emails ann@work.example (verified), ann@new.example password none version 3")
	b.run("account update " + id + " -remove-email ann@work.example -remove-email ann@new.example")
	b.shows(id, "emails none password none version 4")
	b.run("account update " + id + " -add-email ann@work.example")
	b.fails(1, `has no email "x@y.example"`, "account update "+id+" -remove-email x@y.example")
	b.fails(1, `has no email "x@y.example"`, "account update "+id+" -verify x@y.example")
	b.fails(1, "not an email address", "account update "+id+" -add-email nonsense")
	for _, args := range []string{"account find -username ANNE", "account find -email Ann@Work.example"} {
		if found := b.json(args); found["id"] != id {
			b.Errorf("%s: %v", args, found)
		}
	}
	b.fails(1, "no account has", "account find -email ann@home.example")
	b.fails(2, "either -username or -email", "account find")
	b.fails(2, "either -username or -email", "account find -username a -email a@b.example")
	other := b.json("account create bob")["id"].(string)
	b.fails(1, `userName "BOB" is taken by account `+other, "account update "+id+" -username BOB")
	b.fails(1, "standard input has no password", "account create carl -password-stdin")
	r := b.exec("secret\nmore", "account", "create", "carl", "-password-stdin")
	if r.code != 0 || !strings.Contains(r.out, "stored") {
		b.Errorf("a password: %+v", r)
	}
	carl := b.json("account find -username carl")["id"].(string)
	b.shows(carl, "password stored version 1")
	b.run("account delete " + carl + " -confirm carl")
	b.listed(id, other)
	b.deletes(id, "anne")
	for _, args := range []string{"show %s", "update %s -username x", "delete %s -confirm x"} {
		b.fails(1, `no account "`+id+`": it was deleted, or became a user of a tenant`,
			fmt.Sprintf("account "+args, id))
		b.fails(1, `no account "bob": "bob" is not an id; use account find -username or account find -email`,
			fmt.Sprintf("account "+args, "bob"))
	}
	b.run("account delete " + other + " -confirm bob")
	b.listed()
}

// shows expects words of account show, whatever blanks are between.
func (b *bench) shows(id, words string) {
	b.Helper()
	if out := strings.Join(strings.Fields(b.run("account show "+id)), " "); !strings.Contains(out, words) {
		b.Errorf("%q is not in %q", words, out)
	}
}

// listed expects accounts in both forms of the list.
func (b *bench) listed(ids ...string) {
	b.Helper()
	table := b.run("account list")
	lines := strings.Count(table, "\n")
	if lines != max(len(ids), 1)+1 || (len(ids) == 0) != strings.HasSuffix(table, "\nnone\n") {
		b.Errorf("%d lines:\n%s", lines, table)
	}
	var list struct{ Accounts []struct{ ID string } }
	err := json.Unmarshal([]byte(b.run("account list -json")), &list)
	if err != nil || list.Accounts == nil || len(list.Accounts) != len(ids) {
		b.Errorf("%v, %v; want %v", list, err, ids)
	}
	for _, id := range ids {
		if !strings.Contains(table, id) || !strings.Contains(fmt.Sprint(list), id) {
			b.Errorf("%s is not in both of\n%s%v", id, table, list)
		}
	}
}

func (b *bench) deletes(id, name string) {
	b.Helper()
	r := b.exec("ann\n", "account", "delete", id)
	if r.code != 1 || !strings.Contains(r.err, "account of "+name) || !strings.Contains(r.err, "nothing is changed") {
		b.Errorf("wrong username: %+v", r)
	}
	r = b.exec(name+"\n", "account", "delete", id)
	if r.code != 0 || !strings.Contains(r.out, "account "+name+" ("+id+") is deleted") {
		b.Errorf("deleted: %+v", r)
	}
}
