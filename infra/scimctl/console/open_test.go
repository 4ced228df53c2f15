package console_test

import (
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// opensItself: with -open the browser gets a file that only its owner can read. The link is on no
// command line, and the file is gone when the console has ended.
func opensItself(c *client, _ data) {
	if runtime.GOOS != "linux" {
		c.Skip("other systems start the browser in another way")
	}
	var opened string
	c.Run("while it runs", func(t *testing.T) {
		folder := t.TempDir()
		record := filepath.Join(folder, "opened")
		script := "#!/bin/sh\necho \"$@\" > " + record + ".part && mv " + record + ".part " + record + "\n"
		if err := os.WriteFile(filepath.Join(folder, "xdg-open"), []byte(script), 0o700); err != nil {
			t.Fatal(err)
		}
		own := *c.bench
		own.T = t
		path := "PATH=" + folder + string(os.PathListSeparator) + os.Getenv("PATH")
		link := own.start(slices.Concat(own.env, []string{path}), "-open")
		own.await("the browser to be started", func() bool { _, err := os.Stat(record); return err == nil })
		arguments, err := os.ReadFile(record)
		if err != nil {
			t.Fatal(err)
		}
		opened = strings.TrimSpace(string(arguments))
		info, err := os.Stat(opened)
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Fatalf("%s: %v %v", opened, info, err)
		}
		if text, err := os.ReadFile(opened); err != nil || !strings.Contains(string(text), link) {
			t.Errorf("%v: the file has %s", err, text)
		}
	})
	if _, err := os.Stat(opened); opened == "" || !os.IsNotExist(err) {
		c.Errorf("%q is left: %v", opened, err)
	}
}
