package main

import (
	"context"
	"flag"
	"fmt"
	"io"

	"scimserver/shared/usageplan"
)

// teardown is the one command that asks AWS itself, with the credentials that the AWS
// CLI would use, and not the operator API.
const teardown = "teardown"

func teardownCommands() []command {
	return []command{{teardown, "STACK", "delete the usage plans and API keys that a stack has made, before the stack is deleted", tearDown}}
}

func tearDown(flags *flag.FlagSet) action {
	confirm := flags.String("confirm", "", "the stack's `name` once more, for scripts; otherwise it is asked for")
	return func(ctx context.Context, s *session, args []string) error {
		stack := args[0]
		left, err := usageplan.FindLeftovers(ctx, stack)
		if err != nil {
			return err
		}
		if len(left.Plans)+len(left.Keys) > 0 {
			s.list(left)
			question := "This deletes the usage plans and API keys above. The service then refuses their tenants, until the stack is deleted."
			if err := s.confirmed(question, "the stack's name", *confirm, stack, "the stack's name"); err != nil {
				return err
			}
		}
		if err := left.Remove(ctx); err != nil {
			return fmt.Errorf("%w\nthe same command goes on with what is left", err)
		}
		return s.show(left, func(w io.Writer) {
			row(w, fmt.Sprintf("deleted %d usage plans and %d API keys", len(left.Plans), len(left.Keys)))
			row(w, "next: sam delete --stack-name "+stack)
			row(w, "The table and the log groups stay; the README says how to delete them (Tear down).")
		})
	}
}

func (s *session) list(left *usageplan.Leftovers) {
	for _, name := range left.Plans {
		s.say("usage plan %s\n", harmless(name))
	}
	for _, name := range left.Keys {
		s.say("API key %s\n", harmless(name))
	}
}
