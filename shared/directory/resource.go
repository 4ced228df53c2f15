package directory

import (
	"fmt"
	"time"

	"scimserver/shared/scim"
	"scimserver/shared/table"
)

// Resource has the common attributes of users, groups, accounts and teams, as stored.
type Resource struct {
	ID           scim.ID
	Doc          scim.Value // canonical, see schema.Normalize
	Version      int64      // 1 at creation, and higher after every change
	Created      time.Time
	LastModified time.Time

	size        int    // of the stored document, in bytes; 0 if it was not read
	pending     string // the unfinished change of a group's members, "" if there is none
	lastPending string // the latest change that was ever pending
	writer      string // the stamps of the latest plain writes, see resource_stamps.go

	connected bool // this team, which is being deleted, has become a group
}

// Size returns the size of the stored document in bytes, see MaxPageBytes.
func (r Resource) Size() int { return r.size }

func (r Resource) version() int64 { return r.Version }

// item returns the resource as stored. The error is an *scim.Error.
func (r Resource) item() (table.Item, error) {
	doc := r.Doc.JSON()
	if len(doc) > maxDocument {
		return nil, scim.InvalidValue(
			fmt.Sprintf("the resource takes %d bytes as JSON; the limit is %d", len(doc), maxDocument),
		)
	}
	return r.attributes(doc), nil
}

// attributes returns the attributes that the item of every resource has. doc is the JSON
// of the document.
func (r Resource) attributes(doc string) table.Item {
	return table.Item{
		"doc":      doc,
		"version":  r.Version,
		"created":  scim.FormatTime(r.Created),
		"modified": scim.FormatTime(r.LastModified),
	}
}

func resourceFrom(item table.Item) (Resource, error) {
	r := Resource{
		ID: itemID(item), Version: item.Int("version"), size: len(item.Text("doc")),
		pending: item.Text("pending"), lastPending: item.Text("lastPending"),
		writer: item.Text("writer"), connected: item.Text("connected") != "",
	}
	var err error
	if r.Doc, err = scim.ParseJSON(item.Text("doc")); err != nil {
		return r, fmt.Errorf("directory: the document of %s: %v", r.ID, err)
	}
	if r.Created, err = time.Parse(time.RFC3339, item.Text("created")); err != nil {
		return r, fmt.Errorf("directory: resource %s: %w", r.ID, err)
	}
	r.LastModified, err = time.Parse(time.RFC3339, item.Text("modified"))
	return r, err
}
