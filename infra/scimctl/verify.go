package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/urfave/cli/v3"

	"scimserver/infra/scimctl/apiclient"
	"scimserver/infra/scimctl/console"
	"scimserver/shared/admin"
	"scimserver/shared/directory/verify"
	"scimserver/shared/table"
)

// verifyQuery has the values of the command's flags.
type verifyQuery struct {
	table       string
	folder      string
	repair, yes bool
	rate, limit int
}

const verifyHelp = `It reads the table itself, with the credentials that the AWS CLI uses. It may run while the service
does. It changes nothing without -yes.`

// verifyCommand reads the table directly, with the credentials of the AWS CLI. It does not use the
// operator API, because a request is too short to read a large table.
func verifyCommand() *cli.Command {
	var q verifyQuery
	cmd := localCommand("verify", "", "check the whole table: claims, look-ups, counters, memberships, unfinished work",
		func(ctx context.Context, s *session, _ []string) error { return s.verify(ctx, q) },
		&cli.StringFlag{Name: "table", Destination: &q.table,
			Usage: "`NAME` of the table: output TableName of the stack (default: variable TABLE_NAME)"},
		&cli.BoolFlag{Name: "repair", HideDefault: true, Destination: &q.repair,
			Usage: "show what the repairs would do; add -yes to carry them out"},
		&cli.BoolFlag{Name: "yes", HideDefault: true, Destination: &q.yes,
			Usage: "with -repair: carry out the repairs"},
		&cli.StringFlag{Name: "resume", Destination: &q.folder,
			Usage: "store the position in this `FOLDER`, so that the same command continues an interrupted run"},
		&cli.IntFlag{Name: "rate", Value: defaultRate, Destination: &q.rate,
			Usage: "maximum read `UNITS` per second; 0 for no limit"},
		&cli.IntFlag{Name: "limit", Value: defaultLimit, Destination: &q.limit,
			Usage: "maximum `NUMBER` of findings of each kind to print; 0 for all"},
	)
	cmd.Description = verifyHelp
	return cmd
}

func (q verifyQuery) validate() error {
	switch {
	case q.rate < 0 || q.limit < 0:
		return usageError("-rate and -limit must not be negative")
	case q.yes && !q.repair:
		return usageError("-yes needs -repair")
	}
	return nil
}

// Limits of one run.
const (
	defaultRate    = 2000            // read units a second
	defaultLimit   = 1000            // findings of each kind
	verifySegments = 4               // number of parallel scans
	verifyBudget   = 2 * time.Minute // how long a call is repeated while DynamoDB can't be reached
	unfinishedAge  = time.Hour       // older unfinished work is a finding; a change of a million members takes less
)

// verifyResult is the report of a run, with its table and its duration.
type verifyResult struct {
	Table   string  `json:"table"`
	Seconds float64 `json:"seconds"`
	verify.Report
}

func (s *session) verify(ctx context.Context, q verifyQuery) error {
	if err := q.validate(); err != nil {
		return err
	}
	db, size, err := s.openTable(ctx, q.table)
	if err != nil {
		return err
	}
	s.notify("%s\n", strings.Join(formatEstimate(db.Name(), size, q.rate), "\n"))
	progress := newVerifyProgress(s, size.Items)
	result, err := q.run(ctx, db, progress.update)
	progress.close()
	if err != nil {
		return q.explain(ctx, err)
	}
	if err := s.print(result, func(w io.Writer) { s.printReport(w, result, q) }); err != nil {
		return err
	}
	return q.verdict(result.Report)
}

func (q verifyQuery) run(ctx context.Context, db *table.DB, progress func(verify.Progress)) (verifyResult, error) {
	began := time.Now()
	report, err := verify.Run(ctx, db, verify.Options{
		Unfinished: unfinishedAge, Repair: q.yes, Keep: q.limit, Folder: q.folder, Segments: verifySegments,
		Rate: float64(q.rate), Progress: progress,
	})
	if errors.Is(err, verify.ErrSettings) {
		err = errOtherFolding
	}
	return verifyResult{db.Name(), time.Since(began).Seconds(), report}, err
}

// openTable opens the table with the operator's own credentials, and reads its size. With -env-file,
// it opens the table of a local stack.
func (s *session) openTable(ctx context.Context, name string) (*table.DB, table.Size, error) {
	name, getenv, err := s.tableName(name)
	if err != nil {
		return nil, table.Size{}, err
	}
	if name == "" {
		return nil, table.Size{}, usageError("-table is missing: give it the output TableName of the stack")
	}
	cfg, err := tableConfig(ctx, s.envFile != "", getenv)
	if err != nil {
		return nil, table.Size{}, err
	}
	db, err := table.Open(table.Options{Name: name, Config: &cfg, Budget: verifyBudget})
	if err != nil {
		return nil, table.Size{}, err
	}
	size, err := db.Size(ctx)
	if errors.Is(err, table.ErrNoTable) {
		err = fmt.Errorf("there is no table %q in %s and this AWS account: see the output TableName of the stack",
			name, cfg.Region)
	}
	return db, size, err
}

// tableName returns the value of -table, or else the variable TABLE_NAME; "" if both are missing. getenv reads
// the environment.
func (s *session) tableName(flag string) (name string, getenv func(string) string, err error) {
	if getenv, err = apiclient.Environment(s.envFile); err != nil {
		return "", nil, err
	}
	return cmp.Or(flag, getenv("TABLE_NAME")), getenv, nil
}

// tableConfig returns the configuration of the AWS CLI, or of a local stack.
func tableConfig(ctx context.Context, local bool, getenv func(string) string) (aws.Config, error) {
	if local {
		return localTableConfig(getenv), nil
	}
	cfg, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		return cfg, err
	}
	if cfg.Region == "" {
		return cfg, errors.New("the Region of the table is unknown: set AWS_REGION")
	}
	if _, err := cfg.Credentials.Retrieve(ctx); err != nil {
		return cfg, fmt.Errorf("there are no credentials for the table: log in with the AWS CLI (%w)", err)
	}
	return cfg, nil
}

func localTableConfig(getenv func(string) string) aws.Config {
	key := aws.Credentials{
		AccessKeyID: getenv("ADMIN_ACCESS_KEY_ID"), SecretAccessKey: getenv("ADMIN_SECRET_ACCESS_KEY"),
	}
	retrieve := func(context.Context) (aws.Credentials, error) { return key, nil }
	return aws.Config{
		Region: getenv("ADMIN_REGION"), BaseEndpoint: aws.String(getenv("AWS_ENDPOINT_URL_DYNAMODB")),
		Credentials: aws.CredentialsProviderFunc(retrieve),
	}
}

var errOtherFolding = errors.New("the claims of the table were made by another version of the case folding: " +
	"use the scimctl of the deployed version")

// explain adds to an error how to continue.
func (q verifyQuery) explain(ctx context.Context, err error) error {
	switch {
	case errors.Is(err, verify.ErrOtherTable):
		return fmt.Errorf("%s belongs to a check of another table; give -resume another folder", q.folder)
	case errors.Is(err, errOtherFolding):
		return err
	case ctx.Err() != nil:
		err = errors.New("interrupted")
	}
	if q.folder == "" {
		return fmt.Errorf("%w\nwith -resume FOLDER, a later run can continue an interrupted one", err)
	}
	return fmt.Errorf("%w\nrun the same command again to continue", err)
}

// unsoundError means that a table has findings.
type unsoundError struct{ text string }

func (e unsoundError) Error() string { return e.text }

// verdict returns an error if there are findings that were not repaired.
func (q verifyQuery) verdict(report verify.Report) error {
	left, repairable := report.Number-report.Repaired, report.Repairable-report.Repaired
	if left == 0 {
		return nil
	}
	text := admin.Counted(left, "finding")
	switch {
	case repairable == 0:
		text += "; each says what to do"
	case q.repair:
		text += fmt.Sprintf("; -repair -yes repairs %d of them", repairable)
	default:
		text += fmt.Sprintf("; %d can be repaired: -repair shows how", repairable)
	}
	return unsoundError{text}
}

func (s *session) printReport(w io.Writer, r verifyResult, q verifyQuery) {
	for _, f := range r.Findings {
		row(w, fmt.Sprintf("%s: %s", f.Kind, f))
		row(w, "    "+s.whatToDo(f, q))
	}
	if n := r.Number - len(r.Findings); n > 0 {
		row(w, admin.Counted(n, "finding")+" more; -limit 0 prints all")
	}
	for _, text := range r.Unchecked {
		row(w, "not checked: "+text+"; run the check again, or suspend the tenant first")
	}
	all := totals(r)
	row(w, "checked "+all.Read)
	row(w, all.Contents)
	if all.Unfinished != "" {
		row(w, all.Unfinished)
	}
	if r.Number == 0 {
		row(w, "nothing is wrong")
	} else if r.Repaired > 0 {
		row(w, fmt.Sprintf("repaired: %d of %s", r.Repaired, admin.Counted(r.Number, "finding")))
	}
}

// totals says how much was read, what it was, and what was unfinished.
func totals(r verifyResult) console.TableTotals {
	all := console.TableTotals{
		Read: fmt.Sprintf("%s in %s, for %s", count(r.Items, "item"), formatElapsed(r.Seconds),
			count(math.Round(r.Units), "read unit")),
		Contents: strings.Join([]string{
			count(r.Users, "user"), count(r.Accounts, "account"),
			count(r.Groups, "group") + " with " + count(r.Members, "member"),
			count(r.Teams, "team"), count(r.Claims, "claim"),
		}, ", "),
	}
	if r.Unfinished+r.Abandoned > 0 {
		all.Unfinished = fmt.Sprintf("in progress: %s, deletions included; abandoned: %s of uncommitted changes",
			count(r.Unfinished, "change"), count(r.Abandoned, "step"))
	}
	return all
}

// count is admin.Counted for any number.
func count[N int | int64 | float64](n N, noun string) string { return admin.Counted(int(n), noun) }

// whatToDo returns the second line of a finding.
func (s *session) whatToDo(f verify.Finding, q verifyQuery) string {
	switch {
	case f.Repaired:
		return "repaired: " + f.Repair
	case f.Repair != "" && q.repair:
		return "the repair would " + f.Repair
	}
	return "what to do: " + s.advice(f, q.table)
}

// advice says what to do about a finding that is not repaired. tableFlag is the value of -table.
func (s *session) advice(f verify.Finding, tableFlag string) string {
	if f.Repair == "" {
		return s.hint(f.Advice)
	}
	command := "scimctl verify -repair"
	if tableFlag != "" {
		command += " -table " + quoteArgument(tableFlag)
	}
	return s.hint(command)
}

func formatElapsed(seconds float64) string {
	d := time.Duration(seconds * float64(time.Second))
	return cmp.Or(d.Round(time.Second), d.Round(time.Millisecond)).String()
}
