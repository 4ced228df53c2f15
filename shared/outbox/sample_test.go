package outbox_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"scimserver/shared/outbox"
	"scimserver/shared/testkit"
)

// TestSamples: the sample events in events/bus have exactly the fields of Event.
func TestSamples(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join(testkit.ModuleRoot(t), "events", "bus", "*.json"))
	if err != nil || len(files) < 10 {
		t.Fatalf("%d samples, %v", len(files), err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			var sample struct {
				DetailType string `json:"detail-type"`
				Source     string
				Detail     json.RawMessage
			}
			text, err := os.ReadFile(file)
			if err == nil {
				err = json.Unmarshal(text, &sample)
			}
			if err != nil {
				t.Fatal(err)
			}
			var e outbox.Event
			detail := json.NewDecoder(strings.NewReader(string(sample.Detail)))
			detail.DisallowUnknownFields()
			if err := detail.Decode(&e); err != nil {
				t.Fatal(err)
			}
			if string(e.Type) != sample.DetailType || e.Sequence == 0 || e.ID == "" || len(e.Events) == 0 ||
				!strings.HasPrefix(sample.Source, "scim.") || e.Resource.ID == "" {
				t.Errorf("the sample is %s", text)
			}
		})
	}
}
