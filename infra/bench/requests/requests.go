// Package requests measures what a SCIM request costs the processor: in this service, in its
// protocol alone, and in another Go implementation, in one run.
package requests

import (
	"fmt"
	"strings"

	"scimserver/shared/testkit/canned"
)

// Row is one operation, and what it costs. Whole is this service with the AWS SDK, from API
// Gateway's event to the response, with DynamoDB's answers from memory. Protocol is the part of
// it that reads, checks, changes and writes SCIM. Peer is the other implementation with a map
// for a database, from the HTTP request to the response. A cost is nil if that side has no such operation.
type Row struct {
	Operation string `json:"operation"`
	Whole     *Cost  `json:"whole,omitempty"`
	Protocol  *Cost  `json:"protocol,omitempty"`
	Peer      *Cost  `json:"peer,omitempty"`
}

// users is the number of stored users that a filter is compared with, and that fill a page.
const users = 100

// parseFilter is the operation that reads a filter and checks it against the schema.
const parseFilter = "parse a filter"

const longFilter = `userType eq "Employee" and (emails co "example.com" or emails.value co "example.org")`

// Run measures all operations.
func Run(e Effort) ([]Row, error) {
	o, err := newOurs()
	if err != nil {
		return nil, err
	}
	p, err := newPeer(bodies())
	if err != nil {
		return nil, err
	}
	rows := make([]Row, 0, len(canned.Requests())+1)
	protocol := o.protocol()
	for _, r := range canned.Requests() {
		costs, err := measure([]operation{o.whole(r), {"protocol, " + r.Name, protocol[r.Name]}, p.whole(r)}, e)
		if err != nil {
			return nil, err
		}
		rows = append(rows, Row{r.Name, &costs[0], &costs[1], &costs[2]})
	}
	costs, err := measure([]operation{
		{"protocol, " + parseFilter, protocol[parseFilter]},
		{"peer, " + parseFilter, func() error { return p.parse(longFilter) }},
	}, e)
	if err != nil {
		return nil, err
	}
	return append(rows, Row{Operation: parseFilter, Protocol: &costs[0], Peer: &costs[1]}), nil
}

// bodies returns the users, who differ in their names. The first one is canned.User.
func bodies() []string {
	all := make([]string, users)
	for i := range all {
		all[i] = canned.User
		if i > 0 {
			all[i] = strings.Replace(canned.User, "barbara.jensen@", fmt.Sprintf("user%d@", i), 1)
		}
	}
	return all
}
