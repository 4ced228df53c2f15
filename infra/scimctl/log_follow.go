package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"text/tabwriter"
	"time"

	"scimserver/infra/scimctl/apiclient"
	"scimserver/shared/provlog"
)

const (
	followEvery = 2 * time.Second
	// followBack is how long before the newest entry each look begins. An entry has the time at which its
	// request arrived, and the stream may write it minutes later.
	followBack = 5 * time.Minute
)

// logFollower prints entries as they appear, the oldest first.
type logFollower struct {
	*session
	path  string
	query logQuery
	// shown has the times of the entries that were printed, by their keys, as long as they may be read again.
	shown map[string]time.Time
	write func([]provlog.Entry) error
}

// followLog prints entries until the context ends.
func (s *session) followLog(ctx context.Context, path string, q logQuery) error {
	f := &logFollower{session: s, path: path, query: q, shown: map[string]time.Time{}}
	f.write = f.writer()
	since := q.since.time(time.Now())
	for {
		newest, err := f.look(ctx, since)
		if err := s.survives(ctx, err); err != nil || ctx.Err() != nil {
			return err
		}
		if from := newest.Add(-followBack); from.After(since) {
			since = from
		}
		f.forget(since)
		if !apiclient.Sleep(ctx, followEvery) {
			return nil
		}
	}
}

// survives decides whether an error ends a command that prints what is new until Ctrl-C. If so, it returns the
// error. It reports an error that may pass, and returns nil. After Ctrl-C, it returns nil for every error.
func (s *session) survives(ctx context.Context, err error) error {
	switch {
	case err == nil || ctx.Err() != nil:
		return nil
	case !apiclient.IsTransient(err):
		return err
	}
	s.notify("%v; trying again\n", err)
	return nil
}

// look prints the entries since a time that have not been printed. It returns the time of the newest.
func (f *logFollower) look(ctx context.Context, since time.Time) (newest time.Time, err error) {
	query := maps.Clone(f.query.filters)
	query.Set("from", since.UTC().Format(time.RFC3339Nano))
	log, err := f.readLog(ctx, f.path, query, 0)
	if err != nil {
		return newest, err
	}
	var fresh []provlog.Entry
	for _, e := range slices.Backward(log.Entries) {
		key := fmt.Sprint(e.Request, e.Failed(), e.Operation, e.ID)
		if _, seen := f.shown[key]; !seen {
			fresh = append(fresh, e)
		}
		f.shown[key], newest = e.Time, e.Time
	}
	return newest, f.write(fresh)
}

// forget drops the entries before a time, because they are not read again.
func (f *logFollower) forget(before time.Time) {
	for key, at := range f.shown {
		if at.Before(before) {
			delete(f.shown, key)
		}
	}
}

// writer returns the function that prints entries in the chosen format. The header comes once.
func (f *logFollower) writer() func([]provlog.Entry) error {
	header := true
	return func(entries []provlog.Entry) error {
		defer func() { header = false }()
		switch f.query.format {
		case asJSON:
			return writeLines(f.out, entries)
		case asCSV:
			return writeLogCSV(f.out, entries, header)
		}
		return f.writeRows(entries, header)
	}
}

// writeRows writes a table of the entries that appear together.
func (f *logFollower) writeRows(entries []provlog.Entry, header bool) error {
	w := tabwriter.NewWriter(f.out, followWidth, 4, 2, ' ', 0)
	if header {
		row(w, logHeader...)
	}
	for _, e := range entries {
		row(w, logCells(e)...)
	}
	return w.Flush()
}

// followWidth is the minimum width of a column, so that lines that are printed at different times mostly line up.
const followWidth = 10
