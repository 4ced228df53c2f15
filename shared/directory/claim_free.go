package directory

import (
	"context"
	"errors"
)

// finishingDeletes calls write, which puts claims. If write fails because of a resource
// whose deletion was interrupted, it finishes the deletion and calls write again. It also
// calls write again if the holders of the values have been deleted meanwhile.
func (t *namespace) finishingDeletes(ctx context.Context, write func() error) error {
	const tries = 3
	for n := 1; ; n++ {
		err := write()
		taken, ok := errors.AsType[*TakenError](err)
		if !ok || n == tries {
			return err
		}
		freed, problem := t.d.freeClaims(ctx, taken.Holders)
		if problem != nil {
			return problem
		}
		if !freed {
			return err
		}
	}
}

// freeClaims finishes the deletion of the holders that have the mark of deletion. It reports
// whether no holder exists any more.
func (d *Directory) freeClaims(ctx context.Context, holders []Holder) (bool, error) {
	for _, h := range holders {
		if h.ID == "" {
			return false, nil
		}
		t := d.namespace(h.Tenant)
		item, err := d.db.Get(ctx, t.keys.resource(h.Kind, h.ID))
		if err != nil {
			return false, err
		}
		if exists(item) {
			return false, nil
		}
		if item != nil {
			if err := t.finishDeletion(ctx, h.Kind, item); err != nil {
				return false, err
			}
		}
	}
	return true, nil
}
