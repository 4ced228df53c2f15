package wire

import (
	"encoding/base64"
	"fmt"
	"math/big"
	"strconv"
	"time"

	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/document"
	smithytime "github.com/aws/smithy-go/time"
)

// maxDepth bounds the nesting of objects and arrays, as in the SDK.
const maxDepth = 10_000

// reader implements smithy.ShapeDeserializer.
type reader struct {
	text []byte
	at   int
	err  error // the first syntax error
	// open has the schemas of the objects and arrays around the position, the innermost last. The schema of a
	// map or list is nil.
	open  []*smithy.Schema
	first bool // no element of the innermost one has been read, so that no comma precedes the next
	names names
}

// fail returns the first syntax error. The position is at the end of the text from then on, so that all further
// calls fail: smithy.ReadList and smithy.ReadMap take an error for the end of the list or map.
func (r *reader) fail(expected string) error {
	if r.err == nil {
		r.err = fmt.Errorf("invalid JSON at byte %d: expected %s", r.at, expected)
		r.at = len(r.text)
	}
	return r.err
}

// enter reads the opening bracket of an object or array.
func (r *reader) enter(bracket byte, s *smithy.Schema) error {
	if r.peek() != bracket || len(r.open) == maxDepth {
		return r.fail(string(bracket))
	}
	r.at++
	r.open, r.first = append(r.open, s), true
	return nil
}

// next moves to the next element of the innermost object or array, and reports whether there is one. After the
// last one it reads the closing bracket.
func (r *reader) next(bracket byte) (bool, error) {
	c := r.peek()
	if c == bracket {
		r.at++
		r.open, r.first = r.open[:len(r.open)-1], false
		return false, nil
	}
	if !r.first {
		if c != ',' {
			return false, r.fail("a comma or " + string(bracket))
		}
		r.at++
	}
	r.first = false
	return true, nil
}

// name reads the name of a member and the colon.
func (r *reader) name() ([]byte, error) {
	name, err := r.string()
	if err != nil {
		return nil, err
	}
	if r.peek() != ':' {
		return nil, r.fail("a colon")
	}
	r.at++
	return name, nil
}

// member moves to the next value that the schema knows and that is not null. It returns nil at the end.
func (r *reader) member(s *smithy.Schema) (*smithy.Schema, error) {
	for {
		more, err := r.next('}')
		if !more {
			return nil, err
		}
		name, err := r.name()
		if err != nil {
			return nil, err
		}
		member := s.Members()[string(name)]
		if member == nil {
			if err := r.skip(); err != nil {
				return nil, err
			}
			continue
		}
		if null, err := r.ReadNil(member); !null {
			return member, err
		}
	}
}

// ReadStruct starts a structure.
func (r *reader) ReadStruct(s *smithy.Schema) error { return r.enter('{', s) }

// ReadStructMember moves to the next member of a structure.
func (r *reader) ReadStructMember() (*smithy.Schema, error) { return r.member(r.open[len(r.open)-1]) }

// ReadUnion starts a union and moves to its member. The SDK calls it again for the end of the union.
func (r *reader) ReadUnion(s *smithy.Schema) (*smithy.Schema, error) {
	if r.open[len(r.open)-1] != s {
		if null, err := r.ReadNil(s); null || err != nil {
			return nil, err
		}
		if err := r.enter('{', s); err != nil {
			return nil, err
		}
	}
	return r.member(s)
}

// ReadList starts a list.
func (r *reader) ReadList(*smithy.Schema) error { return r.enter('[', nil) }

// ReadListItem moves to the next element of a list.
func (r *reader) ReadListItem(*smithy.Schema) (bool, error) { return r.next(']') }

// ReadMap starts a map.
func (r *reader) ReadMap(*smithy.Schema) error { return r.enter('{', nil) }

// ReadMapKey moves to the next value of a map and returns its key.
func (r *reader) ReadMapKey(*smithy.Schema) (string, bool, error) {
	more, err := r.next('}')
	if !more {
		return "", false, err
	}
	name, err := r.name()
	return r.names.text(name), err == nil, err
}

// ReadNil reports whether the value is null.
func (r *reader) ReadNil(*smithy.Schema) (bool, error) {
	if r.peek() != 'n' {
		return false, nil
	}
	err := r.word("null")
	return err == nil, err
}

// ReadBool reads true or false.
func (r *reader) ReadBool(_ *smithy.Schema, v *bool) error {
	if *v = r.peek() == 't'; *v {
		return r.word("true")
	}
	return r.word("false")
}

// ReadString reads a string.
func (r *reader) ReadString(_ *smithy.Schema, v *string) error {
	text, err := r.string()
	*v = string(text)
	return err
}

// ReadBlob reads a string in base64.
func (r *reader) ReadBlob(_ *smithy.Schema, v *[]byte) error {
	text, err := r.string()
	if err != nil {
		return err
	}
	data := make([]byte, base64.StdEncoding.DecodedLen(len(text)))
	n, err := base64.StdEncoding.Decode(data, text)
	*v = data[:n]
	return err
}

// ReadInt32 reads an integer.
func (r *reader) ReadInt32(_ *smithy.Schema, v *int32) error {
	var n int64
	err := r.integer(32, &n)
	*v = int32(n)
	return err
}

// ReadInt64 reads an integer.
func (r *reader) ReadInt64(_ *smithy.Schema, v *int64) error { return r.integer(64, v) }

func (r *reader) integer(bits int, v *int64) error {
	text, err := r.number()
	if err == nil {
		*v, err = strconv.ParseInt(text, 10, bits)
	}
	return err
}

// ReadFloat64 reads a number.
func (r *reader) ReadFloat64(_ *smithy.Schema, v *float64) error {
	text, err := r.number()
	if err == nil {
		*v, err = strconv.ParseFloat(text, 64)
	}
	return err
}

// ReadTime reads a time in Unix seconds.
func (r *reader) ReadTime(_ *smithy.Schema, v *time.Time) error {
	var seconds float64
	err := r.ReadFloat64(nil, &seconds)
	*v = smithytime.ParseEpochSeconds(seconds)
	return err
}

// ReadDocument skips a value of any type. It leaves v as it is.
func (r *reader) ReadDocument(*smithy.Schema, *document.Value) error { return r.skip() }

// The methods below are for types that DynamoDB's answers do not have.

func (r *reader) ReadInt8(*smithy.Schema, *int8) error          { return errUnsupported }
func (r *reader) ReadInt16(*smithy.Schema, *int16) error        { return errUnsupported }
func (r *reader) ReadFloat32(*smithy.Schema, *float32) error    { return errUnsupported }
func (r *reader) ReadBigInt(*smithy.Schema, *big.Int) error     { return errUnsupported }
func (r *reader) ReadBigFloat(*smithy.Schema, *big.Float) error { return errUnsupported }
