package admin

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"unicode"

	"scimserver/shared/scim"
)

// taking makes an operation of one that takes a body.
func taking[T any](status int, op func(*http.Request, T) (any, error)) operation {
	return func(r *http.Request) (int, any, error) {
		var in T
		if err := read(r, &in); err != nil {
			return 0, nil, err
		}
		out, err := op(r, in)
		return status, out, err
	}
}

// read decodes the body of a request, which must hold one JSON object of known
// members, each once and none of them null. Without a body v stays as it is.
func read(r *http.Request, v any) error {
	data, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, maxBody))
	if _, large := errors.AsType[*http.MaxBytesError](err); large {
		return tooLarge()
	}
	if err != nil {
		return invalid("the body ended early")
	}
	return decode(data, v)
}

func tooLarge() error {
	return &Error{Status: http.StatusRequestEntityTooLarge, Code: "too_large", Message: "the body has more than 64 KiB"}
}

// decode is read for a body in memory.
func decode(data []byte, v any) error {
	if len(bytes.TrimSpace(data)) == 0 {
		return nil
	}
	if err := object(data); err != nil {
		return err
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return unreadable(err)
	}
	return nil
}

// object checks that a body means the same to every reader: encoding/json takes
// the last of two members, and null for a missing one.
func object(data []byte) error {
	body, err := scim.ParseJSON(data)
	if e, ok := errors.AsType[*scim.Error](err); ok {
		return invalid("the body can't be read as JSON: %s", e.Detail)
	}
	if err != nil {
		return err
	}
	if body.Kind() != scim.Object {
		return invalid("the body must be a JSON object")
	}
	return noNull("", body)
}

// noNull refuses null at any depth below what is named.
func noNull(name string, v scim.Value) error {
	if v.Kind() == scim.Null {
		return invalid("%s is null: leave it out", name)
	}
	for _, m := range v.Members() {
		if err := noNull(m.Name, m.Value); err != nil {
			return err
		}
	}
	for _, item := range v.Items() {
		if err := noNull("a value of "+name, item); err != nil {
			return err
		}
	}
	return nil
}

// unreadable says what does not fit in the words of the API, not in those of Go.
func unreadable(err error) *Error {
	if e, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return invalid("%s can't be a JSON %s", memberOf(e.Field), e.Value)
	}
	return invalid("the body can't be read: %s", strings.TrimPrefix(err.Error(), "json: "))
}

// memberOf is the path of a member without the Go types that embed it, which alone
// begin with a capital.
func memberOf(path string) string {
	parts := slices.DeleteFunc(strings.Split(path, "."), func(part string) bool { return part != "" && unicode.IsUpper(rune(part[0])) })
	return strings.Join(parts, ".")
}
