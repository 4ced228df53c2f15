package wire_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/schemas"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
	"github.com/aws/smithy-go/transport/http/protocol/awsjson"
	"github.com/google/go-cmp/cmp"

	"scimserver/shared/table/wire"
)

// answers are valid answers, with values of all types, escape sequences, null, and members that are not known.
var answers = []string{
	`{}`,
	"\t{ \"Item\" :\r\n{ } } ",
	`{"Item":{"PK":{"S":"a\"b\\c\/d\b\f\n\r\t\u00e9\ud83d\ude00"},"SK":{"S":""},"n":{"N":"-12.50e+3"}}}`,
	`{"Item":{"lone":{"S":"\ud83dx\ude00\ud83d\ud83d\ude00"},"\u0061":{"S":"é漢😀\u2028"},"":{"S":"\\"}}}`,
	`{"Item":{"B":{"B":"AAECAw=="},"empty":{"B":""},"t":{"BOOL":true},"f":{"BOOL":false},"0":{"NULL":true}}}`,
	`{"Item":{"L":{"L":[{"S":"a"},{"L":[]},{"M":{"x":{"M":{}}}}]},"SS":{"SS":["a","\n"]},"NS":{"NS":["1"]},
		"BS":{"BS":["AA==",""]}}}`,
	`{"Item":{"a":null,"b":{"S":null},"c":{"other":1,"S":"x"},"d":{"other":[{}]}},"ConsumedCapacity":null}`,
	`{"Other":{"a":[1,-0.5e3,true,false,null,"\u00e9",[],{},{"b":{}}]},"Item":{"PK":{"S":"p"}},"More":0}`,
	`{"Item":{"a":{"S":"1"},"a":{"S":"2"}},"Item":{"b":{"S":"3"}}}`,
	`{"Items":[{"PK":{"S":"p"},"doc":{"S":"{\"a\":1}"}},{"PK":{"S":"p"}},null,{}],"Count":4,"ScannedCount":4,
		"LastEvaluatedKey":{"PK":{"S":"p"},"SK":{"S":"s"}}}`,
	`{"ConsumedCapacity":{"TableName":"t","CapacityUnits":1.5,"Table":{"CapacityUnits":1e-1,"ReadCapacityUnits":0},
		"GlobalSecondaryIndexes":{"i":{"CapacityUnits":2}}},"Attributes":{"n":{"N":"2"}}}`,
	`{"ConsumedCapacity":[{"TableName":"t","CapacityUnits":16.0,"WriteCapacityUnits":16}],
		"Responses":[{"Item":{"PK":{"S":"p"}}},{}]}`,
	`{"Responses":{"t":[{"PK":{"S":"p"}}],"u":[]},
		"UnprocessedKeys":{"t":{"Keys":[{"PK":{"S":"q"}}],"ConsistentRead":true}}}`,
	`{"UnprocessedItems":{"t":[{"PutRequest":{"Item":{"PK":{"S":"p"}}}},{"DeleteRequest":{"Key":{"PK":{"S":"q"}}}}]}}`,
	`{"Table":{"TableName":"t","ItemCount":9007199254740993,"TableSizeBytes":-1,"CreationDateTime":1.5e9,
		"KeySchema":[{"AttributeName":"PK","KeyType":"HASH"}],"TableStatus":"ACTIVE"}}`,
}

// invalid is text that is no answer.
var invalid = []string{
	` `, `null`, `[]`, `""`, `1`, `{]`, `{"a"}`, `{"a":}`, `{"a":1,}`, `{,"a":1}`, `{"a":1 "b":2}`, `{'a':1}`,
	`{"Items":[{} }`, `{"Items":[{},]}`, `{"Items":[,{}]}`, `{"Items":{}}`, `{"Items":[1]}`, `{"Item":[]}`,
	`{"Item":{"a":{"S":"x"} "b":{"S":"y"}}}`, `{"Item":{"a":{"S":"x"}]}`, `{"Item":{"a":{"S":"x","N":"1"}}}`,
	`{"Item":{"a":{"S":1}}}`, `{"Item":{"a":{"BOOL":"true"}}}`, `{"Item":{"a":{"BOOL":truth}}}`,
	`{"Item":{"a":{"B":"?"}}}`, `{"Item":{"a":{"B":"A"}}}`, `{"Item":{"a":"x"}}`, `{"Item":{"a":nil}}`,
	`{"Count":1.0}`, `{"Count":01}`, `{"Count":+1}`, `{"Count":2147483648}`, `{"Count":"1"}`, `{"Count":1-1}`,
	`{"x":1.}`, `{"x":.5}`, `{"x":1e}`, `{"x":-}`, `{"x":--1}`, `{"x":NaN}`, `{"x":tru}`, `{"x":nulls}`,
	`{"x":"\x"}`, `{"x":"\u12"}`, `{"x":"\u12g4"}`, `{"x":"\u+123"}`, "{\"x\":\"\n\"}", "{\"x\":\"\\n\x01\"}",
	`{"x":` + strings.Repeat("[", 10_001),
}

// output is an output of the SDK.
type output struct {
	operation *smithy.OperationSchema
	empty     func() smithy.Deserializable
}

func of[O any, P interface {
	*O
	smithy.Deserializable
}](operation, result *smithy.Schema) output {
	return output{smithy.NewOperationSchema(operation, nil, result), func() smithy.Deserializable { return P(new(O)) }}
}

func outputs() []output {
	return []output{
		of[dynamodb.GetItemOutput](schemas.GetItem, schemas.GetItemOutput),
		of[dynamodb.BatchGetItemOutput](schemas.BatchGetItem, schemas.BatchGetItemOutput),
		of[dynamodb.TransactGetItemsOutput](schemas.TransactGetItems, schemas.TransactGetItemsOutput),
		of[dynamodb.QueryOutput](schemas.Query, schemas.QueryOutput),
		of[dynamodb.UpdateItemOutput](schemas.UpdateItem, schemas.UpdateItemOutput),
		of[dynamodb.BatchWriteItemOutput](schemas.BatchWriteItem, schemas.BatchWriteItemOutput),
		of[dynamodb.TransactWriteItemsOutput](schemas.TransactWriteItems, schemas.TransactWriteItemsOutput),
		of[dynamodb.DescribeTableOutput](schemas.DescribeTable, schemas.DescribeTableOutput),
	}
}

// bySDK reads an answer with the SDK, which panics on some texts that are not JSON.
func (o output) bySDK(t *testing.T, text string) (out smithy.Deserializable, err error) {
	t.Helper()
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("panic: %v", cause)
		}
	}()
	out = o.empty()
	answer := &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(strings.NewReader(text))}
	return out, awsjson.New10(schemas.DynamoDB_20120810).DeserializeResponse(
		t.Context(), o.operation, dynamodb.TypeRegistry, &smithyhttp.Response{Response: answer}, out)
}

// compare reads a text with the SDK and with wire. It reports whether the text is an answer.
func (o output) compare(t *testing.T, text string) bool {
	t.Helper()
	want, wantErr := o.bySDK(t, text)
	got, buffer := o.empty(), []byte(text)
	err := wire.Decode(buffer, got)
	clear(buffer)                                    // got must not refer to it
	if wantErr == nil && !json.Valid([]byte(text)) { // the SDK overlooks some errors at the end of a list or map
		wantErr = err
	}
	if (err == nil) != (wantErr == nil) {
		t.Errorf("%s\nas %T: %v, and with the SDK: %v", text, got, err, wantErr)
	} else if err == nil && !reflect.DeepEqual(got, want) {
		all := cmp.Exporter(func(reflect.Type) bool { return true })
		t.Errorf("%s\nas %T, and with the SDK: %s", text, got, cmp.Diff(got, want, all))
	}
	return err == nil
}

func TestDecodeAnswers(t *testing.T) {
	for _, text := range answers {
		read := 0
		for _, o := range outputs() {
			if o.compare(t, text) {
				read++
			}
			for end := range len(strings.TrimSpace(text)) - 1 {
				if err := wire.Decode([]byte(text[:end]), o.empty()); err == nil {
					t.Fatalf("%s: no error", text[:end])
				}
			}
		}
		if read == 0 {
			t.Errorf("%s: no output can read it", text)
		}
	}
}

func TestDecodeRejects(t *testing.T) {
	for _, text := range invalid {
		read := 0
		for _, o := range outputs() {
			if o.compare(t, text) {
				read++
			}
		}
		if read == len(outputs()) {
			t.Errorf("%s: no error", text)
		}
	}
}

// After the first error, nothing is read: the message names the place of the first one.
func TestErrorNamesThePlace(t *testing.T) {
	err := wire.Decode([]byte(`{"Items":[{} }`), new(dynamodb.QueryOutput))
	if want := "invalid JSON at byte 13: expected a comma or ]"; err == nil || err.Error() != want {
		t.Errorf("err = %v, want %s", err, want)
	}
}

// textNumber is a number in the form that DynamoDB does not use.
var textNumber = regexp.MustCompile(`(?i)"-?(nan|infinity)"`)

// wire reads what the SDK reads, with the same result. They differ in three ways that don't occur in an answer: the
// SDK takes an empty text for an empty object, reads numbers in quotes, and replaces bytes that are not UTF-8.
func FuzzDecode(f *testing.F) {
	for _, text := range append(answers, invalid...) {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if text == "" || !utf8.ValidString(text) || textNumber.MatchString(text) {
			t.Skip()
		}
		for _, o := range outputs() {
			o.compare(t, text)
		}
	})
}
