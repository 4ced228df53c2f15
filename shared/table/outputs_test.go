package table_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"scimserver/shared/table"
)

// An item has the attributes of the types that Item holds, and nil for others.
func TestItems(t *testing.T) {
	const text = `{"PK":{"S":"p"},"SK":{"S":"a\"\u00e9"},"n":{"N":"-7"},"half":{"N":"0.5"},"yes":{"BOOL":true},
		"no":{"BOOL":false},"b":{"B":"AAE="},"none":{"NULL":true},"list":{"L":[{"M":{"a":{"S":"x"}}}]},"z":{"S":""}}`
	want := table.Item{
		"PK": "p", "SK": `a"é`, "n": int64(-7), "half": int64(0), "yes": true,
		"no": false, "b": []byte{0, 1}, "none": nil, "list": nil, "z": "",
	}
	const consumed = `"ConsumedCapacity":{"TableName":"t","CapacityUnits":2.5}`
	r := &recorder{status: 200}
	db := r.open(t, nil)
	ctx, meter := table.WithMeter(t.Context())

	r.answer = `{"Item":` + text + `,` + consumed + `}`
	if item, err := db.Get(ctx, table.Key{PK: "p"}); err != nil || !cmp.Equal(item, want) {
		t.Errorf("Get: %v, %s", err, cmp.Diff(want, item))
	}
	all := []table.Item{want, {"PK": "q"}}
	r.answer = `{"Items":[` + text + `,{"PK":{"S":"q"}}],"Count":2,"ScannedCount":2,"LastEvaluatedKey":` + text +
		`,` + consumed + `}`
	if items, next, err := db.Query(ctx, table.Query{PK: "p", Limit: 2}); err != nil || next != `a"é` ||
		!cmp.Equal(items, all) {
		t.Errorf("Query: %v, next %q, %s", err, next, cmp.Diff(all, items))
	}
	page, err := db.ScanPage(ctx, table.Segment{Of: 1})
	if wantPage := (table.Page{Items: all, Next: want.Key(), Units: 2.5}); err != nil || !cmp.Equal(page, wantPage) {
		t.Errorf("ScanPage: %v, %s", err, cmp.Diff(wantPage, page))
	}
	if got := meter.Usage(); got.Reads != 7.5 || got.Calls != 3 {
		t.Errorf("%+v, want 7.5 read units in 3 calls", got)
	}
}

// What does not exist is nil.
func TestNoItems(t *testing.T) {
	r := &recorder{status: 200, answer: `{}`}
	db := r.open(t, nil)
	if item, err := db.Get(t.Context(), table.Key{PK: "p"}); err != nil || item != nil {
		t.Errorf("Get: %v, %v", item, err)
	}
	r.answer = `{"Items":[],"Count":0,"ScannedCount":0}`
	if items, next, err := db.Query(t.Context(), table.Query{PK: "p"}); err != nil || len(items) != 0 || next != "" {
		t.Errorf("Query: %v, next %q, %v", items, next, err)
	}
}
