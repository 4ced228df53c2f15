package main

import (
	"context"
	"io"
	"strings"

	"github.com/urfave/cli/v3"

	"scimserver/infra/scimctl/wording"
)

// helpTemplate is the help of every command. The help of a group lists all commands below it.
const helpTemplate = `Usage: {{.FullName}}{{with .ArgsUsage}} {{.}}{{end}}{{if .VisibleCommands}} COMMAND{{end}} [FLAGS]

{{sentence .Usage}}{{if .Commands}}

Commands:{{range leaves .}}
  {{name .}}{{with .ArgsUsage}} {{.}}{{end}}{{"\t"}}{{.Usage}}{{end}}{{end}}{{if .Flags}}

Flags:{{range .VisibleFlags}}
  {{flag .}}{{end}}{{end}}{{if .VisiblePersistentFlags}}

Flags of every command:{{range .VisiblePersistentFlags}}
  {{flag .}}{{end}}{{end}}{{with .Description}}

{{.}}{{end}}
`

// printHelp prints the help of a command. The library calls it for -help too, and passes a template of its own,
// which printHelp ignores.
func printHelp(w io.Writer, _ string, cmd any) {
	cli.HelpPrinterCustom(w, helpTemplate, cmd, map[string]any{
		"leaves": leaves, "name": commandName, "flag": flagHelp, "sentence": wording.Sentence,
	})
}

// showHelp shows the help of a command, whatever its arguments are. It leaves only groups to the library, which
// would look for a subcommand acme in event tail acme -h.
func showHelp(ctx context.Context, cmd *cli.Command, name string) error {
	if len(cmd.Commands) == 0 {
		printHelp(cmd.Root().Writer, "", cmd)
		return nil
	}
	return cli.DefaultShowCommandHelp(ctx, cmd, name)
}

// leaves are the commands below a command that have no subcommands.
func leaves(cmd *cli.Command) (list []*cli.Command) {
	for _, c := range cmd.VisibleCommands() {
		if len(c.Commands) == 0 {
			list = append(list, c)
		}
		list = append(list, leaves(c)...)
	}
	return list
}

// flagHelp is the library's help for a flag, but with one dash, as the documents write flags.
func flagHelp(f cli.Flag) string {
	names, usage, _ := strings.Cut(cli.FlagStringer(f), "\t")
	return strings.ReplaceAll(names, "--", "-") + "\t" + usage
}

func helpCommand() *cli.Command {
	help := localCommand("help", "[COMMAND]", "show the help of a command, or list all commands", nil)
	help.Action = func(_ context.Context, cmd *cli.Command) error {
		about := cmd.Root()
		for _, name := range cmd.Args().Slice() {
			next := about.Command(name)
			if next == nil {
				return unknownCommand(about, name)
			}
			about = next
		}
		printHelp(cmd.Root().Writer, "", about)
		return nil
	}
	return help
}
