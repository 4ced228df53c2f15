package testkit

import (
	"path/filepath"
	"testing"
)

// TestWhatTestsDoNotHaveIsDeclared: the tables of tests have no stream and no time to live, the deployed one
// has both.
func TestWhatTestsDoNotHaveIsDeclared(t *testing.T) {
	p, err := declaredTable(filepath.Join(ModuleRoot(t), "infra", "storage.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if s := p.StreamSpecification; s == nil || s.StreamViewType != "NEW_AND_OLD_IMAGES" {
		t.Errorf("the stream is %+v, want new and old images", s)
	}
	if ttl := p.TimeToLiveSpecification; ttl == nil || !ttl.Enabled || ttl.AttributeName != "expires" {
		t.Errorf("time to live is %+v, want that of expires", ttl)
	}
}
