package main

import (
	"cmp"
	"context"
	"io"
	"runtime"
	"runtime/debug"

	"github.com/urfave/cli/v3"
)

// version is what a binary knows about itself. The go command records the commit when
// it builds inside a Git clone, so no linker flags are needed; go run records none.
type version struct {
	Commit   string `json:"commit"`
	Date     string `json:"date"`     // of the commit
	Modified bool   `json:"modified"` // whether the clone had changes that are not committed
	Go       string `json:"go"`
	Platform string `json:"platform"`
}

func versionCommand() *cli.Command {
	return localCommand("version", "", "show the commit from which scimctl was built, and its date",
		func(_ context.Context, s *session, _ []string) error {
			v := buildVersion()
			return s.print(v, func(w io.Writer) {
				commit := cmp.Or(v.Commit, "unknown: built by go run, or outside a Git clone")
				if v.Modified {
					commit += ", with changes that are not committed"
				}
				row(w, "commit", commit)
				row(w, "date", v.Date)
				row(w, "go", v.Go)
				row(w, "platform", v.Platform)
			})
		})
}

func buildVersion() version {
	v := version{Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return v
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			v.Commit = s.Value
		case "vcs.time":
			v.Date = s.Value
		case "vcs.modified":
			v.Modified = s.Value == "true"
		}
	}
	return v
}
