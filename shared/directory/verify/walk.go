package verify

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"scimserver/shared/table"
)

// state is the position of a scan, and what it has collected apart from the facts. It is
// written to the folder after each sorted run of facts (sort.go), so that a later check
// can continue the scan.
type state struct {
	Table    string
	Began    time.Time
	Segments []segment
	Runs     []string
	NextRun  int
	Counts   counts
	Items    int64
	Units    float64
}

type segment struct {
	After table.Key
	Done  bool
}

const stateFile = "state.json"

// ErrOtherTable means that the folder belongs to a run for another table.
var ErrOtherTable = errors.New("verify: the folder belongs to a check of another table")

// walk is a scan of the table.
type walk struct {
	db     *table.DB
	o      Options
	state  state
	sorter sorter
	pace   *pace
	saved  time.Time
}

// saveInterval is how often the state is saved. An interruption loses the work since then.
const saveInterval = 30 * time.Second

func openWalk(db *table.DB, o Options) (*walk, error) {
	w := &walk{db: db, o: o, pace: &pace{rate: o.Rate, start: time.Now()}, saved: time.Now()}
	w.sorter = sorter{dir: o.Folder, memory: o.Memory}
	if o.Memory == 0 {
		w.sorter.memory = defaultMemory
	}
	w.state = state{
		Table: db.Name(), Began: time.Now().UTC(), Segments: make([]segment, max(1, o.Segments)), Counts: newCounts(),
	}
	if o.Folder == "" {
		return w, nil
	}
	if err := os.MkdirAll(o.Folder, 0o700); err != nil {
		return nil, err
	}
	return w, w.load()
}

// load reads the state of an earlier run, if there is one.
func (w *walk) load() error {
	data, err := os.ReadFile(filepath.Join(w.o.Folder, stateFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	earlier := state{Counts: newCounts()}
	if err := json.Unmarshal(data, &earlier); err != nil {
		return fmt.Errorf("verify: %s: %w", filepath.Join(w.o.Folder, stateFile), err)
	}
	if earlier.Table != w.state.Table {
		return ErrOtherTable
	}
	w.state, w.sorter.runs, w.sorter.next = earlier, earlier.Runs, earlier.NextRun
	return nil
}

// save writes the facts in memory to a sorted run, and then the state.
func (w *walk) save() error {
	obsolete, err := w.sorter.flush()
	if err != nil {
		return err
	}
	w.saved = time.Now()
	if w.o.Folder != "" {
		w.state.Runs, w.state.NextRun = w.sorter.runs, w.sorter.next
		if err := writeState(w.o.Folder, w.state); err != nil {
			return err
		}
	}
	return w.sorter.remove(obsolete)
}

// writeState replaces the state atomically.
func writeState(dir string, s state) error {
	data, err := json.Marshal(s)
	if err != nil {
		return err
	}
	file := filepath.Join(dir, stateFile)
	if err := os.WriteFile(file+".new", data, 0o600); err != nil {
		return err
	}
	return os.Rename(file+".new", file)
}

// done removes the files of a complete run.
func (w *walk) done() error {
	if w.o.Folder == "" {
		return nil
	}
	return errors.Join(os.Remove(filepath.Join(w.o.Folder, stateFile)), w.sorter.remove(w.sorter.runs))
}

func (w *walk) close() {
	if w.o.Folder == "" {
		removeAll(w.sorter.dir)
	}
}

// scanned is a page with the segment that it belongs to.
type scanned struct {
	segment int
	table.Page
}

// scan reads the segments in parallel. One goroutine receives their pages, so that the
// position of each segment always agrees with the facts.
func (w *walk) scan(ctx context.Context) error {
	pages := make(chan scanned)
	reading, cancel := context.WithCancel(ctx)
	defer cancel()
	readers, within := errgroup.WithContext(reading)
	for i, one := range w.state.Segments {
		if !one.Done {
			readers.Go(func() error { return w.readSegment(within, i, one.After, pages) })
		}
	}
	failed := make(chan error, 1)
	go func() {
		failed <- readers.Wait()
		close(pages)
	}()
	var err error
	for page := range pages {
		if err == nil {
			if err = w.addPage(ctx, page); err != nil {
				cancel()
			}
		}
	}
	if err := cmp.Or(err, <-failed); err != nil {
		return w.interrupt(err)
	}
	if w.o.Folder == "" {
		return nil
	}
	return w.save()
}

// interrupt saves what was read so far for the next run.
func (w *walk) interrupt(err error) error {
	if w.o.Folder == "" {
		return err
	}
	return errors.Join(err, w.save())
}

func (w *walk) readSegment(ctx context.Context, number int, after table.Key, pages chan<- scanned) error {
	for s := (table.Segment{Number: number, Of: len(w.state.Segments), After: after}); ; {
		page, err := w.db.ScanPage(ctx, s)
		if err != nil {
			return err
		}
		select {
		case pages <- scanned{number, page}:
		case <-ctx.Done():
			return ctx.Err()
		}
		if s.After = page.Next; s.After == (table.Key{}) {
			return nil
		}
	}
}

// addPage turns the items of a page into facts.
func (w *walk) addPage(ctx context.Context, page scanned) error {
	r := reader{counts: w.state.Counts, emit: w.sorter.add}
	for _, item := range page.Items {
		r.read(item)
	}
	w.state.Counts = r.counts
	w.state.Segments[page.segment] = segment{page.Next, page.Next == table.Key{}}
	w.state.Items += int64(len(page.Items))
	w.state.Units += page.Units
	if w.o.Progress != nil {
		w.o.Progress(Progress{Items: w.state.Items})
	}
	if w.sorter.isFull() || w.o.Folder != "" && time.Since(w.saved) > saveInterval {
		if err := w.save(); err != nil {
			return err
		}
	}
	return w.pace.spend(ctx, page.Units)
}

// pace limits the rate of reads.
type pace struct {
	rate  float64 // read units per second; 0 means no limit
	start time.Time

	mu    sync.Mutex
	spent float64
}

// spend counts read units, and waits until they are within the rate.
func (p *pace) spend(ctx context.Context, units float64) error {
	if p.rate == 0 {
		return nil
	}
	p.mu.Lock()
	p.spent += units
	due := p.start.Add(time.Duration(p.spent / p.rate * float64(time.Second)))
	p.mu.Unlock()
	select {
	case <-time.After(time.Until(due)):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
