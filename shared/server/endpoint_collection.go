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
	lookup(r *request, path filter.Path, value string) lookup
	// byExternalID and byEdge return what finds many resources by keys.
	byExternalID(r *request, value string) walk
	byEdge(r *request, value string) walk
	// shown returns what reads the edges that an answer shows: of the first resources,
	// as many as it holds.
	shown(r *request) relation
	// edges returns what reads the edges that a search compares, at most maxEdges in all.
	edges(r *request) relation
	// among is edges, of which only those that lead to certain ids are needed.
	among(r *request, ids []scim.ID) relation
}

// relation reads an attribute that edges hold. It returns the values for the first
// of the resources, at least for one. It is safe for concurrent use.
type relation func(ctx context.Context, of []directory.Resource) ([]scim.Value, error)

// lookup finds resources by keys.
type lookup func(ctx context.Context) (hits, error)

// walk returns the ids that keys find behind an id, in order: limit of them, or all if
// it is 0.
type walk func(ctx context.Context, after scim.ID, limit int) ([]scim.ID, error)

// all is the lookup of all that a walk finds.
func (w walk) all(ctx context.Context) (hits, error) {
	ids, err := w(ctx, "", 0)
	return hits{ids: ids}, err
}

// hits are resources, or their ids only, in ascending order.
type hits struct {
	resources []directory.Resource
	ids       []scim.ID
}

// finder makes a lookup of a method of the directory.
func finder[T any](find func(context.Context, string) ([]T, error), value string, resource func(T) directory.Resource) lookup {
	return func(ctx context.Context) (hits, error) {
		list, err := find(ctx, value)
		return hits{resources: resources(list, resource)}, err
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
