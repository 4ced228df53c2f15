// Package shared_test checks the architecture: which package may import which, and what
// every file must and must not have. Each rule has its reason.
package shared_test

import (
	"fmt"
	"go/ast"
	"os"
	"slices"
	"strings"
	"testing"
)

// layer says what a package may import of this module; "x/..." is everything below x.
type layer struct {
	may []string
	why string
}

// layers has the rule for each package, under the longest name that matches. For test
// files, testLayers apply instead.
var layers = map[string]layer{
	"shared/config":     {nil, "a leaf: the environment is read once, and the values are passed on"},
	"shared/lazyregexp": {nil, "a leaf: no function compiles a regular expression when it starts"},
	"shared/deadline":   {nil, "a leaf: all functions leave the same time to respond"},
	"shared/tenant":     {nil, "a leaf: every package uses the same tenants and credentials"},
	"shared/idp": {
		[]string{"shared/tenant"},
		"a leaf: the setup page, scimctl and the documents have the same names for a provider's fields",
	},
	"shared/scim": {nil, "the terms of the RFCs do not depend on schemas, storage or transport"},
	"shared/scim/...": {
		[]string{"shared/scim", "shared/scim/...", "shared/lazyregexp"},
		"the rules of SCIM do no I/O, so that they can be tested and fuzzed without a server",
	},
	"shared/awsenv": {nil, "a leaf: how a function's AWS clients find their region, keys and endpoint"},
	"shared/table": {
		[]string{"shared/awsenv", "shared/table/wire"},
		"transactions and retries do not depend on the items that they store",
	},
	"shared/table/wire": {nil, "a leaf: it is fuzzed against the SDK's reader"},
	"shared/erasure": {
		[]string{"shared/scim"}, "a leaf: values of a person are replaced in one way, wherever stored",
	},
	"shared/tenantstore": {[]string{"shared/deadline", "shared/scim", "shared/tenant", "shared/table"},
		"credentials are separate from the directory, so that the authorizer does not link the directory"},
	"shared/tenantschema": {
		[]string{"shared/scim", "shared/scim/schema", "shared/tenant"},
		"which schemas a tenant may have does not depend on where they are stored",
	},
	"shared/provlog": {
		[]string{"shared/scim", "shared/tenant", "shared/table", "shared/erasure"},
		"the log stores entries and does not depend on the directory",
	},
	"shared/outbox": {
		[]string{"shared/scim", "shared/tenant", "shared/table", "shared/erasure"},
		"a feed stores events and does not depend on the directory",
	},
	"shared/trace": {
		[]string{"shared/lazyregexp", "shared/scim", "shared/scim/schema", "shared/tenant", "shared/table"},
		"traced requests are stored and their values replaced apart from the directory",
	},
	"shared/directory": {
		[]string{
			"shared/scim", "shared/scim/...", "shared/tenant", "shared/table", "shared/tenantstore",
			"shared/tenantschema",
			"shared/provlog", "shared/outbox", "shared/trace", "shared/erasure",
		},
		"the directory uses SCIM and DynamoDB, and never HTTP",
	},
	"shared/directory/...": {
		[]string{
			"shared/scim", "shared/scim/...", "shared/tenant", "shared/table", "shared/directory",
			"shared/directory/...",
		},
		"the directory does not depend on the server",
	},
	"shared/server": {
		[]string{
			"shared/scim", "shared/scim/...", "shared/tenant", "shared/provlog", "shared/trace",
			"shared/directory", "shared/deadline",
		},
		"the protocol reaches DynamoDB only through the directory",
	},
	"shared/accesstoken": {
		[]string{"shared/tenant"},
		"signing and verifying tokens does not depend on storage or transport",
	},
	"shared/secret": {
		[]string{"shared/accesstoken", "shared/awsenv"},
		"only this package knows where the signing secret is stored",
	},
	"shared/access": {[]string{"shared/accesstoken", "shared/deadline", "shared/tenantstore", "shared/tenant"},
		"one package decides what a credential may do"},
	"shared/oauth": {[]string{"shared/access", "shared/accesstoken", "shared/tenant", "shared/tenantstore"},
		"the token endpoint implements OAuth 2.0 and does not depend on SCIM"},
	"shared/admin": {
		[]string{
			"shared/scim", "shared/scim/schema", "shared/tenant", "shared/tenantstore", "shared/tenantschema",
			"shared/provlog", "shared/outbox",
			"shared/trace", "shared/directory", "shared/deadline", "shared/lazyregexp",
		},
		"the operator API uses tenants, the directory and the strict JSON parser; callers are authorized " +
			"before it",
	},
	"shared/eventbus": {[]string{"shared/awsenv"}, "the bus gets events as JSON and depends on nothing else"},
	"shared/usageplan": {
		[]string{"shared/tenant", "shared/awsenv"},
		"API Gateway's keys depend on a tenant's id and limits, and not on its data",
	},
	"shared/gateway": {[]string{"shared/config", "shared/deadline", "shared/scim", "shared/server", "shared/tenant"},
		"all functions start in the same way and convert events in the same way"},
	"shared/gateway/resources": {
		[]string{
			"shared/config", "shared/directory", "shared/gateway", "shared/password", "shared/scim/schema",
			"shared/server", "shared/tenantschema",
		},
		"only the functions of users, groups and bulk requests link the directory",
	},
	"shared/gateway/discovery": {
		[]string{
			"shared/config", "shared/gateway", "shared/scim/schema", "shared/server", "shared/tenantschema",
			"shared/tenantstore",
		},
		"the functions that describe schemas read those of tenants, and do not link the directory",
	},
	"shared/gateway/authorizer": {
		[]string{
			"shared/access", "shared/accesstoken", "shared/config", "shared/scim", "shared/secret", "shared/tenant",
			"shared/tenantstore",
		},
		"the authorizer returns a policy for a credential, and does not link the directory",
	},
	"shared/gateway/changes": {
		[]string{"shared/deadline", "shared/directory", "shared/outbox"},
		"the directory decides what follows from a change",
	},
	"shared/portal": {
		[]string{
			"shared/admin", "shared/deadline", "shared/directory", "shared/idp", "shared/provlog", "shared/scim",
			"shared/tenant", "shared/tenantstore", "shared/web",
		},
		"the setup page shows what the operator API knows of one tenant, and changes credentials through it",
	},
	"shared/password": {nil, "a leaf: hashing does not depend on users"},
	"shared/web":      {nil, "a leaf: pages look alike, and do not depend on what they show"},
	"functions/...": {
		[]string{
			"shared/config", "shared/tenant", "shared/scim", "shared/scim/...", "shared/directory",
			"shared/directory/...", "shared/server", "shared/gateway", "shared/gateway/...", "shared/oauth",
			"shared/admin", "shared/portal", "shared/usageplan", "shared/eventbus", "shared/password",
		},
		"a function connects the packages; test support is not deployed",
	},
	"shared/testkit": {
		[]string{"shared/testkit/..."}, "test support serves every layer, so it depends on none",
	},
	"shared/testkit/...":      {nil, "test support serves every layer, so it depends on none"},
	"shared/testkit/ddblocal": {[]string{"shared/testkit/command"}, "the engine and its installers are programs"},
	"infra/...": {
		[]string{
			"shared/config", "shared/tenant", "shared/scim", "shared/scim/...", "shared/tenantstore",
			"shared/provlog", "shared/outbox", "shared/directory", "shared/directory/...", "shared/admin",
			"shared/usageplan", "shared/testkit/command", "shared/testkit/ddblocal", "shared/testkit/charge",
			"shared/testkit/story", "infra/...",
		},
		"tools use the shared packages, and nothing deployed uses tools",
	},
	"infra/scimctl/apiclient": {
		[]string{"infra/scimctl/wording"},
		"the client knows paths and JSON, and not what they are about",
	},
	"infra/scimctl/console": {
		[]string{
			"infra/scimctl/apiclient", "infra/scimctl/wording", "shared/admin", "shared/directory",
			"shared/provlog", "shared/scim", "shared/tenant", "shared/trace", "shared/web",
		},
		"the console shows what the operator API answers; scimctl hands it the check of the table as a function",
	},
	"infra/scimctl/wording": {
		[]string{
			"shared/scim", "shared/tenant", "shared/idp", "shared/provlog", "shared/admin", "shared/directory",
		},
		"words about the API's answers, for the terminal and for the console",
	},
	"infra/scimctl": {
		[]string{
			"infra/scimctl/...", "shared/tenant", "shared/scim", "shared/provlog", "shared/trace",
			"shared/admin", "shared/usageplan", "shared/table", "shared/directory", "shared/directory/verify",
		},
		"operators' commands call the operator API; verify and the console's check alone open the table, with the " +
			"operator's own rights",
	},
	"infra/bench": {[]string{"shared/testkit/command"}, "the command prints what the measurements return"},
	"infra/bench/...": {
		[]string{
			"shared/scim", "shared/scim/...", "shared/directory", "shared/gateway", "shared/server", "shared/table",
			"shared/testkit/canned", "shared/testkit/charge", "shared/testkit/command", "infra/local/build",
			"infra/local/stack", "infra/local/template",
		},
		"measurements use the service as it is, and fill the table directly",
	},
	"infra/local/e2e": {
		[]string{
			"shared/scim", "shared/tenant", "shared/table", "shared/directory", "shared/directory/verify",
			"shared/testkit", "shared/testkit/fault", "infra/local/stack",
		},
		"the harness of the end-to-end tests reads the table directly, and injects faults that a local engine " +
			"never has",
	},
}

// testLayers are the rules for test files.
var testLayers = []struct {
	pkg    string
	mayNot []string
	why    string
}{
	{
		"shared/...",
		[]string{"functions/...", "infra/..."}, "a shared package is tested without the programs that use it",
	},
	{"functions/...", []string{"infra/..."}, "a function is tested without the tools"},
}

// foreign says which packages may import a library.
var foreign = map[string]layer{
	"github.com/aws/aws-sdk-go-v2": {
		[]string{
			"shared/awsenv", "shared/table", "shared/secret", "shared/usageplan", "shared/eventbus",
			"shared/testkit", "infra/local/...", "infra/scimctl", "infra/scimctl/apiclient",
			"infra/check/rehearsal", "infra/example", "infra/example/...",
		},
		"one package each calls DynamoDB, Secrets Manager, API Gateway and EventBridge, so that retries and " +
			"capacity are handled in one place; testkit and the local stack create tables; scimctl and the " +
			"example sign their requests",
	},
	"github.com/aws/smithy-go": {
		[]string{"shared/table", "shared/table/wire", "shared/testkit", "infra/local/..."}, "part of the AWS SDK",
	},
	"github.com/aws/aws-lambda-go": {
		[]string{
			"shared/gateway", "shared/gateway/...", "functions/...", "infra/local/...",
			"infra/example/consumer-go", "infra/bench/...",
		},
		"only the gateway handles Lambda's events: the server uses net/http and runs anywhere",
	},
	"github.com/elimity-com/scim": {
		[]string{"infra/bench/requests"},
		"another implementation, which the service is measured beside and does not depend on",
	},
	"github.com/chromedp": {
		[]string{"infra/local/browser"},
		"only tests drive a browser",
	},
	"github.com/urfave/cli/v3": {
		[]string{"infra/scimctl"},
		"functions and the local stack have no subcommands",
	},
	"golang.org/x/time": {
		[]string{"infra/local/..."},
		"in AWS the usage plan throttles; the local stack replaces it",
	},
	"github.com/golang-jwt/jwt/v5": {
		[]string{"shared/accesstoken"},
		"one package decides which token headers are accepted",
	},
	"github.com/awslabs/aws-lambda-go-api-proxy": {[]string{"shared/gateway"}, "one package avoids its pitfalls"},
}

// ioPackages are the packages that nothing under shared/scim may import: the rules of SCIM
// do no I/O. Only the status codes of net/http are allowed.
var ioPackages = []string{
	"net", "net/http/...", "os", "os/...", "io/ioutil", "log", "log/...", "database/...", "syscall",
	"github.com/aws/...",
}

// arriving are packages that the rules above name and that do not exist yet, each with its
// issue. A package that exists must be removed from this list.
var arriving = map[string]string{}

func TestArchitecture(t *testing.T) {
	all := sources(t, os.DirFS(".."))
	for name, check := range rules {
		t.Run(name, func(t *testing.T) {
			for _, violation := range check(all) {
				t.Error(violation)
			}
		})
	}
}

// rules are the checks by name; each returns one sentence per violation.
var rules = map[string]func([]source) []string{
	"imports point one way":       importsPointOneWay,
	"tests import downwards":      testsImportDownwards,
	"libraries have their place":  librariesHaveTheirPlace,
	"scim does no I/O":            scimDoesNoIO,
	"named packages exist":        namedPackagesExist,
	"named libraries are used":    foreignLibrariesAreUsed,
	"functions are wiring only":   functionsAreWiringOnly,
	"shared has no program":       sharedHasNoProgram,
	"the root has no Go file":     rootHasNoGoFile,
	"no package state, no init":   noPackageState,
	"nothing is left for later":   nothingIsLeftForLater,
	"every package has its place": everyPackageHasItsPlace,
	"errors are matched":          errorsAreMatched,
	"programs have a limit":       programsHaveALimit,
}

func importsPointOneWay(all []source) []string {
	var bad []string
	for _, s := range all {
		l, ok := layerOf(s.pkg())
		if s.isTest() || !ok {
			continue
		}
		for _, imported := range s.imports {
			if internal(imported) && !within(imported, l.may) {
				bad = append(bad, fmt.Sprintf("%s imports %s: %s", s.path, imported, l.why))
			}
		}
	}
	return bad
}

func internal(imported string) bool {
	return strings.HasPrefix(imported, "shared/") ||
		strings.HasPrefix(imported, "functions/") ||
		strings.HasPrefix(imported, "infra/")
}

func layerOf(pkg string) (layer, bool) {
	best := ""
	for name := range layers {
		if within(pkg, []string{name}) && len(name) > len(best) {
			best = name
		}
	}
	return layers[best], best != ""
}

func everyPackageHasItsPlace(all []source) []string {
	var bad []string
	for _, s := range all {
		if _, ok := layerOf(s.pkg()); !ok && !s.isTest() && s.pkg() != "." {
			bad = append(bad, s.path+": its package has no place in layers: add what it may import, and why")
		}
	}
	return bad
}

func testsImportDownwards(all []source) []string {
	var bad []string
	for _, s := range all {
		for _, l := range testLayers {
			if !s.isTest() || !within(s.pkg(), []string{l.pkg}) {
				continue
			}
			for _, imported := range s.imports {
				if within(imported, l.mayNot) {
					bad = append(bad, fmt.Sprintf("%s imports %s: %s", s.path, imported, l.why))
				}
			}
		}
	}
	return bad
}

func librariesHaveTheirPlace(all []source) []string {
	var bad []string
	for _, s := range all {
		for library, l := range foreign {
			if s.uses(library) && !s.isTest() && !within(s.pkg(), l.may) {
				bad = append(bad, fmt.Sprintf("%s imports %s: %s", s.path, library, l.why))
			}
		}
	}
	return bad
}

func scimDoesNoIO(all []source) []string {
	var bad []string
	for _, s := range all {
		if s.isTest() || !within(s.pkg(), []string{"shared/scim", "shared/scim/..."}) {
			continue
		}
		for _, imported := range s.imports {
			if within(imported, ioPackages) {
				bad = append(bad, fmt.Sprintf("%s imports %s: the rules of SCIM do no I/O", s.path, imported))
			}
		}
		for _, name := range usesOfHTTP(s.syntax) {
			const format = "%s uses http.%s: the rules of SCIM use only status codes from net/http"
			bad = append(bad, fmt.Sprintf(format, s.path, name))
		}
	}
	return bad
}

// usesOfHTTP returns the names that a file uses from net/http, without status codes.
func usesOfHTTP(f *ast.File) []string {
	var names []string
	ast.Inspect(f, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok {
			pkg, ok := sel.X.(*ast.Ident)
			if ok && pkg.Name == "http" && !strings.HasPrefix(sel.Sel.Name, "Status") {
				names = append(names, sel.Sel.Name)
			}
		}
		return true
	})
	return names
}

// namedPackagesExist refuses rules about packages that do not exist.
func namedPackagesExist(all []source) []string {
	exists := packages(all)
	var bad []string
	for name := range namedInRules() {
		found := slices.ContainsFunc(exists, func(pkg string) bool { return within(pkg, []string{name}) })
		issue, later := arriving[name]
		if !found && !later {
			bad = append(bad, name+" is named in a rule and does not exist")
		}
		if found && later {
			bad = append(bad, name+" exists: remove it from the list of packages arriving with "+issue)
		}
	}
	return bad
}

// foreignLibrariesAreUsed refuses rules about libraries that are not used.
func foreignLibrariesAreUsed(all []source) []string {
	var bad []string
	for library := range foreign {
		if !slices.ContainsFunc(all, func(s source) bool { return s.uses(library) }) {
			bad = append(bad, library+" is named in a rule and nothing imports it")
		}
	}
	return bad
}

func namedInRules() map[string]bool {
	named := map[string]bool{}
	for name := range arriving {
		named[name] = true
	}
	for name, l := range layers {
		named[name] = true
		for _, m := range l.may {
			named[m] = true
		}
	}
	for _, l := range foreign {
		for _, m := range l.may {
			named[m] = true
		}
	}
	return named
}
