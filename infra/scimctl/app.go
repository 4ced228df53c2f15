package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/urfave/cli/v3"

	"scimserver/infra/scimctl/apiclient"
)

// wordsHelp explains the terms in the commands that are not terms of SCIM.
const wordsHelp = `Words:
  tenant    one customer, with its own users, groups and credentials
  account   a person's record that the application made itself; no provider manages it
  team      a group that operators make; providers do not see it
  conflict  a value, such as an email, that a provider asked for and somebody else holds`

// newApp returns the program with all its commands. main prints its errors and
// chooses the exit status: the library only parses.
func newApp(in io.Reader, out, err io.Writer) *cli.Command {
	app := group(
		"scimctl",
		"operate a SCIM service: tenants, credentials, users, teams, schemas, accounts, conflicts, provisioning log",
		tenantCommands(),
		credentialCommands(),
		whoCommand(),
		personCommands(),
		userCommands(),
		groupCommands(),
		teamCommands(),
		schemaCommands(),
		accountCommands(),
		conflictCommands(),
		logCommand(),
		traceCommand(),
		verifyCommand(),
		eventCommands(),
		teardownCommand(),
		consoleCommand(),
		versionCommand(),
		helpCommand(),
	)
	app.Description = wordsHelp + "\n\n" + apiclient.ConnectionHelp
	app.Reader, app.Writer, app.ErrWriter = in, out, err
	app.ExitErrHandler = func(context.Context, *cli.Command, error) {}
	app.HideHelpCommand = true // it would make "tenant show h" mean help
	cli.HelpPrinter, cli.ShowCommandHelp = printHelp, showHelp
	app.EnableShellCompletion = true
	app.ConfigureShellCompletionCommand = describeCompletion
	app.Flags = []cli.Flag{
		&cli.BoolFlag{Name: "json", Usage: "print the result as JSON"},
		&cli.StringFlag{Name: "env-file",
			Usage: "read ADMIN_URL and the other variables from this `FILE`, as the local stack writes it"},
	}
	return app
}

// group is a command that only has subcommands.
func group(name, usage string, commands ...*cli.Command) *cli.Command {
	return &cli.Command{
		Name:         name,
		Usage:        usage,
		Commands:     commands,
		OnUsageError: explainFlagError,
		Action:       groupAction,
	}
}

// groupAction runs when the command line names no subcommand.
func groupAction(_ context.Context, cmd *cli.Command) error {
	if cmd.Args().Len() > 0 {
		return unknownCommand(cmd, cmd.Args().First())
	}
	var names []string
	for _, c := range cmd.VisibleCommands() {
		names = append(names, commandName(c))
	}
	what := "subcommand"
	if cmd == cmd.Root() {
		what = "command"
	}
	return usageError(fmt.Sprintf("missing %s; choose one of: %s", what, strings.Join(names, ", ")))
}

func unknownCommand(cmd *cli.Command, name string) error {
	text := fmt.Sprintf("unknown command %q", strings.TrimSpace(commandName(cmd)+" "+name))
	near := cmd.Command(cli.SuggestCommand(cmd.Commands, name))
	if near == nil || !isPlausible(near.Name, name) {
		return usageError(text + "; see scimctl help")
	}
	return usageError(fmt.Sprintf("%s; did you mean %q? See scimctl help", text, commandName(near)))
}

// isPlausible filters the library's suggestions, which may have only one letter in
// common with the word.
func isPlausible(suggestion, word string) bool {
	return suggestion != "" && word != "" && suggestion[0] == word[0]
}

// commandName is the name of a command without the program's: tenant create.
func commandName(cmd *cli.Command) string {
	return strings.TrimPrefix(strings.TrimPrefix(cmd.FullName(), cmd.Root().Name), " ")
}

// action carries out a command with its arguments.
type action func(ctx context.Context, s *session, args []string) error

// command is a command that calls the operator API. args are the names of its
// arguments, such as "TENANT ID"; the last may repeat: "PERSON...".
func command(name, args, usage string, act action, flags ...cli.Flag) *cli.Command {
	return localCommand(name, args, usage, func(ctx context.Context, s *session, args []string) (err error) {
		if s.client, err = apiclient.Connect(ctx, s.envFile); err != nil {
			return err
		}
		return act(ctx, s, args)
	}, flags...)
}

// localCommand is a command that does not call the operator API.
func localCommand(name, args, usage string, act action, flags ...cli.Flag) *cli.Command {
	return &cli.Command{Name: name, ArgsUsage: args, Usage: usage, Flags: flags, OnUsageError: explainFlagError,
		Action: func(ctx context.Context, cmd *cli.Command) error {
			if err := checkArgs(cmd); err != nil {
				return err
			}
			root := cmd.Root()
			s := &session{in: root.Reader, out: root.Writer, err: root.ErrWriter}
			s.json, s.envFile = cmd.Bool("json"), cmd.String("env-file")
			return act(ctx, s, cmd.Args().Slice())
		}}
}

// checkArgs checks the number of arguments. It refuses empty ones, and ids that would lead the
// request to another path.
func checkArgs(cmd *cli.Command) error {
	names, args := strings.Fields(cmd.ArgsUsage), cmd.Args().Slice()
	optional := strings.HasPrefix(cmd.ArgsUsage, "[")
	if n := len(args); !optional && n != len(names) && (n < len(names) || !strings.HasSuffix(cmd.ArgsUsage, "...")) {
		return usageError(fmt.Sprintf("%s takes %s; got %s; see %s -help", commandName(cmd), expectedArgs(cmd),
			cmp.Or(strings.Join(args, " "), "none"), cmd.FullName()))
	}
	for i, name := range names {
		if i < len(args) && args[i] == "" {
			return usageError(strings.Trim(name, "[].") + " must not be empty")
		}
		isID := slices.Contains([]string{"ID", "TENANT", "TEAM", "USER", "GROUP", "KEY", "INVITATION"}, name)
		if isID && slices.Contains([]string{".", ".."}, args[i]) {
			return usageError(fmt.Sprintf("%s must not be %q", name, args[i]))
		}
	}
	return nil
}

// expectedArgs describes the arguments of a command.
func expectedArgs(cmd *cli.Command) string {
	if cmd.ArgsUsage != "" {
		return cmd.ArgsUsage
	}
	text := "no arguments"
	var flags []string
	for _, f := range cmd.VisibleFlags() {
		if name := f.Names()[0]; name != "help" {
			flags = append(flags, "-"+name)
		}
	}
	if flags != nil {
		text += ", only flags (" + strings.Join(flags, ", ") + ")"
	}
	return text
}

// explainFlagError puts the library's errors about flags into the words of scimctl, and suggests a flag for an
// unknown one. The library has no types for these errors, so their text has to be parsed.
func explainFlagError(_ context.Context, cmd *cli.Command, err error, _ bool) error {
	text := err.Error()
	if name, unknown := strings.CutPrefix(text, "flag provided but not defined: -"); unknown {
		text = "unknown flag -" + name
		flags := slices.Concat(cmd.VisibleFlags(), cmd.VisiblePersistentFlags())
		if near := strings.TrimLeft(cli.SuggestFlag(flags, name, true), "-"); isPlausible(near, name) {
			return usageError(fmt.Sprintf("%s; did you mean -%s? See %s -help", text, near, cmd.FullName()))
		}
	}
	if invalid, ok := strings.CutSuffix(text, ": parse error"); ok { // of a BoolFlag
		text = invalid + ": neither true nor false"
	}
	return usageError(text + "; see " + cmd.FullName() + " -help")
}
