package server

import (
	"context"

	"scimserver/shared/directory"
	"scimserver/shared/scim"
	"scimserver/shared/scim/filter"
)

// The bounds on one answer: its bytes in the function's payload (see scim.Value.QuotedLen; AWS
// allows 6 MB with headers and a large document besides), and the edges of all and of a
// single resource that are read for it before anyone can know their bytes.
const (
	maxAnswer     = 5_000_000
	maxEdges      = 10_000
	maxEdgesAlone = 30_000
)

// collection is the stored resources of one type as searches see them.
type collection interface {
	// lookup returns what finds the one resource whose attribute equals a value by
	// keys, nil where no key does.
	lookup(r *request, path filter.Path, value string) keyLookup
	// byExternalID and byEdge return what finds many resources by keys.
	byExternalID(r *request, value string) idWalk
	byEdge(r *request, value string) idWalk
	// answerEdges returns what reads the edges that an answer shows: of the first resources,
	// as many as it holds.
	answerEdges(r *request) edgeReader
	// filterEdges returns what reads the edges that a search compares, at most maxEdges in all.
	filterEdges(r *request) edgeReader
	// edgesTo is edges, of which only those that lead to certain ids are needed.
	edgesTo(r *request, ids []scim.ID) edgeReader
}

// edgeReader reads an attribute that edges hold. It returns the values for the first
// of the resources, at least for one. It is safe for concurrent use.
type edgeReader func(ctx context.Context, of []directory.Resource) ([]scim.Value, error)

// keyLookup finds resources by keys.
type keyLookup func(ctx context.Context) (lookupResult, error)

// idWalk returns the ids that keys find behind an id, in order: limit of them, or all if
// it is 0.
type idWalk func(ctx context.Context, after scim.ID, limit int) ([]scim.ID, error)

// all is the lookup of all that a walk finds.
func (w idWalk) all(ctx context.Context) (lookupResult, error) {
	ids, err := w(ctx, "", 0)
	return lookupResult{ids: ids}, err
}

// lookupResult are resources, or their ids only, in ascending order.
type lookupResult struct {
	resources []directory.Resource
	ids       []scim.ID
}

// lookupBy makes a lookup of a method of the directory.
func lookupBy[T any](find func(context.Context, string) ([]T, error), value string, resource func(T) directory.Resource) keyLookup {
	return func(ctx context.Context) (lookupResult, error) {
		list, err := find(ctx, value)
		return lookupResult{resources: resources(list, resource)}, err
	}
}

func resources[T any](list []T, resource func(T) directory.Resource) []directory.Resource {
	all := make([]directory.Resource, len(list))
	for i, one := range list {
		all[i] = resource(one)
	}
	return all
}

func ids(list []directory.Resource) []scim.ID {
	all := make([]scim.ID, len(list))
	for i, one := range list {
		all[i] = one.ID
	}
	return all
}
