package main

import (
	"context"

	"github.com/urfave/cli/v3"

	"scimserver/infra/scimctl/console"
)

func consoleCommand() *cli.Command {
	var open bool
	var table string
	return command("console", "", "serve pages for support and operators in this machine's browser, until Ctrl-C",
		func(ctx context.Context, s *session, _ []string) (err error) {
			o := console.Options{API: s.client, Out: s.out}
			if o.Table, err = s.consoleTable(table); err != nil {
				return err
			}
			if open {
				o.Open = console.OpenBrowser
			}
			return console.Run(ctx, o)
		},
		&cli.BoolFlag{Name: "open", HideDefault: true, Destination: &open, Usage: "open the link in the browser"},
		&cli.StringFlag{Name: "table", Destination: &table,
			Usage: "`NAME` of the table, so that the console can check it (default: variable TABLE_NAME)"})
}
