package directory

import (
	"context"

	"scimserver/shared/scim"
	"scimserver/shared/table"
)

type releasingKey struct{}

// releasing returns a context in which an operator releases values. The events of its writes
// differ from those of other updates.
func releasing(ctx context.Context) context.Context {
	return context.WithValue(ctx, releasingKey{}, true)
}

// addRelease records in the attributes of a write that it releases values, if ctx is from releasing.
func (d *Directory) addRelease(ctx context.Context, set table.Item) {
	if ctx.Value(releasingKey{}) != nil {
		set["released"] = scim.FormatTime(d.instant())
	}
}
