// Command example is a small application that SCIM provisions. It mirrors the service's
// users and groups into SQLite, lets active users log in, and ends the sessions of users who
// are deactivated or deleted. Copy what you need: it imports no package of the service.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var o options
	flag.StringVar(&o.envFile, "env-file", "", "file of the local stack that says where the operator API is")
	flag.StringVar(&o.database, "db", "example.db", "file of the SQLite database")
	flag.StringVar(&o.listen, "listen", "127.0.0.1:8090", "address of the web page; port 0 chooses a free one")
	flag.StringVar(&o.roles, "roles", "roles.json", "file that maps the names of groups to roles")
	flag.StringVar(&o.tenant, "tenant", "", "the tenant to mirror; by default all of them")
	flag.BoolVar(&o.print, "print", false, "print the mirror as JSON and exit")
	flag.BoolVar(&o.reconcile, "reconcile", false, "compare the mirror with the service, correct it, and exit")
	flag.Parse()
	if err := run(ctx, o); err != nil && ctx.Err() == nil {
		log.Fatal(err)
	}
}

type options struct {
	envFile, database, listen, roles, tenant string
	print, reconcile                         bool
}

func run(ctx context.Context, o options) error {
	db, err := openStore(ctx, o.database)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	if o.print {
		return printMirror(ctx, os.Stdout, db)
	}
	service, err := connect(ctx, o.envFile)
	if err != nil {
		return err
	}
	m := &mirror{service: service, db: db, tenant: o.tenant}
	if o.reconcile {
		return m.reconcileAll(ctx)
	}
	roles, err := readRoles(o.roles)
	if err != nil {
		return err
	}
	end, err := serve(o.listen, &application{db: db, roles: roles})
	if err != nil {
		return err
	}
	defer end()
	m.follow(ctx)
	return nil
}

// serve starts the application, and returns a function that stops it.
func serve(address string, a *application) (end func(), err error) {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return nil, err
	}
	fmt.Printf("Application  http://%s\n", listener.Addr())
	server := &http.Server{Handler: a.handler(), ReadHeaderTimeout: 10 * time.Second}
	go func() {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			log.Print(err)
		}
	}()
	return func() { _ = server.Close() }, nil
}
