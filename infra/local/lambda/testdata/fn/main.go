// Command fn is a Lambda function for the tests of package lambda: it does what
// its event says.
package main

import (
	"context"
	"errors"
	"os"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
)

type order struct {
	Do    string
	Sleep time.Duration
}

type answer struct {
	Pid       int
	Remaining time.Duration
	Text      string `json:",omitempty"`
	Started   time.Time
	Ended     time.Time
}

func main() {
	if os.Getenv("BROKEN") != "" {
		os.Exit(3)
	}
	lambda.Start(obey)
}

func obey(ctx context.Context, o order) (answer, error) {
	deadline, _ := ctx.Deadline()
	a := answer{Pid: os.Getpid(), Remaining: time.Until(deadline), Started: time.Now()}
	time.Sleep(o.Sleep)
	switch o.Do {
	case "fail":
		return a, errors.New("refused")
	case "exit":
		os.Exit(7)
	case "huge":
		a.Text = strings.Repeat("x", 7<<20)
	case "log":
		os.Stderr.WriteString("first\nsecond\n")
	}
	a.Ended = time.Now()
	return a, nil
}
