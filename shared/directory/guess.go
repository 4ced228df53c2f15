package directory

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"time"

	"scimserver/shared/scim"
	"scimserver/shared/table"
)

const (
	// maxGuesses is how many wrong passwords for one name are compared in guessTime.
	maxGuesses = 10
	guessTime  = 15 * time.Minute
)

// guesses is the partition of the counts of guesses.
func (t keys) guesses() string {
	if t.id == "" {
		return "ACCOUNT#GUESSES"
	}
	return t.prefix() + "GUESSES"
}

// guessKey is the key of the count of guesses for a name, even if nobody has that name.
func (t keys) guessKey(name string) table.Key {
	sum := sha256.Sum256([]byte(scim.Fold(name)))
	return table.Key{PK: t.guesses(), SK: hex.EncodeToString(sum[:])}
}

// TakeGuess counts a guess of the password of a name: a userName or an email. After ten guesses in
// 15 minutes it counts nothing and returns how long to wait. The errors are ErrContention and
// ErrUnavailable.
func (t *namespace) TakeGuess(ctx context.Context, name string) (wait time.Duration, err error) {
	key := t.keys.guessKey(name)
	err = table.RetryIfChanged(ctx, func() error {
		item, err := t.d.db.Get(ctx, key)
		if err != nil {
			return err
		}
		now := t.d.now()
		n, until := item.Int("n"), time.Unix(item.Int("until"), 0)
		if item == nil || !now.Before(until) {
			n, until = 0, now.Add(guessTime)
		}
		if wait = 0; n >= maxGuesses {
			wait = until.Sub(now)
			return nil
		}
		count := table.Item{"n": n + 1, "until": until.Unix(), "expires": until.Unix()}
		return t.d.db.PutIfUnchanged(ctx, key, count, item, "n", "until")
	})
	return wait, err
}

// ForgetGuesses resets the count of a name after a correct password. The error is ErrUnavailable.
func (t *namespace) ForgetGuesses(ctx context.Context, name string) error {
	return t.d.db.Write(ctx, func(table.Stamp) table.Write { return table.Delete(t.keys.guessKey(name)) })
}
