package config

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"
)

func TestRead(t *testing.T) {
	env := map[string]string{
		"TABLE_NAME":       "t",
		"BASE_URL":         "https://h/a/b/v2/",
		"PASSWORD_STORAGE": "store",
		"SUPPORT_CONTACT":  "Müller IT, help@h.example",
		"VERSION":          "v1.2.0-3-gabc1234", "SCAN_UNITS_PER_MINUTE": "30000",
	}
	c, err := Read(func(k string) string { return env[k] })
	if err != nil {
		t.Fatal(err)
	}
	want := Config{
		Table: "t", Scope: "SYSTEM", StorePasswords: true, BaseURL: "https://h/a/b/v2",
		SupportContact: "Müller IT, help@h.example", Version: "v1.2.0-3-gabc1234", ScanUnits: 30_000,
	}
	if c != want {
		t.Errorf("got %+v, want %+v", c, want)
	}
}

func TestReadRejects(t *testing.T) {
	for _, tt := range []struct{ key, value, want string }{
		{"UNIQUENESS_SCOPE", "system", "SYSTEM or TENANT"},
		{"PASSWORD_STORAGE", "plain", "discard or store"},
		{"SUPPORT_CONTACT", "help@h\nexample", "control character"},
		{"SUPPORT_CONTACT", "help@h\u202eexample", "control character"},
		{"SUPPORT_CONTACT", "\xff", "control character"},
		{"SUPPORT_CONTACT", " help", "space"},
		{"SUPPORT_CONTACT", strings.Repeat("x", 101), "more than 100"},
		{"LOG_LEVEL", "LOUD", "LOG_LEVEL"},
		{"SCAN_UNITS_PER_MINUTE", "-1", "number of read capacity units"},
		{"MEMBERS_PER_TRANSACTION", "many", "number of members"},
		{"BASE_URL", "https://h/scim?x=1", "query"},       // P-1.3-1
		{"BASE_URL", "https://u:p@h/scim", "user inform"}, // P-7.1-1
		{"BASE_URL", "ftp://h/scim", "http or https"},
		{"BASE_URL", "/scim", "absolute"},
	} {
		_, err := Read(func(k string) string {
			if k == tt.key {
				return tt.value
			}
			return ""
		})
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s=%q: error %v, want one with %q", tt.key, tt.value, err, tt.want)
		}
	}
}

// TestLogLinesAreWhatLambdaReads: Lambda filters log lines by these two attributes.
func TestLogLinesAreWhatLambdaReads(t *testing.T) {
	var line bytes.Buffer
	Config{}.Logger(&line).Warn("careful", "time", "noon")
	var got struct{ Timestamp, Level, Time string }
	if err := json.Unmarshal(line.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if at, err := time.Parse(time.RFC3339, got.Timestamp); err != nil || time.Since(at) > time.Hour {
		t.Errorf("timestamp is %q (%v), want the present in RFC 3339", got.Timestamp, err)
	}
	if got.Level != "WARN" || got.Time != "noon" {
		t.Errorf("level %q, attribute time %q, want WARN and noon", got.Level, got.Time)
	}
}
