package requests

import (
	"context"
	"net/http"

	"scimserver/shared/directory"
	"scimserver/shared/scim/schema"
	"scimserver/shared/testkit/canned"

	"scimbench/service"
)

// ours is this service: whole, with the AWS SDK and DynamoDB's answers from memory, and its
// protocol alone.
type ours struct {
	service *service.Service
	user    *schema.ResourceType
	stored  [][]byte // the documents of users, as they are in the table
}

func newOurs() (*ours, error) {
	registry, err := schema.Standard()
	if err != nil {
		return nil, err
	}
	o := &ours{user: registry.Type("User")}
	for _, body := range bodies() {
		doc, err := service.Document(o.user, body)
		if err != nil {
			return nil, err
		}
		o.stored = append(o.stored, doc.Bytes())
	}
	answers, err := canned.NewAnswers(string(o.stored[0]))
	if err != nil {
		return nil, err
	}
	o.service, err = service.Open(directory.Options{
		Table: "t", Endpoint: "http://127.0.0.1:1", Client: &http.Client{Transport: answers},
	})
	return o, err
}

// whole returns the operation of a request from API Gateway's event to its response.
func (o *ours) whole(r canned.Request) operation {
	e := service.Event(r)
	return operation{"ours, " + r.Name, func() error {
		_, err := o.service.Answer(context.Background(), e, r.Status)
		return err
	}}
}
