package changes

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

// provisioning is a stream record of a user whose item has the log stamp of a request, and
// had another log stamp before; "" means no stamp. number is the sequence number.
func provisioning(number int, sk, log, before string) string {
	image := func(name, log string) string {
		if log == "" {
			return ""
		}
		return fmt.Sprintf(`%q:{"PK":{"S":"T#acme#USER"},"SK":{"S":%q},"doc":{"S":"{\"userName\":\"ann\"}"},`+
			`"log":{"S":%q}},`, name, sk, log)
	}
	return fmt.Sprintf(`{"eventName":"MODIFY","dynamodb":{"Keys":{"PK":{"S":"T#acme#USER"},"SK":{"S":%q}},`+
		`%s%s"SequenceNumber":"%d"}}`,
		sk, image("NewImage", log), image("OldImage", before), number)
}

const made, patched = `{"t":1,"r":"r1","o":"create","s":201}`, `{"t":2,"r":"r2","o":"patch","s":200}`

func TestProvisioningIsLogged(t *testing.T) {
	f := &finisher{}
	answer, log, err := call(t, f, stream(
		provisioning(1, "u1", made, ""), record(2, "g1", "pending"), provisioning(3, "u1", patched, made),
		provisioning(4, "u1", patched, patched), provisioning(5, "u1", "", patched)), time.Minute)
	if err != nil || answer != `{"batchItemFailures":[]}` || len(f.logged) != 2 || len(f.noticed) != 1 {
		t.Fatalf("%s, %v, logged %+v, noticed %v", answer, err, f.logged, f.noticed)
	}
	p := f.logged[1]
	if p.Tenant != "acme" || p.Kind != "User" || p.ID != "u1" || p.New.Get("userName").Text() != "ann" ||
		p.Old.Get("userName").Text() != "ann" || p.Deleted || len(f.settled) != 2 {
		t.Errorf("%+v", p)
	}
	if strings.Contains(log, "u1") || strings.Contains(log, "ann") ||
		!strings.Contains(log, `"records":5,"provisioned":2,"events":5,"pushed":0,"failed":0`) {
		t.Errorf("log %s", log)
	}
}

func TestOfAChangeWithoutOldImageNoAttributeIsKnown(t *testing.T) {
	f := &finisher{}
	if _, _, err := call(t, f, stream(provisioning(1, "u1", patched, "")), time.Minute); err != nil ||
		len(f.logged) != 1 {
		t.Fatalf("%v, logged %+v", err, f.logged)
	}
	if p := f.logged[0]; !p.Old.Equal(p.New) || p.Old.IsEmpty() {
		t.Errorf("%+v", p)
	}
}

func TestWhatCannotBeLoggedComesAgain(t *testing.T) {
	f := &finisher{unable: errors.New("broken"), fails: map[string]error{"g1": errors.New("later")}}
	answer, log, err := call(t, f, stream(
		record(1, "g0", ""), provisioning(2, "u1", made, ""), record(3, "g1", "pending"),
		provisioning(4, "u1", patched, made)), time.Minute)
	if err != nil || answer != `{"batchItemFailures":[{"itemIdentifier":"2"}]}` || len(f.noticed) != 1 {
		t.Errorf("%s, %v, noticed %v", answer, err, f.noticed)
	}
	if !strings.Contains(log, `"failed":3`) || !strings.Contains(log, `"error":"broken"`) {
		t.Errorf("log %s", log)
	}
}

func TestADamagedRecordKeepsNoOtherBack(t *testing.T) {
	keyless := strings.Replace(provisioning(7, "u3", made, ""), `"Keys":{"PK":{"S":"T#acme#USER"}`,
		`"Keys":{"PK":{"N":"1"}`, 1)
	for name, bad := range map[string]string{"no JSON": provisioning(7, "u2", "{", ""), "no keys": keyless} {
		f := &finisher{}
		answer, _, err := call(t, f, stream(record(6, "g0", ""), bad, provisioning(8, "u1", made, "")), time.Minute)
		if err != nil || answer != `{"batchItemFailures":[{"itemIdentifier":"7"}]}` ||
			len(f.logged) != 1 || f.logged[0].ID != "u1" {
			t.Errorf("%s: %s, %v, logged %+v", name, answer, err, f.logged)
		}
	}
}
