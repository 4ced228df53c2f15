package directory

import (
	"context"

	"scimserver/shared/scim"
	"scimserver/shared/table"
)

type releasingKey struct{}

// releasing returns a context in which an operator releases values: what is written is told
// apart from any other update.
func releasing(ctx context.Context) context.Context {
	return context.WithValue(ctx, releasingKey{}, true)
}

// addRelease notes in what is set of a resource's item that the write releases values.
func (d *Directory) addRelease(ctx context.Context, set table.Item) {
	if ctx.Value(releasingKey{}) != nil {
		set["released"] = scim.FormatTime(d.instant())
	}
}
