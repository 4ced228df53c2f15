// Command check runs the checks that a change must pass, in addition to `go test ./...`.
// It can also report on requirements, and test a deployment.
//
//	go run ./infra/check               every step
//	go run ./infra/check lint build    these steps only
//	go run ./infra/check requirements  the requirement coverage report; -write writes its page
//	go run ./infra/check rehearse      the deployment, on an emulator of AWS
//	go run ./infra/check smoke -url URL -token TOKEN [-admin-url URL]
//	                                   a deployed stack, from outside
//	go run ./infra/check providers -url URL -token TOKEN [-profile PROFILE] [STORY...]
//	                                   what identity providers send, against a deployed stack
package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"

	"scimserver/infra/check/gate"
	"scimserver/infra/check/providers"
	"scimserver/infra/check/rehearsal"
	"scimserver/infra/check/requirements"
	"scimserver/infra/check/smoke"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "check:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	root, err := moduleRoot()
	if err != nil {
		return err
	}
	if len(args) > 0 && args[0] == "requirements" {
		return reportRequirements(root, slices.Equal(args[1:], []string{"-write"}))
	}
	if len(args) == 1 && args[0] == "rehearse" {
		return rehearsal.Run(ctx, os.Stdout, root)
	}
	if len(args) > 0 && args[0] == "smoke" {
		return trySmoke(ctx, root, args[1:])
	}
	if len(args) > 0 && args[0] == "providers" {
		return playProviders(ctx, args[1:])
	}
	return gate.Run(ctx, os.Stdout, root, args)
}

func trySmoke(ctx context.Context, root string, args []string) error {
	o := smoke.Options{Root: root}
	flags := flag.NewFlagSet("smoke", flag.ExitOnError)
	serviceFlags(flags, &o.URL, &o.Token)
	flags.StringVar(
		&o.AdminURL,
		"admin-url",
		"",
		"the stack's output `AdminUrl`: tries the operator API, with a tenant that is deleted afterwards",
	)
	flags.StringVar(&o.Runbook, "runbook", "infra/docs/runbook.md", "where the runbook is")
	if err := flags.Parse(args); err != nil {
		return err
	}
	return smoke.Run(ctx, os.Stdout, o)
}

// serviceFlags are the flags that name a deployed service.
func serviceFlags(flags *flag.FlagSet, url, token *string) {
	flags.StringVar(url, "url", "", "the stack's output `BaseUrl`")
	flags.StringVar(token, "token", os.Getenv("SCIM_TOKEN"),
		"a bearer `token` with the scope write; by default that in SCIM_TOKEN")
}

func playProviders(ctx context.Context, args []string) error {
	var o providers.Options
	flags := flag.NewFlagSet("providers", flag.ExitOnError)
	serviceFlags(flags, &o.URL, &o.Token)
	flags.StringVar(&o.Profile, "profile", "generic", "the `profile` of the tenant: okta, entra, generic or strict")
	if err := flags.Parse(args); err != nil {
		return err
	}
	o.Only = flags.Args()
	return providers.Run(ctx, os.Stdout, o)
}

// reportRequirements fails on a citation of an ID that does not exist, and on a page that does not
// show the report. It writes the page if it is told to.
func reportRequirements(root string, write bool) error {
	rows, err := requirements.Load(filepath.Join(root, "infra", "check", "requirements.tsv"))
	if err != nil {
		return err
	}
	cited, err := requirements.Citations(os.DirFS(root))
	if err != nil {
		return err
	}
	divergences, err := requirements.Divergences(filepath.Join(root, "infra", "docs", "divergences.md"))
	if err != nil {
		return err
	}
	report := requirements.Decide(rows, cited, divergences)
	if err := report.Write(os.Stdout); err != nil {
		return err
	}
	if unknown := report.Unknown(); len(unknown) > 0 {
		return errors.New("cited, but no such requirement: " + strings.Join(unknown, ", "))
	}
	return checkPage(filepath.Join(root, "infra", "docs", "requirements.md"), report, write)
}

func checkPage(file string, report requirements.Report, write bool) error {
	var page bytes.Buffer
	report.WritePage(&page)
	if write {
		return os.WriteFile(file, page.Bytes(), 0o644)
	}
	written, err := os.ReadFile(file)
	if err == nil && !bytes.Equal(written, page.Bytes()) {
		err = errors.New("infra/docs/requirements.md is out of date: go run ./infra/check requirements -write")
	}
	return err
}

func moduleRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	if _, err := os.Stat(filepath.Join(dir, "go.mod")); err != nil {
		return "", errors.New("run it from the top of the project, where go.mod is: go run ./infra/check")
	}
	return dir, nil
}
