// Package providers_test plays what identity providers and operators do, through
// the whole service.
package providers_test

import (
	"os"
	"testing"

	"scimserver/infra/local/e2e"
	"scimserver/infra/local/stack"
	"scimserver/shared/tenant"
	"scimserver/shared/testkit"
)

func TestMain(m *testing.M) { os.Exit(testkit.Run(m)) }

// suite is the stack that the stories share, each as a tenant.
type suite struct {
	*e2e.Client
	log *e2e.Log
}

// client is one story's tenant.
type client struct{ *e2e.Client }

func TestProviders(t *testing.T) {
	var log e2e.Log
	var mode e2e.Mode
	s := suite{e2e.Start(t, stack.Options{Log: &log, Transport: mode.Wrap, MaxProcesses: 4}), &log}
	t.Run("plain", func(t *testing.T) {
		for name, story := range map[string]func(*testing.T, suite){
			"searches": searches, "provisioning log": provisioningLog, "files": files, "command": command,
			"own schemas": ownSchemas, "mistakes": mistakes,
			"conflicts": func(t *testing.T, s suite) { conflicts(t, s, "conflicts") },
		} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				story(t, s)
			})
		}
	})
	t.Run("item locks", func(t *testing.T) {
		mode.Locked.Store(true)
		conflicts(t, s, tenant.ID("conflicts-locked"))
	})
	s.In(t).Verify()
}
