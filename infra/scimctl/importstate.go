package main

import (
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strconv"
	"time"
)

// progress is how far an import has come: everything in front is done, nothing
// behind is counted. It lies next to the file until the import is through.
type progress struct {
	Hash         string `json:"sha256"` // of the file
	Entries      int    `json:"entries"`
	Created      int    `json:"created"`
	There        int    `json:"alreadyThere"`
	Rejected     int    `json:"rejected"`
	Rejects      string `json:"rejects"` // the report
	RejectsBytes int64  `json:"rejectsBytes"`
}

// ledger keeps the progress of an import and the report of what was rejected, so
// that both agree wherever the program ends.
type ledger struct {
	progress
	path     string // "" for a file that can't be read again
	resumed  int    // entries that earlier runs have done
	outdated bool   // whether there is progress that is of no use
	saved    time.Time
	file     *os.File
	report   *csv.Writer
}

// openLedger finds the progress of an earlier run of the same import. Without one
// the import begins: rejects is where its report goes.
func openLedger(path, hash, rejects string) (*ledger, error) {
	l := &ledger{path: path}
	if path != "" && l.restore(hash, rejects) {
		l.resumed = l.Entries
		return l, nil
	}
	l.outdated = l.Hash != ""
	l.progress = progress{Hash: hash, Rejects: rejects}
	if err := os.Remove(rejects); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("the report of an earlier import: %w", err)
	}
	return l, l.save() // where nothing can be kept, nothing is begun
}

// restore reports whether there is progress to go on from: of this file, with the
// report that goes with it.
func (l *ledger) restore(hash, rejects string) bool {
	data, err := os.ReadFile(l.path)
	if err != nil || json.Unmarshal(data, &l.progress) != nil || l.Hash != hash || l.Rejects != rejects {
		return false
	}
	if l.Rejected == 0 {
		return true
	}
	report, err := os.Stat(rejects)
	return err == nil && report.Size() >= l.RejectsBytes && os.Truncate(rejects, l.RejectsBytes) == nil
}

// reject writes a line of the report.
func (l *ledger) reject(e entry, reason string) error {
	l.Rejected++
	if l.report == nil {
		if err := l.openReport(); err != nil {
			return err
		}
	}
	return l.report.Write([]string{strconv.Itoa(e.line), reason, e.text})
}

// openReport lets nobody else read it: rows may hold passwords.
func (l *ledger) openReport() (err error) {
	mode := os.O_APPEND
	if l.RejectsBytes == 0 {
		mode = os.O_TRUNC
	}
	if l.file, err = os.OpenFile(l.Rejects, os.O_CREATE|os.O_WRONLY|mode, 0o600); err != nil {
		return err
	}
	l.report = csv.NewWriter(l.file)
	if l.RejectsBytes > 0 {
		return nil
	}
	return l.report.Write([]string{"line", "reason", "row"})
}

// saveAfter saves if that long has passed since.
func (l *ledger) saveAfter(d time.Duration) error {
	if time.Since(l.saved) < d {
		return nil
	}
	l.saved = time.Now()
	return l.save()
}

// save makes what was counted so far last.
func (l *ledger) save() error {
	if l.report != nil {
		l.report.Flush()
		if err := errors.Join(l.report.Error(), l.file.Sync()); err != nil {
			return err
		}
		info, err := l.file.Stat()
		if err != nil {
			return err
		}
		l.RejectsBytes = info.Size()
	}
	if l.path == "" {
		return nil
	}
	data, err := json.Marshal(l.progress)
	if err != nil {
		return err
	}
	return replaceFile(l.path, data)
}

func replaceFile(path string, data []byte) error {
	if err := os.WriteFile(path+".new", data, 0o600); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}

// close ends the import's use of its files. One that is through leaves no progress.
func (l *ledger) close(through bool) error {
	err := l.save()
	if l.file != nil {
		err = errors.Join(err, l.file.Close())
	}
	if err == nil && through && l.path != "" {
		err = os.Remove(l.path)
	}
	return err
}

// hashOf reads a file to its end and back.
func hashOf(f *os.File) (string, error) {
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	_, err := f.Seek(0, io.SeekStart)
	return hex.EncodeToString(h.Sum(nil)), err
}
