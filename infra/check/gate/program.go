package gate

import (
	"bytes"
	"context"
	"debug/buildinfo"
	"debug/elf"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// crossBuild builds every function with the Makefile's target, as sam build does, but
// without SAM. It reports which function does not compile.
func crossBuild(ctx context.Context, t tree) error {
	if err := needMake(); err != nil {
		return err
	}
	functions, err := t.functions()
	if err != nil {
		return err
	}
	into, err := os.MkdirTemp("", "arm64-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(into) }()
	var failed []error
	for _, name := range functions {
		artifacts := filepath.Join(into, name)
		if err := os.Mkdir(artifacts, 0o755); err != nil {
			return err
		}
		_, err := t.command(ctx, nil, "make", "--silent", "build-"+name, "ARTIFACTS_DIR="+artifacts)
		failed = append(failed, err)
	}
	if err := errors.Join(failed...); err != nil {
		return err
	}
	return t.checkPrograms(into)
}

func needMake() error { return need("make", "the build of the functions", "apt-get install make") }

// functions returns the logical ids of the functions in template.yaml. Matching lines is
// enough: the comparison with the folders reveals a function that it misses.
func (t tree) functions() ([]string, error) {
	text, err := os.ReadFile(filepath.Join(t.root, "template.yaml"))
	if err != nil {
		return nil, err
	}
	var names []string
	function := regexp.MustCompile(`(?m)^  (\w+):\n    Type: AWS::Serverless::Function$`)
	for _, m := range function.FindAllSubmatch(text, -1) {
		names = append(names, string(m[1]))
	}
	folders, err := filepath.Glob(filepath.Join(t.root, "functions", "*"))
	if err != nil {
		return nil, err
	}
	if len(names) == 0 || len(names) != len(folders) {
		return nil, fmt.Errorf(
			"template.yaml has %d functions (%s), and functions/ has %d folders",
			len(names),
			strings.Join(names, ", "),
			len(folders),
		)
	}
	return names, nil
}

// checkPrograms checks <folder>/<function>/bootstrap of every function.
func (t tree) checkPrograms(folder string) error {
	functions, err := t.functions()
	if err != nil {
		return err
	}
	var failed []error
	for _, name := range functions {
		if err := checkProgram(filepath.Join(folder, name, "bootstrap")); err != nil {
			failed = append(failed, fmt.Errorf("%s: %w", name, err))
		}
	}
	return errors.Join(failed...)
}

// checkProgram demands what Lambda needs (an arm64 program) and what keeps cold starts
// short: no symbols, no debugging data, no RPC mode of the Lambda library.
func checkProgram(file string) error {
	program, err := elf.Open(file)
	if err != nil {
		return err
	}
	defer func() { _ = program.Close() }()
	if program.Machine != elf.EM_AARCH64 || program.Type != elf.ET_EXEC {
		return fmt.Errorf("is %s %s, want an arm64 program", program.Machine, program.Type)
	}
	for _, section := range []string{".symtab", ".debug_info", ".zdebug_info"} {
		if program.Section(section) != nil {
			return fmt.Errorf("has %s, want it stripped", section)
		}
	}
	return checkBuild(file)
}

func checkBuild(file string) error {
	info, err := buildinfo.ReadFile(file)
	if err != nil {
		return err
	}
	settings := map[string]string{}
	for _, s := range info.Settings {
		settings[s.Key] = s.Value
	}
	for key, want := range map[string]string{"-tags": "lambda.norpc", "-trimpath": "true", "CGO_ENABLED": "0"} {
		if settings[key] != want {
			return fmt.Errorf("was built with %s=%q, want %q", key, settings[key], want)
		}
	}
	code, err := os.ReadFile(file)
	if err == nil && bytes.Contains(code, []byte("net/rpc.")) {
		err = errors.New("contains net/rpc")
	}
	return err
}
