package main

import (
	"context"
	"fmt"
	"io"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/urfave/cli/v3"

	"scimserver/infra/scimctl/wording"
	"scimserver/shared/admin"
	"scimserver/shared/usageplan"
)

// teardownCommand calls AWS itself, with the credentials that the AWS CLI uses, and not the
// operator API.
func teardownCommand() *cli.Command {
	var typed string
	return localCommand("teardown", "STACK", "delete the usage plans and API keys of a stack, before sam delete",
		func(ctx context.Context, s *session, args []string) error { return s.tearDown(ctx, args[0], typed) },
		confirmFlag("the `NAME` of the stack once more", &typed))
}

func (s *session) tearDown(ctx context.Context, stack, typed string) error {
	cfg, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		return err
	}
	left, err := usageplan.FindLeftovers(ctx, cfg, stack)
	if err != nil {
		return err
	}
	if len(left.Plans)+len(left.Keys) > 0 {
		s.notifyLeftovers(left)
		notice := "This deletes the usage plans and API keys above. " +
			"Until the stack is deleted, the service refuses their tenants."
		if err := s.confirm(notice, "the name of the stack", typed, stack); err != nil {
			return err
		}
	}
	if err := left.Remove(ctx); err != nil {
		return fmt.Errorf("%w\nrun the same command again to continue", err)
	}
	return s.print(left, func(w io.Writer) {
		row(w, fmt.Sprintf("deleted %s and %s", admin.Counted(len(left.Plans), "usage plan"),
			admin.Counted(len(left.Keys), "API key")))
		row(w, "next: sam delete --stack-name "+stack)
		row(w, "The table and the log groups are not deleted; see Remove in the README.")
	})
}

func (s *session) notifyLeftovers(left *usageplan.Leftovers) {
	for _, name := range left.Plans {
		s.notify("usage plan %s\n", wording.Printable(name))
	}
	for _, name := range left.Keys {
		s.notify("API key %s\n", wording.Printable(name))
	}
}
