// Command scimctl operates the service through its operator API: tenants, their
// credentials, teams and provisioning log, and the accounts of the application. go
// run ./infra/scimctl help lists its commands.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := run(ctx, os.Args[1:], streams{&input{ctx: ctx, from: os.Stdin}, os.Stdout, os.Stderr})
	var misuse usageError
	switch {
	case err == nil:
	case errors.As(err, &misuse):
		report(err)
		os.Exit(2)
	default:
		report(err)
		os.Exit(1)
	}
}

// report prints an error, line by line.
func report(err error) {
	for i, line := range strings.Split(err.Error(), "\n") {
		if i == 0 {
			line = "scimctl: " + line
		}
		fmt.Fprintln(os.Stderr, harmless(line))
	}
}

// streams are where a command reads and writes: its result goes to out, progress
// and questions to err.
type streams struct {
	in       io.Reader
	out, err io.Writer
}

// usageError says that the command line makes no sense.
type usageError string

func (e usageError) Error() string { return string(e) }

// command is one of scimctl's commands.
type command struct {
	name    string // one word or two
	args    string // names of what follows, such as "ID"; the last may be there several times: "ID..."
	summary string
	// prepare declares flags and returns what runs once they are parsed.
	prepare func(*flag.FlagSet) action
}

// action carries a command out.
type action func(ctx context.Context, s *session, args []string) error

func commands() []command {
	return slices.Concat(tenantCommands(), credentialCommands(), teamCommands(), accountCommands(), conflictCommands(),
		logCommands(), teardownCommands())
}

func run(ctx context.Context, args []string, std streams) error {
	words, rest := split(args)
	if len(words) > 0 && words[0] == "help" {
		return help(std.out, strings.Join(words[1:], " "))
	}
	if len(words) == 0 && asksHelp(rest) {
		return help(std.out, "")
	}
	for n := len(words); n > 0; n-- {
		if c := named(strings.Join(words[:n], " ")); c != nil {
			return c.run(ctx, slices.Concat(words[n:], rest), std)
		}
	}
	if len(words) == 1 && len(group(words[0])) > 0 {
		return ofGroup(words[0], rest, std)
	}
	return unknown(strings.Join(words, " "), rest)
}

// named returns the command of a name, nil if there is none.
func named(name string) *command {
	for _, c := range commands() {
		if c.name == name {
			return &c
		}
	}
	return nil
}

// split takes the words of a command from the front of the command line.
func split(args []string) (words, rest []string) {
	most := 2
	if len(args) > 0 && args[0] == "help" {
		most = 3
	}
	n := 0
	for n < len(args) && n < most && !strings.HasPrefix(args[n], "-") {
		n++
	}
	return args[:n], args[n:]
}

func asksHelp(args []string) bool {
	return slices.ContainsFunc(args, func(a string) bool { return slices.Contains([]string{"-h", "-help", "--help"}, a) })
}

// ofGroup answers the first word of a command alone.
func ofGroup(word string, rest []string, std streams) error {
	if asksHelp(rest) {
		return help(std.out, word)
	}
	var names []string
	for _, c := range group(word) {
		names = append(names, c.name)
	}
	return usageError(word + " alone is no command; there are: " + strings.Join(names, ", "))
}

func unknown(name string, rest []string) error {
	switch {
	case name == "" && len(rest) > 0:
		return usageError("flags stand behind the command: scimctl tenant list " + rest[0] + " ...; see scimctl help")
	case name == "":
		return usageError("a command is wanted, such as tenant list: see scimctl help")
	}
	return usageError(fmt.Sprintf("there is no command %q: see scimctl help", name))
}

func (c command) run(ctx context.Context, args []string, std streams) error {
	s := &session{streams: std}
	flags := flag.NewFlagSet("scimctl "+c.name, flag.ContinueOnError)
	flags.SetOutput(io.Discard) // the caller prints the error
	act := c.prepare(flags)
	flags.BoolVar(&s.json, "json", false, "print the result as JSON")
	envFile := flags.String("env-file", "", "file with ADMIN_URL= and the like, as the local stack writes it")
	given, err := parse(flags, args)
	if errors.Is(err, flag.ErrHelp) {
		return c.help(std.out, flags)
	}
	if err != nil {
		return usageError(err.Error() + ": see scimctl " + c.name + " -h")
	}
	if !c.takes(len(given)) {
		return usageError(fmt.Sprintf("scimctl %s takes %s and flags%s, not %q", c.name, either(c.args, "nothing"), c.flagsAlone(), given))
	}
	if err := c.pathless(given); err != nil {
		return err
	}
	if c.name != teardown {
		if s.client, err = connect(ctx, *envFile); err != nil {
			return err
		}
	}
	return act(ctx, s, given)
}

// pathless refuses ids that would lead the request to another path. A name may be
// whatever it is.
func (c command) pathless(given []string) error {
	for i, what := range strings.Fields(c.args) {
		if slices.Contains([]string{"ID", "TENANT", "TEAM", "KEY"}, what) && slices.Contains([]string{"", ".", ".."}, given[i]) {
			return usageError(fmt.Sprintf("%s can't be %q", what, given[i]))
		}
	}
	return nil
}

// takes reports whether the command takes so many arguments.
func (c command) takes(n int) bool {
	wanted := len(strings.Fields(c.args))
	return n == wanted || n > wanted && strings.HasSuffix(c.args, "...")
}

// flagsAlone names the flags of a command that takes nothing else, "" of another one.
func (c command) flagsAlone() string {
	if c.args != "" {
		return ""
	}
	flags := flag.NewFlagSet("", flag.ContinueOnError)
	c.prepare(flags)
	var names []string
	flags.VisitAll(func(f *flag.Flag) { names = append(names, "-"+f.Name) })
	if names == nil {
		return ""
	}
	return " (" + strings.Join(names, ", ") + ")"
}

// parse lets flags stand before, between and behind the arguments.
func parse(flags *flag.FlagSet, args []string) (given []string, err error) {
	for {
		if err := flags.Parse(args); err != nil {
			return nil, err
		}
		if flags.NArg() == 0 {
			return given, nil
		}
		given, args = append(given, flags.Arg(0)), flags.Args()[1:]
	}
}

func either(s, fallback string) string {
	if s == "" {
		return fallback
	}
	return s
}
