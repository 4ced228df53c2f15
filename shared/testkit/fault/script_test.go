package fault_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go"

	"scimserver/shared/testkit/fault"
)

func scripted(t *testing.T, attempts int, rules ...fault.Rule) bench {
	t.Helper()
	return newBench(t, fault.Script(http.DefaultTransport, rules...), attempts)
}

func TestRefusalsAreTheServicesOwnAndWriteNothing(t *testing.T) {
	for code, f := range map[string]fault.Fault{
		"ThrottlingException":                    fault.Throttled,
		"ProvisionedThroughputExceededException": fault.ThroughputExceeded,
		"InternalServerError":                    fault.InternalError,
	} {
		b := scripted(t, 1, fault.Rule{Operation: "PutItem", Calls: fault.Nth(1), Fault: f})
		err := b.put(t.Context(), "a")
		var api smithy.APIError
		if !errors.As(err, &api) || api.ErrorCode() != code {
			t.Errorf("err = %v, want %s", err, code)
		}
		if b.exists(t, "a") {
			t.Errorf("%s was answered for a write that took place", code)
		}
		if err := b.put(t.Context(), "a"); err != nil {
			t.Errorf("the second call failed too: %v", err)
		}
	}
}

func TestCancelledPadsWithNone(t *testing.T) {
	b := scripted(t, 1, fault.Rule{Operation: "TransactWriteItems", Fault: fault.Cancelled("None", "ThrottlingError")})
	err := b.increment(t.Context(), nil, "a", "b", "c")
	if got, want := reasons(err), []string{"None", "ThrottlingError", "None"}; !slices.Equal(got, want) {
		t.Errorf("reasons = %v (%v), want %v", got, err, want)
	}
	if b.count(t, "a") != 0 {
		t.Error("a cancelled transaction wrote something")
	}
}

func TestLostResponseComesAfterTheWrite(t *testing.T) {
	b := scripted(t, 1, fault.Rule{Operation: "TransactWriteItems", Fault: fault.LostResponse})
	if err := b.increment(t.Context(), nil, "a"); !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("err = %v, want a connection reset", err)
	}
	if n := b.count(t, "a"); n != 1 {
		t.Errorf("count = %d, want 1", n)
	}
}

// The SDK sends the transaction again under the same token, and it counts once.
func TestLostResponseIsRetriedUnderTheSameToken(t *testing.T) {
	b := scripted(t, 3, fault.Rule{Operation: "TransactWriteItems", Calls: fault.First(2), Fault: fault.LostResponse})
	if err := b.increment(t.Context(), nil, "a"); err != nil {
		t.Fatal(err)
	}
	if n := b.count(t, "a"); n != 1 {
		t.Errorf("count = %d, want 1", n)
	}
}

// A plain conditional write has no token: the SDK's retry fails because of the item that the first attempt wrote.
func TestLostResponseOfAPlainWriteMeetsItself(t *testing.T) {
	b := scripted(t, 2, fault.Rule{Operation: "PutItem", Calls: fault.Nth(1), Fault: fault.LostResponse})
	var lost *types.ConditionalCheckFailedException
	if err := b.put(t.Context(), "a"); !errors.As(err, &lost) {
		t.Errorf("err = %v, want a failed condition", err)
	}
}

func TestRefusedConnectionNeverReachesTheEngine(t *testing.T) {
	b := scripted(t, 1, fault.Rule{Fault: fault.Refused})
	if err := b.put(t.Context(), "a"); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("err = %v, want a refused connection", err)
	}
	if b.exists(t, "a") {
		t.Error("the write took place")
	}
}

func TestDelayEndsWithTheCallersDeadline(t *testing.T) {
	b := scripted(t, 1, fault.Rule{Fault: fault.Delayed(time.Hour)})
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := b.put(ctx, "a"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("err = %v, want a deadline", err)
	}
	if b.exists(t, "a") {
		t.Error("the write took place")
	}
}

func TestRulesPickTheirOperationOnly(t *testing.T) {
	b := scripted(t, 1, fault.Rule{Operation: "PutItem", Fault: fault.Throttled})
	in := &dynamodb.GetItemInput{TableName: aws.String(b.table), Key: key("a")}
	if _, err := b.db.GetItem(t.Context(), in); err != nil {
		t.Errorf("a rule for PutItem met GetItem: %v", err)
	}
}

func TestRandomlyRepeatsForItsSeed(t *testing.T) {
	first, again, other := fault.Randomly(1, 0.3), fault.Randomly(1, 0.3), fault.Randomly(2, 0.3)
	picked, differ := 0, 0
	for n := range 1000 {
		if first(n) != again(n) {
			t.Fatalf("call %d differs between two runs of one seed", n)
		}
		if first(n) {
			picked++
		}
		if first(n) != other(n) {
			differ++
		}
	}
	if picked < 200 || picked > 400 || differ == 0 {
		t.Errorf("picked %d of 1000 at rate 0.3; %d differ for another seed", picked, differ)
	}
}

// The sender is told of a broken connection before the call arrives, and the call
// arrives although its sender has given up.
func TestLateArrivesWhenToldTo(t *testing.T) {
	late, told := &fault.Late{}, false
	b := scripted(t, 1,
		fault.Rule{
			Operation: "TransactWriteItems", Calls: fault.Nth(1), Fault: fault.Then(late.Fault, func() { told = true }),
		})
	ctx, giveUp := context.WithCancel(t.Context())
	if err := b.increment(ctx, nil, "a"); !errors.Is(err, syscall.ECONNRESET) || !told {
		t.Errorf("err = %v, want a connection reset; told %t", err, told)
	}
	giveUp()
	if n := b.count(t, "a"); n != 0 {
		t.Errorf("count = %d before the arrival", n)
	}
	for _, want := range []int{1, 0} {
		if n, err := late.Arrive(); n != want || err != nil {
			t.Errorf("%d arrived, %v; want %d", n, err, want)
		}
	}
	if n := b.count(t, "a"); n != 1 {
		t.Errorf("count = %d after the arrival, want 1", n)
	}
}
