package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"
)

// group are the commands whose name is a word or begins with it.
func group(word string) []command {
	return slices.DeleteFunc(commands(), func(c command) bool {
		return word != "" && c.name != word && !strings.HasPrefix(c.name, word+" ")
	})
}

// help lists the commands that begin with a word; "" lists all.
func help(to io.Writer, word string) error {
	list := group(word)
	if len(list) == 0 {
		return usageError(fmt.Sprintf("there is no command %q: see scimctl help", word))
	}
	if len(list) == 1 {
		return list[0].run(context.Background(), []string{"-h"}, streams{out: to, err: to})
	}
	var b strings.Builder
	b.WriteString("scimctl operates a SCIM service. Its commands:\n\n")
	for _, c := range list {
		fmt.Fprintf(&b, "  %-34s %s\n", strings.TrimSpace(c.name+" "+c.args), c.summary)
	}
	b.WriteString("\nscimctl COMMAND -h lists a command's flags, which stand behind the command. -json prints results for programs.\n" + connection)
	_, err := io.WriteString(to, b.String())
	return err
}

// help says what a command does and lists its flags.
func (c command) help(to io.Writer, flags *flag.FlagSet) error {
	_, err := fmt.Fprintf(to, "scimctl %s [flags]\n%s\n", strings.TrimSpace(c.name+" "+c.args), c.summary)
	flags.SetOutput(to)
	flags.PrintDefaults()
	return err
}
