package main

import (
	"context"
	"database/sql"
	_ "embed"
	"errors"

	_ "modernc.org/sqlite" // the driver, without cgo
)

//go:embed schema.sql
var schema string

// store is the application's database.
type store struct{ *sql.DB }

func openStore(ctx context.Context, file string) (store, error) {
	// With a write-ahead log, other processes can read while this process writes.
	const settings = "?_pragma=journal_mode(WAL)&_pragma=busy_timeout(10000)&_txlock=immediate"
	db, err := sql.Open("sqlite", "file:"+file+settings)
	if err != nil {
		return store{}, err
	}
	db.SetMaxOpenConns(1) // SQLite has one writer
	_, err = db.ExecContext(ctx, schema)
	return store{db}, err
}

// errNoPosition means that the mirror does not have the tenant.
var errNoPosition = errors.New("the tenant has no position")

func (s store) position(ctx context.Context, tenant string) (sequence int64, err error) {
	err = s.QueryRowContext(ctx, `SELECT sequence FROM positions WHERE tenant = ?`, tenant).Scan(&sequence)
	if errors.Is(err, sql.ErrNoRows) {
		err = errNoPosition
	}
	return sequence, err
}

// tenants returns the tenants that the mirror has.
func (s store) tenants(ctx context.Context) ([]string, error) {
	return s.texts(ctx, `SELECT tenant FROM positions ORDER BY tenant`)
}

// texts returns the only column of a query.
func (s store) texts(ctx context.Context, query string, args ...any) (all []string, err error) {
	rows, err := s.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			return nil, err
		}
		all = append(all, text)
	}
	return all, rows.Err()
}

// update changes the mirror of a tenant and its position in one transaction. So the position is
// right even if the program dies at any time.
func (s store) update(ctx context.Context, tenant string, position int64, change func(*sql.Tx) error) error {
	return s.transaction(ctx, func(tx *sql.Tx) error {
		if err := change(tx); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO positions (tenant, sequence) VALUES (?, ?)
			ON CONFLICT DO UPDATE SET sequence = excluded.sequence`, tenant, position)
		return err
	})
}

func (s store) transaction(ctx context.Context, change func(*sql.Tx) error) error {
	tx, err := s.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // does nothing after Commit
	if err := change(tx); err != nil {
		return err
	}
	return tx.Commit()
}
