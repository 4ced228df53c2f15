// Command fn is a Lambda function for the tests of package eventsource. It notes
// each event in the file CALLS, and does what the records say: an item whose
// attribute "do" is "fail" fails the batch, "report" is reported, "exit" ends the process.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"os"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
)

func main() { lambda.Start(obey) }

func obey(_ context.Context, event json.RawMessage) (events.DynamoDBEventResponse, error) {
	var answer events.DynamoDBEventResponse
	if err := note(event); err != nil {
		return answer, err
	}
	var batch events.DynamoDBEvent
	if err := json.Unmarshal(event, &batch); err != nil {
		return answer, err
	}
	for _, r := range batch.Records {
		do, ok := r.Change.NewImage["do"]
		if !ok {
			continue
		}
		switch do.String() {
		case "fail":
			return answer, errors.New("told to fail")
		case "exit":
			os.Exit(7)
		case "report":
			answer.BatchItemFailures = append(answer.BatchItemFailures, events.DynamoDBBatchItemFailure{ItemIdentifier: r.Change.SequenceNumber})
		case "report_another":
			answer.BatchItemFailures = append(answer.BatchItemFailures, events.DynamoDBBatchItemFailure{ItemIdentifier: "no such"})
		}
	}
	return answer, nil
}

func note(event []byte) error {
	f, err := os.OpenFile(os.Getenv("CALLS"), os.O_APPEND|os.O_WRONLY|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(append(event, '\n'))
	return errors.Join(err, f.Close())
}
