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

// read decodes the body of a request. It must be one JSON object without unknown members,
// duplicates or nulls. If there is no body, v stays unchanged.
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
	if err := checkObject(data); err != nil {
		return err
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return decodeError(err)
	}
	return nil
}

// checkObject refuses bodies that parsers may understand differently. encoding/json takes the last
// of two equal names, and treats null as a missing member.
func checkObject(data []byte) error {
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
	return rejectNull("", body)
}

// rejectNull refuses null at any depth.
func rejectNull(name string, v scim.Value) error {
	if v.Kind() == scim.Null {
		return invalid("%s must not be null; leave it out", name)
	}
	for _, m := range v.Members() {
		if err := rejectNull(m.Name, m.Value); err != nil {
			return err
		}
	}
	for _, item := range v.Items() {
		if err := rejectNull("a value of "+name, item); err != nil {
			return err
		}
	}
	return nil
}

// decodeError describes a decoding error in terms of the API, not of Go.
func decodeError(err error) *Error {
	if e, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return invalid("%s can't be a JSON %s", memberPath(e.Field), e.Value)
	}
	return invalid("the body can't be read: %s", strings.TrimPrefix(err.Error(), "json: "))
}

// memberPath returns the path of a member without embedded Go types. Only their names begin with a
// capital.
func memberPath(path string) string {
	isType := func(part string) bool { return part != "" && unicode.IsUpper(rune(part[0])) }
	parts := slices.DeleteFunc(strings.Split(path, "."), isType)
	return strings.Join(parts, ".")
}
