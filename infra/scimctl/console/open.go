package console

import (
	"fmt"
	"html"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
)

// OpenBrowser opens a link in the browser of the desktop. The link is not on a command line, which
// other users of the machine can read. The browser gets a file instead: only its owner can read it, and it leads
// to the link. remove removes the file.
func OpenBrowser(link string) (remove func(), err error) {
	folder, err := os.MkdirTemp("", "scimctl-console-") // mode 0700
	if err != nil {
		return nil, err
	}
	remove = func() { _ = os.RemoveAll(folder) }
	file := filepath.Join(folder, "open.html")
	text := fmt.Sprintf("<!doctype html><meta http-equiv=%q content=\"0; url=%s\">\n", "refresh",
		html.EscapeString(link))
	if err = os.WriteFile(file, []byte(text), 0o600); err == nil {
		err = openFile(file)
	}
	if err != nil {
		remove()
	}
	return remove, err
}

func openFile(path string) error {
	switch runtime.GOOS {
	case "darwin":
		return exec.Command("open", path).Start()
	case "windows":
		return exec.Command("rundll32", "url.dll,FileProtocolHandler", path).Start()
	}
	return exec.Command("xdg-open", path).Start()
}
