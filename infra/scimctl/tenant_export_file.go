package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"

	"scimserver/shared/admin"
)

// exportRun is the progress of an export. The position file holds it.
type exportRun struct {
	Tenant  string            `json:"tenant"`
	Started bool              `json:"started"`
	Start   admin.ExportStart `json:"start"`
	After   string            `json:"after"` // the position in the tenant
	Done    bool              `json:"done"`  // only the last line is missing
	Size    int64             `json:"size"`  // of the finished part of the file, in bytes
	Counts  exportCounts      `json:"counts"`
}

func (r *exportRun) describe(time.Duration) string { return r.Counts.String() }

// exportFile is a file that is being written. It gets its name when it is complete.
type exportFile struct {
	name string
	file *os.File
	run  exportRun
}

func partialName(file string) string  { return file + ".partial" }
func positionName(file string) string { return file + ".position" }

// openExport begins a file, or continues the one that an interrupted export has left.
func openExport(name, tenant string) (*exportFile, error) {
	if _, err := os.Stat(name); !errors.Is(err, fs.ErrNotExist) {
		return nil, errors.Join(err, fileExists(name))
	}
	f := &exportFile{name: name, run: exportRun{Tenant: tenant}}
	switch data, err := os.ReadFile(positionName(name)); {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return nil, err
	default:
		if err := json.Unmarshal(data, &f.run); err != nil {
			return nil, fmt.Errorf("%s can't be read (%w): remove it to begin again", positionName(name), err)
		}
	}
	if f.run.Tenant != tenant {
		return nil, fmt.Errorf("%s is an unfinished export of tenant %s: continue that, or give -o another name",
			partialName(name), f.run.Tenant)
	}
	return f, f.open()
}

// open opens the unfinished file, and cuts off what was written after the saved position. Exports have
// personal data, so nobody else may read the file.
func (f *exportFile) open() (err error) {
	if f.file, err = os.OpenFile(partialName(f.name), os.O_RDWR|os.O_CREATE, 0o600); err != nil {
		return err
	}
	info, err := f.file.Stat()
	if err == nil && info.Size() < f.run.Size {
		err = fmt.Errorf("%s is shorter than %s says: remove both to begin again",
			partialName(f.name), positionName(f.name))
	}
	if err == nil {
		err = f.file.Truncate(f.run.Size)
	}
	if err == nil {
		_, err = f.file.Seek(f.run.Size, io.SeekStart)
	}
	if err != nil {
		_ = f.file.Close()
	}
	return err
}

// Write writes to the file.
func (f *exportFile) Write(p []byte) (int, error) { return f.file.Write(p) }

// save writes what is in the file to the disk, and then stores the position.
func (f *exportFile) save() error {
	if err := f.file.Sync(); err != nil {
		return err
	}
	at, err := f.file.Seek(0, io.SeekCurrent)
	if err != nil {
		return err
	}
	f.run.Size = at
	data, err := json.Marshal(f.run)
	if err != nil {
		return err
	}
	next := positionName(f.name) + ".new"
	if err := os.WriteFile(next, data, 0o600); err != nil {
		return err
	}
	return os.Rename(next, positionName(f.name))
}

func (f *exportFile) close() error { return f.file.Close() }

// finish gives the complete file its name.
func (f *exportFile) finish() error {
	if err := errors.Join(f.file.Sync(), f.close()); err != nil {
		return err
	}
	if err := os.Rename(partialName(f.name), f.name); err != nil {
		return err
	}
	return os.Remove(positionName(f.name))
}
