package admin

import (
	"time"

	"scimserver/shared/scim"
)

// Account is an account in the API. It never contains the password.
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

// AccountEmail is an email of an account. Verified says that the application has verified that the
// person receives messages at this address.
type AccountEmail struct {
	Value    string `json:"value"`
	Primary  bool   `json:"primary"`
	Verified bool   `json:"verified"`
}

// AccountList is a page of accounts, ordered by id.
type AccountList struct {
	Accounts []Account `json:"accounts"`
	Next     scim.ID   `json:"next,omitempty"` // the value of after for the next page
}

// NewAccount is the body that creates an account. Only userName is required.
type NewAccount struct {
	UserName    *string         `json:"userName,omitempty"`
	DisplayName *string         `json:"displayName,omitempty"` // "" for none
	Emails      *[]AccountEmail `json:"emails,omitempty"`      // replaces all emails
	Password    *string         `json:"password,omitempty"`    // "" for none
}

// AccountChange is the body that changes an account. Missing members are unchanged.
type AccountChange struct {
	NewAccount
	// Version is the version that the account must have; nil means any.
	Version *int64 `json:"version,omitempty"`
}

// RemovedAccount is the answer to the deletion of an account.
type RemovedAccount struct {
	ID scim.ID `json:"id"`
}
