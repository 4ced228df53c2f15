package main_test

import (
	"encoding/json"
	"os/exec"
	"strings"

	"scimserver/shared/testkit/command"
)

// commandLine: an error in the command line is one line with what to do, and exit
// status 2.
func commandLine(b *bench) {
	for name, c := range map[string]struct{ args, words string }{
		"no command":          {"", "missing command; choose one of: tenant, credential, who, person, user, group, "},
		"no subcommand":       {"tenant", "missing subcommand; choose one of: tenant create, tenant list"},
		"unknown command":     {"nothing", `unknown command "nothing"; see scimctl help`},
		"misspelt command":    {"tennat list", `unknown command "tennat"; did you mean "tenant"?`},
		"misspelt subcommand": {"tenant lst", `unknown command "tenant lst"; did you mean "tenant list"?`},
		"help of none":        {"help tenant nothing", `unknown command "tenant nothing"`},
		"help flag of none":   {"-h nothing", "No help topic for 'nothing'"},
		"misspelt flag": {"tenant create a -nmae A", "unknown flag -nmae; did you mean -name? See " +
			"scimctl tenant create -help"},
		"unknown flag":         {"tenant list -x", "unknown flag -x; see scimctl tenant list -help"},
		"no value":             {"tenant create a -name", "flag needs an argument: -name"},
		"not a number":         {"tenant update a -rps many", "-rps: not a whole number"},
		"neither true nor not": {"tenant update wired -reactivate=maybe", "neither true nor false"},
		"not a duration": {"credential create a -expires soon", `"soon" is not a duration in days,` +
			` hours, minutes or seconds (90d, 36h, 30m, 15s)`},
		"not a point in time": {"log local -since tomorrow", "is not a duration before now (90d, 36h), a " +
			"date (2026-11-24, today, yesterday) or a time"},
		"in the future":         {"log local -until -1h", "is not a duration before now"},
		"negative limit":        {"log local -limit -1", "must not be negative"},
		"since after until":     {"log local -since 1d -until 2d", "-since (default: 24h) must be earlier than -until"},
		"default after until":   {"log local -until 2d", "-since (default: 24h) must be earlier than -until"},
		"argument missing":      {"tenant show", "tenant show takes ID; got none"},
		"until with follow":     {"log local -follow -until 1h", "leave out -until"},
		"off with for":          {"trace local -off -for 1h", "leave out -for and -follow"},
		"values without for":    {"trace local -values", "-values belongs to -for"},
		"a trace of no time":    {"trace local -for 0s", "the duration must be from 1s to 24h"},
		"a trace of two days":   {"trace local -for 25h", "the duration must be from 1s to 24h"},
		"since in the future":   {"log local -since 2999-01-01", "which is in the future"},
		"unknown log format":    {"log local -format xml", "table, json or csv"},
		"argument of log":       {"log", "log takes TENANT; got none"},
		"arguments missing":     {"team add a b", "takes TENANT TEAM PERSON..."},
		"too many arguments":    {"log local other", "takes TENANT; got local other"},
		"no arguments":          {"tenant list p3", "takes no arguments; got p3"},
		"only flags":            {"account find p3", "takes no arguments, only flags (-username, -email)"},
		"a name in two words":   {"team create a b c", "takes TENANT NAME"},
		"path in tenant":        {"tenant show ..", `ID must not be ".."`},
		"path in deletion":      {"tenant delete .", `ID must not be "."`},
		"path in key":           {"credential revoke local ..", `KEY must not be ".."`},
		"path in team":          {"team show local ..", `TEAM must not be ".."`},
		"path in conflict":      {"conflict show . x", `TENANT must not be "."`},
		"help is not a tenant":  {"tenant show h i", "takes ID; got h i"},
		"env file is not there": {"tenant list -env-file", "flag needs an argument"},
	} {
		b.sub(name, func(b *bench) {
			r := b.exec("", strings.Fields(c.args)...)
			if r.code != 2 || !strings.Contains(r.err, c.words) || strings.Count(r.err, "\n") != 1 || r.out != "" {
				b.Errorf("scimctl %s: %+v; want status 2 and %q", c.args, r, c.words)
			}
		})
	}
	if r := b.exec("", "account", "show", ""); r.code != 2 || !strings.Contains(r.err, "ID must not be empty") {
		b.Errorf("an empty id: %+v", r)
	}
	r := b.exec("", "credential", "create", "local", "-subject", "")
	if r.code != 2 || !strings.Contains(r.err, "the value is empty") {
		b.Errorf("empty subject: %+v", r)
	}
	b.fails(1, "read the env file", "tenant list -env-file /nowhere")
	b.fails(1, `no tenant "h"`, "tenant show h") // h and help are names like others
	for _, args := range []string{
		"-json tenant list", "tenant -json list", "tenant list --json", "tenant list -json=true",
	} {
		b.sub(args, func(b *bench) {
			if out := b.run(args); !json.Valid([]byte(out)) {
				b.Errorf("not JSON: %s", out)
			}
		})
	}
}

func helpTexts(b *bench) {
	for args, words := range map[string][]string{
		"help": {"tenant create ID ", "credential rotate TENANT KEY ", "log TENANT ",
			"  account   a person's", "ADMIN_URL", "Exit status: 0"},
		"-h":            {"credential rotate TENANT KEY "},
		"help tenant":   {"tenant create ID ", "Flags of every command:"},
		"tenant -h":     {"tenant create ID "},
		"tenant --help": {"tenant create ID "},
		"-h tenant":     {"tenant create ID "},
		"help tenant create": {"Usage: scimctl tenant create ID [FLAGS]", "-token-age DURATION", "-env-file FILE",
			"profile generic, connect approval, 50 requests per second"},
		"tenant create -h":   {"Usage: scimctl tenant create ID [FLAGS]"},
		"help log":           {"Usage: scimctl log TENANT [FLAGS]", "-since WHEN", "a date (2026-11-24)"},
		"log -h":             {"Usage: scimctl log TENANT [FLAGS]"},
		"event tail acme -h": {"Usage: scimctl event tail TENANT [FLAGS]"},
		"completion -h":      {"source <(scimctl completion bash)"},
		"completion bash -h": {"Usage: scimctl completion bash"},
	} {
		b.sub(args, func(b *bench) {
			r := b.exec("", strings.Fields(args)...)
			for _, w := range words {
				if r.code != 0 || r.err != "" || !strings.Contains(r.out, w) {
					b.Errorf("%q is not in %+v", w, r)
				}
			}
			if strings.Contains(args, "tenant") && strings.Contains(r.out, "credential list") {
				b.Errorf("it lists other commands:\n%s", r.out)
			}
		})
	}
}

// completion: the shells' scripts are printed, and what they ask for is answered.
func completion(b *bench) {
	for _, shell := range []string{"bash", "zsh", "fish"} {
		b.sub(shell, func(b *bench) {
			out := b.run("completion " + shell)
			if !strings.Contains(out, "--generate-shell-completion") || !strings.Contains(out, "scimctl") {
				b.Errorf("the script is\n%s", out)
			}
		})
	}
	for args, line := range map[string]string{
		"":                  "tenant:create, change and delete tenants\n",
		"tenant":            "list:list all tenants\n",
		"tenant create --n": "--name:",
	} {
		b.sub("of "+args, func(b *bench) {
			if out := b.run(args + " --generate-shell-completion"); !strings.Contains(out, line) {
				b.Errorf("%q is not in\n%s", line, out)
			}
		})
	}
	b.sub("bash runs the script", func(b *bench) {
		bash, err := exec.LookPath("bash")
		if err != nil {
			b.Skip("there is no bash")
		}
		script := b.run("completion bash")
		if out, err := command.Limited(b.Context(), limit, bash, "-n", "-c", script).CombinedOutput(); err != nil {
			b.Errorf("%v\n%s", err, out)
		}
	})
}

func buildInfo(b *bench) {
	out := b.run("version")
	for _, word := range []string{"commit ", "date ", "go ", "platform "} {
		if !strings.Contains(out, word) {
			b.Errorf("%q is not in\n%s", word, out)
		}
	}
	if v := b.json("version"); v["go"] == "" || v["platform"] == nil {
		b.Errorf("as JSON: %v", v)
	}
}
