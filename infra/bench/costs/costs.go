// Package costs counts what a request costs in DynamoDB, at growing sizes of what it works on:
// to add a member to a group, and to read a page by cursor. The requests run in this process
// and on DynamoDB Local. The capacity that this reports for transactions is corrected to what
// DynamoDB charges.
package costs

import (
	"context"
	"net/http"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"scimserver/infra/local/stack"
	"scimserver/shared/directory"
	"scimserver/shared/table"
	"scimserver/shared/testkit/charge"

	"scimbench/service"
)

// Point is the cost of one request.
type Point struct {
	Size   int     `json:"size"` // members of the group, or users before the page
	Calls  int     `json:"calls"`
	Reads  float64 `json:"readUnits"`
	Writes float64 `json:"writeUnits"`
}

// Report has the costs from the smallest size to the largest.
type Report struct {
	Members []Point `json:"addMember"`
	Pages   []Point `json:"pageByCursor"`
}

// Sizes are the largest sizes that are measured.
type Sizes struct{ Members, Users int }

// bench is the service in this process, and its table.
type bench struct {
	service *service.Service
	db      *table.DB
}

// Run starts DynamoDB Local and counts. It takes about a minute for 100,000 members and users.
func Run(ctx context.Context, s Sizes) (Report, error) {
	engine, err := stack.Start(ctx, stack.Options{Name: "bench-costs", Lasting: true, NoStream: true, NoSchedule: true})
	if err != nil {
		return Report{}, err
	}
	defer engine.Stop()
	b, err := open(engine)
	if err != nil {
		return Report{}, err
	}
	var report Report
	if report.Pages, err = b.pages(ctx, s.Users); err != nil {
		return Report{}, err
	}
	report.Members, err = b.members(ctx, s.Members)
	return report, err
}

func open(s *stack.Stack) (*bench, error) {
	client := &http.Client{Transport: charge.Transactions(http.DefaultTransport)}
	own, err := service.Open(directory.Options{Table: s.TableName(), Endpoint: s.EngineEndpoint(), Client: client})
	if err != nil {
		return nil, err
	}
	db, err := table.Open(table.Options{Name: s.TableName(), Endpoint: s.EngineEndpoint(), Budget: time.Minute})
	return &bench{own, db}, err
}

// cost sends a request and returns the body of the answer, and what it cost.
func (b *bench) cost(
	ctx context.Context, size int, e events.APIGatewayProxyRequest, status int,
) (body string, p Point, err error) {
	ctx, usage := directory.WithMeter(ctx)
	body, err = b.service.Answer(ctx, e, status)
	used := usage()
	return body, Point{Size: size, Calls: used.Calls, Reads: used.Reads, Writes: used.Writes}, err
}

// sizes returns 10, 100, ... up to the largest.
func sizes(largest int) (all []int) {
	for n := 10; n <= largest; n *= 10 {
		all = append(all, n)
	}
	return all
}
