package console_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"scimserver/infra/scimctl/console"
	"scimserver/shared/table"
)

// ofTable is a client of a console that has the table.
func ofTable(t *testing.T, of console.Table) *client {
	t.Helper()
	link, _ := inProcess(t, "http://127.0.0.1:1", console.Options{Table: &of, Left: time.Minute})
	return (&bench{T: t}).openLink(link)
}

// envFile writes the env file of the stack, without the name of the table.
func (b *bench) envFile() string {
	b.Helper()
	file := filepath.Join(b.TempDir(), "env")
	lines := append(b.env[len(b.env)-4:], "AWS_ENDPOINT_URL_DYNAMODB="+b.stack.EngineEndpoint())
	if err := os.WriteFile(file, []byte(strings.Join(lines, "\n")), 0o600); err != nil {
		b.Fatal(err)
	}
	return file
}

func estimate(context.Context) ([]string, error) { return []string{"About 12 items."}, nil }

// tableCheck checks the table of the other tests: the console starts as an operator does it.
func tableCheck(c *client, _ data) {
	c.shows("/table", "started without the table", "scimctl console -table NAME")
	without := url.Values{"csrf": {c.csrf("/tenants/globex/suspend")}}
	c.answers(c.do(c.request("POST", c.base+"/table", without)), http.StatusNotFound, "no such page")
	db, err := table.Open(table.Options{Name: c.stack.TableName(), Endpoint: c.stack.EngineEndpoint()})
	if err == nil {
		counter := table.Key{PK: "T#globex#COUNT#USER", SK: "07"}
		err = db.Write(c.Context(), func(table.Stamp) table.Write { return table.Update(counter, nil).Adding("n", 3) })
	}
	if err != nil {
		c.Fatal(err)
	}
	file := c.envFile()
	own := c.openLink(c.start(os.Environ(), "-env-file", file, "-table", c.stack.TableName()))
	own.shows("/table", "Start the check", "Nothing is changed", c.stack.TableName())
	own.submit("/table", url.Values{})
	own.await("the check to end", func() bool { return strings.Contains(own.view("/table"), "Last check") })
	own.shows("/table", "Wrong counter", "the counter of users is", "verify -repair -table "+c.stack.TableName(),
		"users,", "Check again")
	none := c.openLink(c.start(os.Environ(), "-env-file", file, "-table", "nothing"))
	none.answers(none.get(none.base+"/table"), http.StatusBadGateway, "The table can&#39;t be read",
		"no table &#34;nothing&#34;")
}

// TestTableCheckIsCancelled: a running check shows how far it is, and ends when the operator cancels it.
func TestTableCheckIsCancelled(t *testing.T) {
	t.Parallel()
	ended := make(chan struct{})
	c := ofTable(t, console.Table{Estimate: estimate,
		Check: func(ctx context.Context, report func(console.TableProgress)) (console.TableReport, error) {
			report(console.TableProgress{Percent: 43.21, Text: "43%, 5 items"})
			<-ctx.Done()
			close(ended)
			return console.TableReport{}, ctx.Err()
		}})
	c.submit("/table", url.Values{})
	c.await("the progress", func() bool { return strings.Contains(c.view("/table"), "43%, 5 items") })
	c.shows("/table", `value="43.2"`, `data-live="unseen"`, "Cancel the check")
	again := c.do(c.request("POST", c.base+"/table", url.Values{"csrf": {c.csrf("/table")}})) // a second window
	c.answers(again, http.StatusOK, "The check is running")
	p := c.do(c.request("POST", c.base+"/table/cancel", url.Values{"csrf": {c.csrf("/table")}}))
	c.answers(p, http.StatusOK, "The check was ended", "You cancelled the check", "Check again")
	<-ended
}

// TestTableCheckIsLeft: a check ends when nobody looks at its page, and when the console ends.
func TestTableCheckIsLeft(t *testing.T) {
	t.Parallel()
	ended := make(chan error, 1)
	link, _ := inProcess(t, "http://127.0.0.1:1", console.Options{Left: time.Millisecond, Table: &console.Table{
		Estimate: estimate,
		Check: func(ctx context.Context, _ func(console.TableProgress)) (console.TableReport, error) {
			<-ctx.Done()
			ended <- ctx.Err()
			return console.TableReport{}, ctx.Err()
		},
	}})
	c := (&bench{T: t}).openLink(link)
	c.do(c.request("POST", c.base+"/table", url.Values{"csrf": {c.csrf("/table")}}))
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	c.await("the reason", func() bool { return strings.Contains(c.view("/table"), "Nobody looked at the page") })
}

// TestTableFindings: many findings are shown a page at a time, and an error of the check in its words.
func TestTableFindings(t *testing.T) {
	t.Parallel()
	many := console.TableReport{Number: 120, Open: []string{"group 1"}}
	for i := range many.Number {
		many.Findings = append(many.Findings, console.TableFinding{
			Kind: "wrong counter", Tenant: "acme", Text: fmt.Sprintf("finding %d.", i), Advice: "wait",
		})
	}
	next := make(chan console.TableReport, 2)
	next <- console.TableReport{}
	next <- many
	c := ofTable(t, console.Table{Estimate: estimate,
		Check: func(context.Context, func(console.TableProgress)) (console.TableReport, error) {
			select {
			case r := <-next:
				return r, nil
			default:
				return console.TableReport{}, errors.New("the claims are of another version")
			}
		}})
	for _, words := range [][]string{
		{"Nothing is wrong"}, {"120 findings", "finding 49.", "Not checked", "Next page"},
		{"did not come to its end", "The claims are of another version."},
	} {
		c.submit("/table", url.Values{})
		c.await(words[0], func() bool { return strings.Contains(c.view("/table"), words[0]) })
		c.shows("/table", words...)
		if strings.Contains(c.view("/table"), "finding 50.") {
			t.Error("a page has more than 50 findings")
		}
		if words[0] == "120 findings" {
			c.shows("/table?after=100", "finding 119.", "First page")
		}
	}
}
