// Package config reads the configuration of a function from its environment. It is the
// only reader of the project's own environment variables, which template.yaml sets.
package config

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Config is the configuration of one deployment. All functions have the same one.
type Config struct {
	// Table is the name of the DynamoDB table (TABLE_NAME).
	Table string
	// Scope says where a username or email is unique (UNIQUENESS_SCOPE):
	// "SYSTEM", among all tenants, or "TENANT", within each tenant.
	Scope string
	// StorePasswords (PASSWORD_STORAGE=store) stores a slow salted hash of each password
	// that a provider sends. Otherwise passwords are discarded.
	StorePasswords bool
	// BaseURL (BASE_URL) is the public URL of the service, such as
	// https://scim.example.com/scim/v2. If it is empty, the URL of each request is used.
	BaseURL string
	// SupportContact (SUPPORT_CONTACT) is whom a customer's administrator can ask, such
	// as an email address or a URL; error texts name it. Empty: they say "the support of
	// this service".
	SupportContact string
	// SigningSecret (SIGNING_SECRET) is the ARN of the secret that access tokens are
	// signed with, for the functions that need it.
	SigningSecret string
	// SharedAPIKey (SHARED_API_KEY) is the API key by which API Gateway counts the
	// requests of all tenants that have no key of their own, for the authorizer.
	SharedAPIKey string
	// MembersPerTransaction (MEMBERS_PER_TRANSACTION) is the maximum number of members
	// that one transaction adds to a group; larger changes take several. It is for tests:
	// the default, 0, means as many as DynamoDB allows.
	MembersPerTransaction int
	// ScanUnits (SCAN_UNITS_PER_MINUTE) is how many read capacity units the queries of each
	// tenant that use no key may use in a minute; 0: unlimited.
	ScanUnits int
	// AuthorizerCache (AUTHORIZER_CACHE_SECONDS) is how long API Gateway caches the
	// authorizer's answer for a token.
	AuthorizerCache time.Duration
	// UsagePlan (USAGE_PLAN) is the id of the API's usage plan with the default
	// limits. If it is empty, tenants get no API keys of their own.
	UsagePlan string
	// SetupPage (SETUP_PAGE=on) says that the deployment has a setup page, to which operators
	// can invite customers' administrators.
	SetupPage bool
	// EventBus (EVENT_BUS_NAME) is the name or ARN of the EventBridge bus that events are
	// pushed to, for function changes. If it is empty, events are not pushed.
	EventBus string
	// EventSource (EVENT_SOURCE) is the source of pushed events, such as scim.<stack>. It is
	// also the issuer of events if BaseURL is empty.
	EventSource string
	// CredentialWarning (CREDENTIAL_WARNING_DAYS) is how long before its end a credential is
	// reported. SilenceWarning (SILENCE_WARNING_DAYS) is how long a tenant may send nothing until
	// its silence is reported. 0 turns the report off.
	CredentialWarning, SilenceWarning time.Duration
	// LogLevel (LOG_LEVEL) is the lowest level that is logged.
	LogLevel slog.Level
	// Version (VERSION) is the version of the source that is deployed, "" if unknown.
	Version string
}

// Read makes a Config from getenv, which is os.Getenv outside tests. The error names the
// variable and its possible values.
func Read(getenv func(string) string) (Config, error) {
	c := Config{
		Table:     getenv("TABLE_NAME"),
		Scope:     cmp.Or(getenv("UNIQUENESS_SCOPE"), "SYSTEM"),
		UsagePlan: getenv("USAGE_PLAN"),
		BaseURL:   strings.TrimSuffix(getenv("BASE_URL"), "/"),

		SupportContact: getenv("SUPPORT_CONTACT"),
		SigningSecret:  getenv("SIGNING_SECRET"),
		SharedAPIKey:   getenv("SHARED_API_KEY"),
		SetupPage:      getenv("SETUP_PAGE") == "on",
		Version:        getenv("VERSION"),
		EventBus:       getenv("EVENT_BUS_NAME"),
		EventSource:    getenv("EVENT_SOURCE"),
	}
	if c.Scope != "SYSTEM" && c.Scope != "TENANT" {
		return c, fmt.Errorf("UNIQUENESS_SCOPE is %q; it must be SYSTEM or TENANT", c.Scope)
	}
	switch p := cmp.Or(getenv("PASSWORD_STORAGE"), "discard"); p {
	case "discard", "store":
		c.StorePasswords = p == "store"
	default:
		return c, fmt.Errorf("PASSWORD_STORAGE is %q; it must be discard or store", p)
	}
	if err := c.readNumbers(getenv); err != nil {
		return c, err
	}
	if err := c.readDurations(getenv); err != nil {
		return c, err
	}
	if err := checkSupportContact(c.SupportContact); err != nil {
		return c, err
	}
	if err := c.LogLevel.UnmarshalText([]byte(cmp.Or(getenv("LOG_LEVEL"), "INFO"))); err != nil {
		return c, fmt.Errorf("LOG_LEVEL: %w", err)
	}
	return c, checkBaseURL(c.BaseURL)
}

// readNumbers reads the whole numbers. The fields of Config say what 0 means.
func (c *Config) readNumbers(getenv func(string) string) error {
	for _, number := range []struct {
		variable, of string
		into         *int
	}{
		{"MEMBERS_PER_TRANSACTION", "members, or 0", &c.MembersPerTransaction},
		{"SCAN_UNITS_PER_MINUTE", "read capacity units, or 0", &c.ScanUnits},
	} {
		n, err := readNumber(getenv, number.variable, number.of)
		if err != nil {
			return err
		}
		*number.into = n
	}
	return nil
}

// readDurations reads the durations. 0 turns off the feature that a duration belongs to.
func (c *Config) readDurations(getenv func(string) string) error {
	for _, d := range []struct {
		variable, unit string
		of             time.Duration
		into           *time.Duration
	}{
		{"AUTHORIZER_CACHE_SECONDS", "seconds", time.Second, &c.AuthorizerCache},
		{"CREDENTIAL_WARNING_DAYS", "days", 24 * time.Hour, &c.CredentialWarning},
		{"SILENCE_WARNING_DAYS", "days", 24 * time.Hour, &c.SilenceWarning},
	} {
		n, err := readNumber(getenv, d.variable, d.unit)
		if err != nil {
			return err
		}
		*d.into = time.Duration(n) * d.of
	}
	return nil
}

// readNumber reads a whole number of something, 0 if the variable is not set.
func readNumber(getenv func(string) string, variable, of string) (int, error) {
	text := getenv(variable)
	n, err := strconv.Atoi(cmp.Or(text, "0"))
	if err != nil || n < 0 {
		return 0, fmt.Errorf("%s is %q; it must be a number of %s", variable, text, of)
	}
	return n, nil
}

// checkBaseURL rejects a base URL with a query, a fragment or user information, which RFC
// 7644 sections 1.3 and 7.1 exclude.
func checkBaseURL(base string) error {
	if base == "" {
		return nil
	}
	u, err := url.Parse(base)
	switch {
	case err != nil, u.Host == "", u.Scheme != "https" && u.Scheme != "http":
		return fmt.Errorf("BASE_URL is %q; it must be an absolute http or https URL", base)
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "" || u.User != nil:
		return fmt.Errorf("BASE_URL is %q; it must not have a query, a fragment or user information", base)
	}
	return nil
}

// checkSupportContact rejects a contact that would make error texts unreadable. The text of
// a 409 has at most 700 characters; the contact may take 100 of them.
func checkSupportContact(contact string) error {
	unprintable := func(r rune) bool { return !unicode.IsPrint(r) }
	switch {
	case !utf8.ValidString(contact), strings.ContainsFunc(contact, unprintable):
		return errors.New("SUPPORT_CONTACT holds a control character; use printable characters and spaces only")
	case utf8.RuneCountInString(contact) > 100:
		return errors.New("SUPPORT_CONTACT has more than 100 characters; use an email address or a short URL")
	case strings.TrimSpace(contact) != contact:
		return fmt.Errorf("SUPPORT_CONTACT is %q; remove the space at its start or end", contact)
	}
	return nil
}

// Logger returns the functions' logger. Each line is a JSON object with the
// attributes level and timestamp (RFC 3339). Lambda reads these two attributes: a JSON
// line without a valid timestamp counts as INFO, whatever its level is (AWS Lambda
// Developer Guide, "Configuring advanced logging controls for Lambda functions",
// log level filtering of custom runtimes).
func (c Config) Logger(to io.Writer) *slog.Logger {
	options := &slog.HandlerOptions{Level: c.LogLevel, ReplaceAttr: renameTime}
	return slog.New(slog.NewJSONHandler(to, options))
}

func renameTime(groups []string, a slog.Attr) slog.Attr {
	if len(groups) == 0 && a.Key == slog.TimeKey && a.Value.Kind() == slog.KindTime {
		a.Key = "timestamp"
	}
	return a
}
