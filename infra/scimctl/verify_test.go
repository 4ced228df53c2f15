package main_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"

	"scimserver/shared/directory/verify"
	"scimserver/shared/table"
	"scimserver/shared/testkit/command"
)

// onTable returns the bench with the environment of an operator who may read and write the table.
func (b *bench) onTable() *bench {
	own := *b
	own.env = append(os.Environ(),
		"TABLE_NAME="+b.stack.TableName(), "AWS_ENDPOINT_URL_DYNAMODB="+b.stack.EngineEndpoint(),
		"AWS_ACCESS_KEY_ID=local", "AWS_SECRET_ACCESS_KEY=local", "AWS_REGION="+b.stack.Region())
	return &own
}

// verified runs verify with -json and expects an exit status.
func (b *bench) verified(code int, args ...string) verify.Report {
	b.Helper()
	r := b.exec("", append([]string{"verify", "-json"}, args...)...)
	var report verify.Report
	if err := json.Unmarshal([]byte(r.out), &report); err != nil || r.code != code {
		b.Fatalf("verify %v: %v, %+v; want status %d", args, err, r, code)
	}
	return report
}

// plant writes damage to the table.
func (b *bench) plant(writes ...table.Write) {
	b.Helper()
	db, err := table.Open(table.Options{Name: b.stack.TableName(), Endpoint: b.stack.EngineEndpoint()})
	if err != nil {
		b.Fatal(err)
	}
	for _, w := range writes {
		if err := db.Write(b.Context(), func(table.Stamp) table.Write { return w }); err != nil {
			b.Fatal(err)
		}
	}
}

// verification checks the table of the other tests, damages it, and repairs the damage.
func verification(b *bench) {
	b.run("tenant create whole")
	token := b.json("credential create whole")["secret"].(string)
	id := b.newUser(201, token, "ann@whole.example", "ann@whole.example")
	op := b.onTable()
	r := op.exec("", "verify", "-table", b.stack.TableName())
	if r.code != 0 || !strings.Contains(r.out, "nothing is wrong") || !strings.Contains(r.err, "read units ($") {
		b.Fatalf("a consistent table: %+v", r)
	}
	op.sub("during writes", func(op *bench) { verifyTraffic(op, token) })
	op.sub("damage", func(op *bench) { verifyDamage(op, id) })
	op.sub("command line", verifyCommandLine)
}

// verifyTraffic checks the table several times while users are created and deleted.
func verifyTraffic(op *bench, token string) {
	var stop atomic.Bool
	done := make(chan int)
	go func() {
		n := 0
		for ; !stop.Load(); n++ {
			_, user := op.scim("POST", "/Users", token, fmt.Sprintf(
				`{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"u%d@whole.example"}`, n))
			op.scim("DELETE", fmt.Sprint("/Users/", user["id"]), token, "")
		}
		done <- n
	}()
	for range 3 {
		if report := op.verified(0, "-repair", "-yes"); report.Number != 0 {
			op.Errorf("findings during writes: %+v", report.Findings)
		}
	}
	stop.Store(true)
	if n := <-done; n == 0 {
		op.Error("no request was sent during the checks")
	}
}

// verifyDamage: -repair shows the repairs, and -yes carries them out.
func verifyDamage(op *bench, id string) {
	const in = "T#whole#"
	half := table.Key{PK: in + "MEMBEROF#" + id[:1], SK: id + "#none"}
	op.plant(
		table.Put(table.Key{PK: in + "LOOKUP#USER#externalId#gone", SK: id}, nil),
		table.Update(table.Key{PK: in + "COUNT#USER", SK: "07"}, nil).Adding("n", 3),
		table.Put(half, table.Item{"kind": "U", "of": "GROUP"}),
		table.Put(table.Key{PK: "CLAIM#SYSTEM#USERNAME#ann@whole.example", SK: "CLAIM"},
			table.Item{"owner": "other", "kind": "user", "tenant": "whole"}),
	)
	r := op.exec("", "verify")
	if r.code != 3 || !strings.Contains(r.err, "5 findings; 4 can be repaired: -repair shows how") {
		op.Errorf("damaged: %+v", r)
	}
	r = op.exec("", "verify", "-repair")
	for _, words := range []string{
		"wrong counter: tenant whole: the counter of users is 4 instead of 1",
		"the repair would add -3 to the counter",
		"foreign claim: tenant whole: the claim on the userName of user " + id + " is held by user other",
		"what to do: two resources have the same value", "group none does not exist",
	} {
		if r.code != 3 || !strings.Contains(r.out, words) {
			op.Errorf("%q is not in %+v", words, r)
		}
	}
	// The foreign claim is repaired in the same run if the orphaned claim is removed before, and
	// otherwise in the next run.
	if r := op.exec("", "verify", "-repair", "-yes"); !strings.Contains(r.out, "repaired: add -3 to the counter") {
		op.Errorf("the first repair: %+v", r)
	}
	if rest := op.verified(0, "-repair", "-yes"); rest.Number > 1 || rest.Repaired != rest.Number {
		op.Errorf("the second repair: %+v", rest)
	}
	if report := op.verified(0); report.Number != 0 {
		op.Errorf("after the repairs: %+v", report)
	}
}

func verifyCommandLine(op *bench) {
	op.fails(2, "-yes needs -repair", "verify -yes")
	op.fails(2, "must not be negative", "verify -rate -1")
	op.fails(1, `there is no table "nothing"`, "verify -table nothing")
	folder := filepath.Join(op.TempDir(), "position")
	if report := op.verified(0, "-resume", folder, "-rate", "100000", "-limit", "0"); report.Items == 0 {
		op.Errorf("%+v", report)
	}
	if left, err := os.ReadDir(folder); err != nil || len(left) != 0 {
		op.Errorf("a complete check leaves %v, %v", left, err)
	}
	nowhere := *op
	nowhere.env = []string{"TABLE_NAME=", "AWS_REGION=", "AWS_DEFAULT_REGION=", "HOME=" + op.TempDir()}
	nowhere.fails(2, "-table is missing", "verify")
	nowhere.fails(1, "set AWS_REGION", "verify -table T")
}

// verifyLocal: for a local stack, verify needs only its env file.
func verifyLocal(b *bench) {
	file := filepath.Join(b.TempDir(), "env")
	lines := append(b.env[len(b.env)-4:], "TABLE_NAME="+b.stack.TableName(),
		"AWS_ENDPOINT_URL_DYNAMODB="+b.stack.EngineEndpoint())
	if err := os.WriteFile(file, []byte(strings.Join(lines, "\n")), 0o600); err != nil {
		b.Fatal(err)
	}
	r := b.exec("", "verify", "-env-file", file)
	if r.code != 0 || !strings.Contains(r.out, "nothing is wrong") {
		b.Errorf("%+v", r)
	}
	b.hinted(file)
}

// hinted: the commands that are printed have the env file, and the table that was named.
func (b *bench) hinted(file string) {
	b.Helper()
	with := "scimctl -env-file " + file
	if r := b.exec("", "tenant", "create", "hinted", "-env-file", file); !strings.Contains(r.err, "next: "+with) {
		b.Errorf("what to do next: %+v", r)
	}
	b.prints("tenant health hinted -env-file "+file, "-> "+with+" credential create hinted, and")
	inClone := command.Limited(b.Context(), limit, b.program, "tenant", "health", "hinted")
	inClone.Dir, inClone.Env = filepath.Join("..", ".."), b.env
	out, err := inClone.Output()
	if !strings.Contains(string(out), "-> go run ./infra/scimctl credential create hinted") {
		b.Errorf("in a clone: %v, %s", err, out)
	}
	counter := table.Key{PK: "T#hinted#COUNT#USER", SK: "07"}
	b.plant(table.Update(counter, nil).Adding("n", 1))
	r := b.exec("", "verify", "-env-file", file, "-table", b.stack.TableName())
	if want := with + " verify -repair -table " + b.stack.TableName(); r.code != 3 || !strings.Contains(r.out, want) {
		b.Errorf("%q is not in %+v", want, r)
	}
	b.plant(table.Update(counter, nil).Adding("n", -1))
}
