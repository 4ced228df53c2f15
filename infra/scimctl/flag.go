package main

import (
	"errors"
	"strconv"

	"github.com/urfave/cli/v3"
)

// valueFlag declares a flag. The function set reads and stores its value, and is called each time that the
// flag is given.
func valueFlag(name, usage string, set func(string) error) cli.Flag {
	return &cli.GenericFlag{Name: name, Usage: usage, Value: setter(set)}
}

// setter makes a function the value of a flag, as the library needs it.
type setter func(string) error

func (s setter) Set(v string) error { return s(v) }
func (setter) String() string       { return "" }
func (setter) Get() any             { return nil }

// switchFlag declares a flag that is true or false. The pointer stays nil if the flag is not given.
func switchFlag(name, usage string, to **bool) cli.Flag {
	return &cli.BoolFlag{Name: name, Usage: usage, HideDefault: true, Validator: func(on bool) error {
		*to = &on
		return nil
	}}
}

// optional returns a function that parses and stores a value. The pointer stays nil if the flag is not given, so
// that the request leaves the field out.
func optional[T any](to **T, parse func(string) (T, error)) func(string) error {
	return func(v string) error {
		value, err := parse(v)
		*to = &value
		return err
	}
}

// each returns a function that calls add with each value of a flag that may be repeated.
func each(add func(string)) func(string) error {
	return func(v string) error {
		add(v)
		_, err := nonEmpty[string](v)
		return err
	}
}

func anyText[T ~string](v string) (T, error) { return T(v), nil }

// nonEmpty refuses an empty value, such as that of an unset shell variable.
func nonEmpty[T ~string](v string) (T, error) {
	if v == "" {
		return "", errors.New("the value is empty")
	}
	return T(v), nil
}

func integer(v string) (int, error) {
	n, err := strconv.Atoi(v)
	if err != nil {
		return 0, errors.New("not a whole number")
	}
	return n, nil
}

// confirmFlag declares the flag that answers the question of confirm.
func confirmFlag(usage string, to *string) cli.Flag {
	return &cli.StringFlag{Name: "confirm", Usage: usage + ", for scripts; without it scimctl asks", Destination: to}
}
