package table

import (
	"fmt"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Item holds the attributes of an item besides its key. Values are string, int64, bool or
// []byte; nothing else is stored.
type Item map[string]any

// Key returns the key of an item that was read.
func (i Item) Key() Key { return Key{PK: i.Text("PK"), SK: i.Text("SK")} }

// Text returns a string attribute, or "" if the item has none.
func (i Item) Text(name string) string {
	s, _ := i[name].(string)
	return s
}

// Int returns a number attribute, or 0 if the item has none.
func (i Item) Int(name string) int64 {
	n, _ := i[name].(int64)
	return n
}

// Bool returns a boolean attribute, or false if the item has none.
func (i Item) Bool(name string) bool {
	b, _ := i[name].(bool)
	return b
}

// Bytes returns a binary attribute, or nil if the item has none.
func (i Item) Bytes(name string) []byte {
	b, _ := i[name].([]byte)
	return b
}

func encode(value any) types.AttributeValue {
	switch v := value.(type) {
	case string:
		return &types.AttributeValueMemberS{Value: v}
	case int64:
		return &types.AttributeValueMemberN{Value: strconv.FormatInt(v, 10)}
	case bool:
		return &types.AttributeValueMemberBOOL{Value: v}
	case []byte:
		return &types.AttributeValueMemberB{Value: v}
	}
	panic(fmt.Sprintf("table: an attribute can't hold a %T", value))
}

func decode(value types.AttributeValue) any {
	switch v := value.(type) {
	case *types.AttributeValueMemberS:
		return v.Value
	case *types.AttributeValueMemberN:
		n, _ := strconv.ParseInt(v.Value, 10, 64)
		return n
	case *types.AttributeValueMemberBOOL:
		return v.Value
	case *types.AttributeValueMemberB:
		return v.Value
	}
	return nil
}

func encodeItem(key Key, item Item) map[string]types.AttributeValue {
	m := encodeKey(key)
	for name, value := range item {
		m[name] = encode(value)
	}
	return m
}

func encodeKey(key Key) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"PK": encode(key.PK), "SK": encode(key.SK)}
}

// decodeItem converts an item, with PK and SK among its attributes. It returns nil for an
// empty map, which is how the SDK says that there is no item.
func decodeItem(m map[string]types.AttributeValue) Item {
	if len(m) == 0 {
		return nil
	}
	item := make(Item, len(m))
	for name, value := range m {
		item[name] = decode(value)
	}
	return item
}

// Seconds returns a time as items hold it: in Unix seconds, 0 for the zero time.
func Seconds(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.Unix()
}

// Time returns an attribute that Seconds made, or the zero time if the item has none.
func (i Item) Time(name string) time.Time {
	seconds := i.Int(name)
	if seconds == 0 {
		return time.Time{}
	}
	return time.Unix(seconds, 0).UTC()
}
