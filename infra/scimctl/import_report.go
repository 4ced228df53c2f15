package main

import (
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
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
	path     string       // "" for a file that can't be read again
	resumed  int          // entries that earlier runs have done
	refused  map[int]bool // lines that earlier runs have rejected
	outdated bool         // whether there is progress that is of no use
	saved    time.Time
	file     *os.File
	report   *csv.Writer
}

// openLedger finds the progress of an earlier run of the same import. Without one
// the import begins: rejects is where its report goes. Where nothing can be kept,
// nothing is begun.
func openLedger(path, hash, rejects string) (l *ledger, err error) {
	l = &ledger{path: path}
	if err := l.openReport(rejects); err != nil {
		return nil, fmt.Errorf("the report of rejected rows: %w", err)
	}
	if path != "" && l.restore(hash, rejects) {
		l.resumed = l.Entries
	} else {
		l.outdated = l.Hash != ""
		l.progress = progress{Hash: hash, Rejects: rejects}
	}
	if err = l.keep(); err == nil {
		err = l.resumeReport()
	}
	if err != nil {
		return nil, errors.Join(err, l.file.Close())
	}
	return l, nil
}

// resumeReport takes back what was reported and not counted: it will be again.
func (l *ledger) resumeReport() error {
	err := l.file.Truncate(l.RejectsBytes)
	if err == nil && l.RejectsBytes == 0 {
		err = l.report.Write([]string{"line", "reason", "row"})
	}
	return errors.Join(err, l.save())
}

// readReport learns which lines the earlier runs have rejected, from the part of the
// report that was counted.
func (l *ledger) readReport(name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	rows, err := csv.NewReader(io.LimitReader(f, l.RejectsBytes)).ReadAll()
	l.refused = map[int]bool{}
	for _, row := range rows {
		if line, err := strconv.Atoi(row[0]); err == nil { // not the head
			l.refused[line] = true
		}
	}
	return err
}

// outcomeOf is what has become of a line in an earlier run.
func (l *ledger) outcomeOf(line int) outcome {
	if l.refused[line] {
		return outcome{rejected: "by an earlier run"}
	}
	return outcome{there: true}
}

// restore reports whether there is progress to go on from: of this file, with the
// report that goes with it.
func (l *ledger) restore(hash, rejects string) bool {
	data, err := os.ReadFile(l.path)
	if err != nil || json.Unmarshal(data, &l.progress) != nil || l.Hash != hash || l.Rejects != rejects {
		return false
	}
	report, err := l.file.Stat()
	return err == nil && report.Size() >= l.RejectsBytes && l.readReport(rejects) == nil
}

// openReport opens the report, for no other import at the same time. Nobody else may
// read it: rows may hold passwords.
func (l *ledger) openReport(name string) (err error) {
	if l.file, err = os.OpenFile(name, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600); err != nil {
		return err
	}
	l.report = csv.NewWriter(l.file)
	if info, e := l.file.Stat(); e == nil && !info.Mode().IsRegular() {
		err = fmt.Errorf("%s is no file", name)
	} else if err = errors.Join(e, alone(l.file)); err == nil {
		return nil
	}
	return errors.Join(err, l.file.Close())
}

// reject writes a line of the report.
func (l *ledger) reject(e entry, reason string) error {
	l.Rejected++
	return l.report.Write([]string{strconv.Itoa(e.line), reason, e.text})
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
	l.report.Flush()
	if err := errors.Join(l.report.Error(), l.file.Sync()); err != nil {
		return err
	}
	info, err := l.file.Stat()
	if err != nil {
		return err
	}
	l.RejectsBytes = info.Size()
	return l.keep()
}

// keep writes the progress.
func (l *ledger) keep() error {
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

// close ends the import's use of its files. One that is through leaves no progress,
// and no report of nothing. Files go before others can open them.
func (l *ledger) close(through bool) error {
	err := l.save()
	if err == nil && through && l.Rejected == 0 {
		err = os.Remove(l.Rejects)
	}
	if err == nil && through && l.path != "" {
		err = os.Remove(l.path)
	}
	return errors.Join(err, l.file.Close())
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
