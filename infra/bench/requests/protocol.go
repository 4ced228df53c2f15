package requests

import (
	"errors"
	"fmt"
	"time"

	"scimserver/shared/scim"
	"scimserver/shared/scim/filter"
	"scimserver/shared/scim/patch"
	"scimserver/shared/testkit/canned"

	"scimbench/service"
)

// protocol returns the operations of our protocol alone, by the name of the request: from the
// body to the document, and from the document to the answer, without HTTP, routes and DynamoDB.
func (o *ours) protocol() map[string]func() error {
	return map[string]func() error{
		"create": func() error {
			doc, err := service.Document(o.user, canned.User)
			return errors.Join(err, render(resource(doc).Value()))
		},
		"get": func() error {
			doc, err := scim.ParseJSON(o.stored[0])
			return errors.Join(err, render(resource(doc).Value()))
		},
		"patch":       o.patch,
		"find":        o.find,
		"page of 100": o.page,
		parseFilter: func() error {
			_, err := o.compile(longFilter)
			return err
		},
	}
}

// patch applies a PATCH to a stored document.
func (o *ours) patch() error {
	doc, err := scim.ParseJSON(o.stored[0])
	if err != nil {
		return err
	}
	body, err := scim.ParseJSON([]byte(canned.PatchUser))
	if err != nil {
		return err
	}
	operations, err := patch.Parse(body, nil)
	if err != nil {
		return err
	}
	changed, err := patch.Apply(o.user, doc, operations, patch.Options{})
	return errors.Join(err, render(resource(changed).Value()))
}

// find compares all stored documents with a filter, as a query without an index does.
func (o *ours) find() error {
	matcher, err := o.compile(canned.FindUser)
	if err != nil {
		return err
	}
	evaluation := filter.NewEvaluation(nil)
	var found []scim.Value
	for _, text := range o.stored {
		doc, err := scim.ParseJSON(text)
		if err != nil {
			return err
		}
		matches, err := matcher.Match(doc, evaluation)
		if err != nil {
			return err
		}
		if matches {
			found = append(found, resource(doc).Value())
		}
	}
	if len(found) != 1 {
		return fmt.Errorf("found %d users, want 1", len(found))
	}
	return render(scim.ListResponse(1, 1, found))
}

func (o *ours) compile(text string) (*filter.Matcher, error) {
	expr, err := filter.Parse(text)
	if err != nil {
		return nil, err
	}
	return filter.Compile(expr, o.user, filter.Options{})
}

// page renders all stored documents.
func (o *ours) page() error {
	page := make([]scim.Value, len(o.stored))
	for i, text := range o.stored {
		doc, err := scim.ParseJSON(text)
		if err != nil {
			return err
		}
		page[i] = resource(doc).Value()
	}
	return render(scim.ListResponse(len(page), 1, page))
}

// resource adds to a document what the service provider knows of it.
func resource(doc scim.Value) scim.Resource {
	made := time.UnixMilli(1_800_000_000_000)
	return scim.Resource{ID: canned.UserID, Doc: doc, Meta: scim.Meta{
		ResourceType: "User", Created: made, LastModified: made, Version: scim.ETag(1),
		Location: "https://scim.example.com/scim/v2/Users/" + canned.UserID,
	}}
}

func render(v scim.Value) error {
	if len(v.Bytes()) == 0 {
		return errors.New("the answer is empty")
	}
	return nil
}
