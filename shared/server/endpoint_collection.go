package server

import (
	"context"

	"scimserver/shared/directory"
	"scimserver/shared/scim"
	"scimserver/shared/scim/filter"
)

// The limits of one answer. maxAnswer is in bytes of the function's payload (see
// scim.Value.QuotedLen). AWS allows 6 MB; the difference leaves room for headers and a large resource.
// maxEdges and maxEdgesAlone limit the edges that are read for a page and for a single
// resource, because their size is unknown before they are read.
const (
	maxAnswer     = 5_000_000
	maxEdges      = 10_000
	maxEdgesAlone = 30_000
)

// collection gives searches access to the stored resources of one type.
type collection interface {
	// lookup returns a lookup by key of the one resource whose attribute equals a value, or nil if the
	// attribute is not indexed.
	lookup(r *request, path filter.Path, value string) keyLookup
	// byExternalID and byEdge return the ids of all resources with a value.
	byExternalID(r *request, value string) idWalk
	byEdge(r *request, value string) idWalk
	// answerEdges reads the edges that an answer includes, for as many of the first resources as fit
	// into it.
	answerEdges(r *request) edgeReader
	// filterEdges reads the edges that a filter or a sort compares, at most maxEdges in all calls
	// together.
	filterEdges(r *request) edgeReader
	// edgesTo is filterEdges, limited to the edges that lead to certain ids.
	edgesTo(r *request, ids []scim.ID) edgeReader
}

// edgeReader reads the edges of resources. It returns values for the first resources of the list,
// at least for one. It is safe for concurrent use.
type edgeReader func(ctx context.Context, of []directory.Resource) ([]scim.Value, error)

// keyLookup finds resources by key.
type keyLookup func(ctx context.Context) (lookupResult, error)

// idWalk returns ids in ascending order, beginning after an id. It returns at most limit ids, or
// all if limit is 0.
type idWalk func(ctx context.Context, after scim.ID, limit int) ([]scim.ID, error)

// all returns all ids of a walk.
func (w idWalk) all(ctx context.Context) (lookupResult, error) {
	ids, err := w(ctx, "", 0)
	return lookupResult{ids: ids}, err
}

// lookupResult holds resources, or only their ids, in ascending order.
type lookupResult struct {
	resources []directory.Resource
	ids       []scim.ID
}

// lookupBy makes a keyLookup from a method of the directory.
func lookupBy[T any](
	find func(context.Context, string) ([]T, error), value string, resource func(T) directory.Resource,
) keyLookup {
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
