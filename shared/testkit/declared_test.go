package testkit

import (
	"path/filepath"
	"testing"
)

// TestTheStreamIsDeclared: the tables of tests have no stream, the deployed one has.
func TestTheStreamIsDeclared(t *testing.T) {
	p, err := declaredTable(filepath.Join(ModuleRoot(t), "infra", "storage.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if s := p.StreamSpecification; s == nil || s.StreamViewType != "NEW_AND_OLD_IMAGES" {
		t.Errorf("the stream is %+v, want new and old images", s)
	}
}
