package directory

import (
	"context"
	"errors"
	"fmt"

	"scimserver/shared/scim"
	"scimserver/shared/table"
)

// Ready compares, once, the settings of the table's claims with those of this function. In
// a new table it stores them, with a secret that all functions share. The errors are
// ErrSettings, with the difference, and ErrUnavailable.
func (d *Directory) Ready(ctx context.Context) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.ready {
		return nil
	}
	item, err := d.db.Get(ctx, settingsKey)
	if err == nil && item == nil {
		item, err = d.putSettings(
			ctx,
			table.Put(settingsKey, d.settings()).WithCondition("attribute_not_exists(PK)", nil),
		)
	}
	if err == nil && item.Bytes("secret") == nil { // stored by an earlier version of this service
		item, err = d.putSettings(
			ctx,
			table.Update(settingsKey, table.Item{"secret": newSecret()}).
				WithCondition("attribute_not_exists(secret)", nil),
		)
	}
	if err != nil {
		return err
	}
	d.ready, d.secret = item.Int("fold") == scim.FoldVersion &&
		item.Text("scope") == string(d.scope), item.Bytes(
		"secret",
	)
	if !d.ready {
		return fmt.Errorf(
			"%w: folding %d and scope %s, but this deployment has folding %d and scope %s; changing either needs a "+
				"migration",
			ErrSettings,
			item.Int("fold"),
			item.Text("scope"),
			scim.FoldVersion,
			d.scope,
		)
	}
	return nil
}

func (d *Directory) settings() table.Item {
	return table.Item{"fold": int64(scim.FoldVersion), "scope": string(d.scope), "secret": newSecret()}
}

// putSettings stores settings that a table lacks, and returns the stored ones. If several
// functions start at once, the first one wins.
func (d *Directory) putSettings(ctx context.Context, w table.Write) (table.Item, error) {
	err := d.db.Write(ctx, func(table.Stamp) table.Write { return w })
	var failed *table.ConditionFailed
	if err != nil && !errors.As(err, &failed) {
		return nil, err
	}
	return d.db.Get(ctx, settingsKey)
}
