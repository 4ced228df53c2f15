package main

import (
	"fmt"
	"io"

	"scimserver/infra/scimctl/wording"
	"scimserver/shared/admin"
)

// describeHandover says what the administrator of the provider enters in which field, and how to see the
// first request. The fields have the names of the providers' screens; see infra/docs/providers.md.
func (s *session) describeHandover(w io.Writer, tenant string, c admin.Issued) {
	if c.BaseURL == "" || c.Subject != "" {
		return
	}
	_, _ = fmt.Fprintf(w, "\nEnter at the provider (%s):\n", c.Profile)
	for _, field := range wording.ProviderFields(c) {
		row(w, "  "+field[0], field[1])
	}
	_, _ = fmt.Fprintf(w, "\nThen test the connection there, and watch it here: %s\nIf nothing arrives: %s\n",
		s.hint("scimctl log "+wording.Printable(tenant)+" -since 5m -follow"),
		s.hint("scimctl tenant health "+wording.Printable(tenant)))
}
