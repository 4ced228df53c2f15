package testkit_test

import (
	"os"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"scimserver/shared/testkit"
)

func TestMain(m *testing.M) { os.Exit(testkit.Run(m)) }

// TestTableIsAsDeclared reads back from the engine the properties that the rest of the project relies
// on.
func TestTableIsAsDeclared(t *testing.T) {
	name := testkit.Table(t)
	out, err := testkit.Client(t).DescribeTable(t.Context(), &dynamodb.DescribeTableInput{TableName: &name})
	if err != nil {
		t.Fatal(err)
	}
	keys := out.Table.KeySchema
	if len(keys) != 2 || *keys[0].AttributeName != "PK" || *keys[1].AttributeName != "SK" {
		t.Errorf("keys = %+v, want PK and SK", keys)
	}
	if s := out.Table.StreamSpecification; s != nil {
		t.Errorf("stream = %+v, want none", s)
	}
	if b := out.Table.BillingModeSummary; b == nil || b.BillingMode != types.BillingModePayPerRequest {
		t.Errorf("billing = %+v, want on demand", b)
	}
}

// TestTimeToLiveIsOff: what has expired stays in the tables of tests.
func TestTimeToLiveIsOff(t *testing.T) {
	name := testkit.Table(t)
	out, err := testkit.Client(t).DescribeTimeToLive(t.Context(), &dynamodb.DescribeTimeToLiveInput{TableName: &name})
	if err != nil {
		t.Fatal(err)
	}
	if status := out.TimeToLiveDescription.TimeToLiveStatus; status != types.TimeToLiveStatusDisabled {
		t.Errorf("time to live = %s, want disabled", status)
	}
}

func TestTableIsDroppedAtCleanup(t *testing.T) {
	var name string
	t.Run("uses a table", func(t *testing.T) { name = testkit.Table(t) })
	out, err := testkit.Client(t).ListTables(t.Context(), &dynamodb.ListTablesInput{})
	if err != nil {
		t.Fatal(err)
	}
	for _, table := range out.TableNames {
		if table == name {
			t.Errorf("%s is still there", name)
		}
	}
}
