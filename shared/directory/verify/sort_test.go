package verify

import (
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// shuffled makes facts that are not sorted.
func shuffled(n int) (all []fact) {
	for i := range n {
		all = append(all, fact{fmt.Sprintf("key-%03d", i*7919%100), fmt.Sprintf("%05d", i*7919%n)})
	}
	return all
}

// collect returns the facts of a sorter as a list.
func collect(t *testing.T, s *sorter) (all []fact) {
	t.Helper()
	err := s.each(func(key string, texts iter.Seq[string]) {
		for text := range texts {
			all = append(all, fact{key, text})
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestSorter: facts come back sorted, whether they are in memory, in some runs, or in so many
// runs that they were merged.
func TestSorter(t *testing.T) {
	t.Parallel()
	want := shuffled(3000)
	slices.SortFunc(want, compareFacts)
	for name, memory := range map[string]int{"in memory": 1 << 20, "in runs": 16 << 10, "in merged runs": 1 << 10} {
		t.Run(name, func(t *testing.T) {
			s := &sorter{dir: t.TempDir(), memory: memory}
			for _, f := range shuffled(3000) {
				if s.add(f); s.isFull() {
					obsolete, err := s.flush()
					if err != nil || s.remove(obsolete) != nil {
						t.Fatal(err)
					}
				}
			}
			if got := collect(t, s); !slices.Equal(got, want) {
				t.Errorf("%d facts, want %d in order", len(got), len(want))
			}
			files, _ := os.ReadDir(s.dir)
			if (len(s.runs) > 0) != (memory < 1<<20) || len(files) != len(s.runs) || len(s.runs) > maxRuns {
				t.Errorf("%d runs, %d files", len(s.runs), len(files))
			}
		})
	}
}

// TestSorterReadsTruncatedRun: a run without its end is an error.
func TestSorterReadsTruncatedRun(t *testing.T) {
	t.Parallel()
	s := &sorter{dir: t.TempDir(), memory: 1}
	for _, f := range shuffled(10) {
		s.add(f)
	}
	if _, err := s.flush(); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(s.dir, s.runs[0])
	info, err := os.Stat(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(file, info.Size()-3); err != nil {
		t.Fatal(err)
	}
	if err := s.each(func(string, iter.Seq[string]) {}); err == nil {
		t.Error("no error")
	}
}
