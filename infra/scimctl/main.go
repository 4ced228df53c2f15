// Command scimctl operates the service through its operator API: tenants and their
// credentials. go run ./infra/scimctl help lists its commands.
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
	err := run(ctx, os.Args[1:], streams{os.Stdin, os.Stdout, os.Stderr})
	var misuse usageError
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
	case errors.As(err, &misuse):
		fmt.Fprintln(os.Stderr, "scimctl:", err)
		os.Exit(2)
	default:
		fmt.Fprintln(os.Stderr, "scimctl:", err)
		os.Exit(1)
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
	name    string // two words
	args    string // names of what follows, such as "ID"
	summary string
	// prepare declares flags and returns what runs once they are parsed.
	prepare func(*flag.FlagSet) action
}

// action carries a command out.
type action func(ctx context.Context, s *session, args []string) error

func commands() []command { return slices.Concat(tenantCommands(), credentialCommands()) }

func run(ctx context.Context, args []string, std streams) error {
	if len(args) == 1 && slices.Contains([]string{"help", "-h", "-help", "--help"}, args[0]) {
		return help(std.out)
	}
	if len(args) < 2 {
		_ = help(std.err)
		return usageError("a command has two words")
	}
	name := args[0] + " " + args[1]
	for _, c := range commands() {
		if c.name == name {
			return c.run(ctx, args[2:], std)
		}
	}
	return usageError(fmt.Sprintf("there is no command %q: see scimctl help", name))
}

func (c command) run(ctx context.Context, args []string, std streams) error {
	s := &session{streams: std}
	flags := flag.NewFlagSet("scimctl "+c.name, flag.ContinueOnError)
	flags.SetOutput(std.err)
	flags.Usage = func() {
		_, _ = fmt.Fprintf(std.err, "scimctl %s %s [flags]\n%s\n", c.name, c.args, c.summary)
		flags.PrintDefaults()
	}
	act := c.prepare(flags)
	flags.BoolVar(&s.json, "json", false, "print the result as JSON")
	envFile := flags.String("env-file", "", "file with ADMIN_URL= and the like, as the local stack writes it")
	given, err := parse(flags, args)
	if errors.Is(err, flag.ErrHelp) {
		return err
	}
	if err != nil {
		return usageError(err.Error())
	}
	if wanted := strings.Fields(c.args); len(given) != len(wanted) {
		return usageError(fmt.Sprintf("scimctl %s takes %s and flags, not %q", c.name, either(c.args, "nothing"), given))
	}
	if s.client, err = connect(ctx, *envFile); err != nil {
		return err
	}
	return act(ctx, s, given)
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

func help(to io.Writer) error {
	var b strings.Builder
	b.WriteString("scimctl operates a SCIM service. Its commands:\n\n")
	for _, c := range commands() {
		fmt.Fprintf(&b, "  %-32s %s\n", strings.TrimSpace(c.name+" "+c.args), c.summary)
	}
	b.WriteString("\nscimctl COMMAND -h lists a command's flags. -json prints results for programs.\n" + connection)
	_, err := io.WriteString(to, b.String())
	return err
}

func either(s, fallback string) string {
	if s == "" {
		return fallback
	}
	return s
}
