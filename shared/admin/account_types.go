package admin

import (
	"time"

	"scimserver/shared/scim"
)

// Account is an account of the application as the API shows it: never its password.
type Account struct {
	ID           scim.ID        `json:"id"`
	UserName     string         `json:"userName"`
	DisplayName  string         `json:"displayName"`
	Emails       []AccountEmail `json:"emails"`
	HasPassword  bool           `json:"hasPassword"`
	Version      int64          `json:"version"`
	Created      time.Time      `json:"created"`
	LastModified time.Time      `json:"lastModified"`
}

// AccountEmail is an email of an account. Verified says that the application knows
// that the person reads what is sent there.
type AccountEmail struct {
	Value    string `json:"value"`
	Primary  bool   `json:"primary"`
	Verified bool   `json:"verified"`
}

// AccountList is a page of accounts in the order of their ids.
type AccountList struct {
	Accounts []Account `json:"accounts"`
	Next     scim.ID   `json:"next,omitempty"` // to be given as after, where there are more
}

// NewAccount is the body that creates an account: of its members only userName is
// required.
type NewAccount struct {
	UserName    *string         `json:"userName,omitempty"`
	DisplayName *string         `json:"displayName,omitempty"` // "" for none
	Emails      *[]AccountEmail `json:"emails,omitempty"`      // all of them: what a list does not state is not so
	Password    *string         `json:"password,omitempty"`    // "" for none
}

// AccountChange is the body that changes an account: what is missing stays.
type AccountChange struct {
	NewAccount
	// Version is the one that the account must have; without it any will do.
	Version *int64 `json:"version,omitempty"`
}

// RemovedAccount is the outcome of the deletion of an account.
type RemovedAccount struct {
	ID scim.ID `json:"id"`
}
