package admin

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"

	"scimserver/shared/scim"
)

// read decodes the body of a request, which must hold one JSON object of known
// members, each once and none of them null. Without a body v stays as it is.
func read(r *http.Request, v any) error {
	data, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, maxBody))
	if _, large := errors.AsType[*http.MaxBytesError](err); large {
		return &Error{Status: http.StatusRequestEntityTooLarge, Code: "too_large", Message: "the body has more than 64 KiB"}
	}
	if err != nil {
		return invalid("the body ended early")
	}
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
	return noNull(body)
}

func noNull(object scim.Value) error {
	for _, m := range object.Members() {
		if m.Value.Kind() == scim.Null {
			return invalid("%s is null: leave it out", m.Name)
		}
		if err := noNull(m.Value); err != nil {
			return err
		}
	}
	return nil
}

// unreadable says what does not fit in the words of the API, not in those of Go.
func unreadable(err error) *Error {
	if e, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return invalid("%s can't be a JSON %s", strings.TrimPrefix(e.Field, "TenantChange."), e.Value)
	}
	return invalid("the body can't be read: %s", strings.TrimPrefix(err.Error(), "json: "))
}
