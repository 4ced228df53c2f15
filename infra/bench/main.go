// Command bench measures how fast the service is, beside another implementation, an empty
// function and the database alone, and counts what its requests cost in DynamoDB. It is a
// module of its own, so that the service does not depend on the other implementation.
//
//	go -C infra/bench run .               all parts
//	go -C infra/bench run . starts        one part: requests, processes, starts, throughput, costs
//	go -C infra/bench run . -quick        all parts in small sizes, to see that they work
//	go -C infra/bench run . -full -write  the largest sizes, written into infra/docs/performance.md
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("bench", flag.ExitOnError)
	quick := flags.Bool("quick", false, "run everything once in small sizes, without a meaningful result")
	full := flags.Bool("full", false, "count costs up to 100,000 members and users instead of 10,000")
	file := flags.String("json", "", "`file` that the results are written to as JSON")
	write := flags.Bool("write", false, "write the results into infra/docs: performance.md, performance.json, images")
	_ = flags.Parse(args)
	chosen, err := choose(flags.Args())
	if err != nil {
		return err
	}
	if *write && len(chosen) < len(parts()) {
		return errors.New("-write needs the results of all parts: name none")
	}
	target, err := filepath.Abs(*file)
	if err != nil {
		return err
	}
	project, err := enterProject()
	if err != nil {
		return err
	}
	r, err := measure(ctx, os.Stdout, project, chosen, sizesFor(*quick, *full))
	if err != nil {
		return err
	}
	if *file != "" {
		if err := r.save(target); err != nil {
			return err
		}
	}
	if *write {
		return r.writePage(filepath.Join(project, "infra", "docs"))
	}
	return nil
}

// choose returns the parts with the given names, or all.
func choose(names []string) ([]part, error) {
	all := parts()
	if len(names) == 0 {
		return all, nil
	}
	var chosen []part
	for _, name := range names {
		i := slices.IndexFunc(all, func(p part) bool { return p.name == name })
		if i < 0 {
			return nil, fmt.Errorf("no part %q: the parts are %s", name, namesOf(all))
		}
		chosen = append(chosen, all[i])
	}
	return chosen, nil
}

func namesOf(parts []part) string {
	var names []string
	for _, p := range parts {
		names = append(names, p.name)
	}
	return strings.Join(names, ", ")
}

// enterProject changes to the folder of template.yaml, in which the local stack is started. It
// also sets the key that the AWS SDK signs with: DynamoDB Local takes any.
func enterProject() (string, error) {
	for name, value := range map[string]string{
		"AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local", "AWS_REGION": "eu-central-1",
	} {
		if err := os.Setenv(name, value); err != nil {
			return "", err
		}
	}
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "template.yaml")); err == nil {
			return dir, os.Chdir(dir)
		}
		if dir == filepath.Dir(dir) {
			return "", errors.New("no template.yaml here or above: use `go -C infra/bench run .` in the project")
		}
		dir = filepath.Dir(dir)
	}
}
