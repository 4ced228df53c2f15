package table

import (
	"strconv"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/schemas"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/document"
)

// The outputs below take the place of the SDK's. They read items straight into Item, and not into AttributeValue
// first.

// itemOutput is the output of GetItem.
type itemOutput struct {
	Item             Item // nil if there is none
	ConsumedCapacity *types.ConsumedCapacity
}

// Deserialize implements smithy.Deserializable.
func (o *itemOutput) Deserialize(d smithy.ShapeDeserializer) error {
	return smithy.ReadStruct(d, schemas.GetItemOutput, func(s *smithy.Schema) (err error) {
		switch s {
		case schemas.GetItemOutput_Item:
			o.Item, err = readItem(d, s, 0)
			return err
		case schemas.GetItemOutput_ConsumedCapacity:
			o.ConsumedCapacity, err = readCapacity(d)
			return err
		}
		return skip(d, s)
	})
}

// pageOutput is the output of Query and of Scan, which have the same members.
type pageOutput struct {
	Items            []Item
	LastEvaluatedKey Item // nil at the end
	ConsumedCapacity *types.ConsumedCapacity
}

// Deserialize implements smithy.Deserializable.
func (o *pageOutput) Deserialize(d smithy.ShapeDeserializer) error {
	return smithy.ReadStruct(d, schemas.QueryOutput, func(s *smithy.Schema) (err error) {
		switch s {
		case schemas.QueryOutput_Items:
			return o.readItems(d, s)
		case schemas.QueryOutput_LastEvaluatedKey:
			o.LastEvaluatedKey, err = readItem(d, s, 0)
			return err
		case schemas.QueryOutput_ConsumedCapacity:
			o.ConsumedCapacity, err = readCapacity(d)
			return err
		}
		return skip(d, s) // Count and ScannedCount
	})
}

func (o *pageOutput) readItems(d smithy.ShapeDeserializer, s *smithy.Schema) error {
	size := 0 // of the item before: most items of a page have as many attributes
	return smithy.ReadList(d, s, func() error {
		item, err := readItem(d, s.ListMember(), size)
		o.Items, size = append(o.Items, item), len(item)
		return err
	})
}

func readCapacity(d smithy.ShapeDeserializer) (*types.ConsumedCapacity, error) {
	consumed := &types.ConsumedCapacity{}
	return consumed, consumed.Deserialize(d)
}

// readItem reads an item, which is nil if it is empty. size is the number of attributes to expect.
func readItem(d smithy.ShapeDeserializer, s *smithy.Schema, size int) (Item, error) {
	item := make(Item, size)
	err := smithy.ReadMap(d, s, func(name string) (err error) {
		item[name], err = readValue(d, s.MapValue())
		return err
	})
	if len(item) == 0 {
		return nil, err
	}
	return item, err
}

// readValue reads the value of an attribute, as decode would convert it.
func readValue(d smithy.ShapeDeserializer, s *smithy.Schema) (value any, err error) {
	err = smithy.ReadUnion(d, s, func(member *smithy.Schema) (err error) {
		switch member {
		case schemas.AttributeValue_S:
			var v string
			err = d.ReadString(member, &v)
			value = v
		case schemas.AttributeValue_N:
			var v string
			err = d.ReadString(member, &v)
			n, _ := strconv.ParseInt(v, 10, 64)
			value = n
		case schemas.AttributeValue_BOOL:
			var v bool
			err = d.ReadBool(member, &v)
			value = v
		case schemas.AttributeValue_B:
			var v []byte
			err = d.ReadBlob(member, &v)
			value = v
		default:
			err = skip(d, member)
		}
		return err
	})
	return value, err
}

// skip reads a value of any type and drops it.
func skip(d smithy.ShapeDeserializer, s *smithy.Schema) error {
	var v document.Value
	return d.ReadDocument(s, &v)
}
