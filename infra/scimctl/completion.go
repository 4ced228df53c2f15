package main

import (
	"fmt"

	"github.com/urfave/cli/v3"
)

// describeCompletion shows the library's command for shell completion in the help, in
// the words of the other commands.
func describeCompletion(completion *cli.Command) {
	completion.Hidden = false
	completion.Usage = "print a script that completes commands and flags in a shell"
	completion.Description = completionHelp
	completion.OnUsageError, completion.Action = explainFlagError, groupAction
	for _, shell := range completion.Commands {
		shell.Usage = fmt.Sprintf("print the completion script for %s", shell.Name)
		shell.OnUsageError = explainFlagError
	}
}

const completionHelp = `To enable completion (scimctl must be on the PATH):
  bash  in ~/.bashrc:  source <(scimctl completion bash)
  zsh   in ~/.zshrc:   source <(scimctl completion zsh)
  fish  once:          scimctl completion fish > ~/.config/fish/completions/scimctl.fish`
