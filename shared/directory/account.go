package directory

import (
	"context"
	"slices"
	"strings"

	"scimserver/shared/scim"
	"scimserver/shared/table"
)

// Account is an account as stored. The application makes it; it belongs to no tenant,
// and SCIM does not see it. It claims its username and emails as users do.
type Account struct{ User }

// HasVerified reports whether the application has marked an email of the account as
// verified: the person receives messages sent to it.
func (a Account) HasVerified(address string) bool {
	return slices.Contains(strings.Split(a.verified, "\n"), scim.Fold(address))
}

// email returns the account's email that equals address after folding, as it is stored, or
// "".
func (a Account) email(address string) string {
	for _, e := range a.Doc.Get("emails").Items() {
		if own := e.Get("value").Text(); scim.Fold(own) == scim.Fold(address) {
			return own
		}
	}
	return ""
}

// AccountContent is what the application sets in an account.
type AccountContent struct {
	Content
	// Verified are the emails that the application has marked as verified. Emails that are
	// not in the document are ignored.
	Verified []string
}

// Accounts are the accounts of the application.
type Accounts struct{ *namespace }

// Accounts returns the part of the directory that belongs to no tenant.
func (d *Directory) Accounts() *Accounts { return &Accounts{d.namespace("")} }

// content returns the content of a user, with those verified emails that are in the document.
func (c AccountContent) content() Content {
	var list []string
	for _, address := range c.Verified {
		folded := scim.Fold(address)
		has := slices.ContainsFunc(
			c.Doc.Get("emails").Items(),
			func(e scim.Value) bool { return scim.Fold(e.Get("value").Text()) == folded },
		)
		if has && !slices.Contains(list, folded) {
			list = append(list, folded)
		}
	}
	slices.Sort(list)
	c.verified = strings.Join(list, "\n")
	return c.Content
}

// Create stores a new account with its claims in one transaction.
// The errors are those of Users.Create.
func (a *Accounts) Create(ctx context.Context, c AccountContent) (Account, error) {
	u, err := a.createAs(ctx, AccountKind, c.content())
	return Account{u}, err
}

// Change lets edit turn an account into its new content and stores it, as Users.Replace
// does for a user. The errors are those of Users.Replace.
func (a *Accounts) Change(
	ctx context.Context,
	id scim.ID,
	match Match,
	edit func(Account) (AccountContent, error),
) (Account, error) {
	u, err := a.replaceAs(ctx, AccountKind, id, match, func(old User) (Content, error) {
		c, err := edit(Account{old})
		return c.content(), err
	})
	return Account{u}, err
}

// Delete removes an account with its claims. The errors are those of Users.Delete.
func (a *Accounts) Delete(ctx context.Context, id scim.ID, match Match) error {
	return a.delete(ctx, AccountKind, id, match)
}

// Get reads an account. The errors are ErrNotFound and ErrUnavailable.
func (a *Accounts) Get(ctx context.Context, id scim.ID) (Account, error) {
	u, err := a.user(ctx, AccountKind, id)
	return Account{u}, err
}

// ByName reads the account with a username, which is compared in its folded form. The
// errors are ErrNotFound and ErrUnavailable.
func (a *Accounts) ByName(ctx context.Context, name string) (Account, error) {
	return readOwner(ctx, a.namespace, a.keys.claim("USERNAME", scim.Fold(name)), a.Get)
}

// ByEmail reads the account with an email, which is compared in its folded form. The
// errors are ErrNotFound and ErrUnavailable.
func (a *Accounts) ByEmail(ctx context.Context, address string) (Account, error) {
	return readOwner(ctx, a.namespace, a.keys.claim("EMAIL", scim.Fold(address)), a.Get)
}

// List reads a page of at most limit accounts after an id, in the order of their ids. next is the
// id to continue after, "" at the end.
func (a *Accounts) List(ctx context.Context, after scim.ID, limit int) (page []Account, next scim.ID, err error) {
	items, last, err := a.d.db.Query(
		ctx,
		table.Query{PK: a.keys.partition(AccountKind), After: string(after), Limit: limit},
	)
	a.finishDeletions(ctx, AccountKind, items...)
	for _, item := range items {
		if !exists(item) {
			continue
		}
		u, err := userFrom(item)
		if err != nil {
			return nil, "", err
		}
		page = append(page, Account{u})
	}
	return page, scim.ID(last), err
}

// Count returns the number of accounts. The error is ErrUnavailable.
func (a *Accounts) Count(ctx context.Context) (int, error) { return a.count(ctx, AccountKind) }
