package build

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"time"
)

// kept is the number of builds in the cache; each has about 120 MB.
const kept = 3

// fromCache places the programs of a source below out, and builds them first if they are
// not in the cache. Test packages and stacks that start at the same time wait for one
// build.
func (b *builder) fromCache(ctx context.Context, source, out string) error {
	home, err := os.UserCacheDir()
	if err != nil {
		return err
	}
	cache := filepath.Join(home, "scimserver", "functions")
	if err := os.MkdirAll(cache, 0o755); err != nil {
		return err
	}
	unlock, err := lock(ctx, filepath.Join(cache, "lock"))
	if err != nil {
		return err
	}
	defer unlock()
	dir := filepath.Join(cache, source)
	if err := b.fill(ctx, dir); err != nil {
		return err
	}
	if err := prune(cache); err != nil {
		return err
	}
	return b.place(dir, out)
}

// fill creates the folder with the programs if it does not exist. It is created completely
// or not at all.
func (b *builder) fill(ctx context.Context, dir string) error {
	now := time.Now()
	if err := os.Chtimes(dir, now, now); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	part := dir + ".part"
	if err := os.RemoveAll(part); err != nil {
		return err
	}
	if err := os.Mkdir(part, 0o755); err != nil {
		return err
	}
	if err := b.into(ctx, part); err != nil {
		return errors.Join(err, os.RemoveAll(part))
	}
	return os.Rename(part, dir)
}

// prune removes all builds except those used last.
func prune(cache string) error {
	entries, err := os.ReadDir(cache)
	if err != nil {
		return err
	}
	var builds []fs.FileInfo
	for _, e := range entries {
		if info, err := e.Info(); err == nil && e.IsDir() {
			builds = append(builds, info)
		}
	}
	slices.SortFunc(builds, func(a, b fs.FileInfo) int { return b.ModTime().Compare(a.ModTime()) })
	for _, old := range builds[min(kept, len(builds)):] {
		err = errors.Join(err, os.RemoveAll(filepath.Join(cache, old.Name())))
	}
	return err
}

// place links the programs under the names that Lambda expects. The links remain valid
// when the build is removed from the cache.
func (b *builder) place(dir, out string) error {
	for _, p := range b.packages {
		name := path.Base(p)
		if err := os.MkdirAll(filepath.Join(out, name), 0o755); err != nil {
			return err
		}
		if err := linkOrCopy(filepath.Join(dir, name), Path(out, name)); err != nil {
			return err
		}
	}
	return nil
}

// linkOrCopy links a file, or copies it if the folders are on different file systems.
func linkOrCopy(from, to string) error {
	if os.Link(from, to) == nil {
		return nil
	}
	source, err := os.Open(from)
	if err != nil {
		return err
	}
	defer func() { _ = source.Close() }()
	target, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o755)
	if err != nil {
		return err
	}
	_, err = io.Copy(target, source)
	return errors.Join(err, target.Close())
}
