package journal

import "encoding/json"

const insert, modify, remove = "INSERT", "MODIFY", "REMOVE"

// write is the write of one item by a call.
type write struct {
	Record
	imageUnknown bool // the new image has to be read from the table
}

// pendingWrites are the writes of a call that have no records yet. They do not change after complete is
// closed.
type pendingWrites struct {
	writes   []write
	complete chan struct{}
}

func isWrite(operation string) bool {
	switch operation {
	case "PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems", "BatchWriteItem":
		return true
	}
	return false
}

// writeRequest is the part of a call that describes the write of one item.
type writeRequest struct {
	TableName string
	Item, Key map[string]any

	ReturnValues string
}

type batchWrite struct {
	PutRequest, DeleteRequest *writeRequest
}

// read returns a call with its writes to tables with a stream.
func (j *Journal) read(operation string, body []byte) call {
	c := call{operation: operation, body: body}
	switch operation {
	case "TransactWriteItems":
		c.writes, c.unreadable = j.transaction(body)
	case "BatchWriteItem":
		c.writes, c.unreadable = j.batch(body)
	default:
		var o writeRequest
		c.unreadable = json.Unmarshal(body, &o)
		c.writes = j.append(nil, operation, o)
		if o.ReturnValues != "NONE" {
			c.asks = o.ReturnValues
		}
	}
	return c
}

// setReturned sets the new image if the answer to an update contains it.
func (w *write) setReturned(answer []byte) {
	var out struct{ Attributes map[string]any }
	if err := json.Unmarshal(answer, &out); err == nil && len(out.Attributes) > 0 {
		w.NewImage, w.imageUnknown = out.Attributes, false
	}
}

func (j *Journal) transaction(body []byte) (all []write, err error) {
	var in struct{ TransactItems []map[string]*writeRequest }
	err = json.Unmarshal(body, &in)
	for _, members := range in.TransactItems {
		for action, o := range members {
			if o != nil {
				all = j.append(all, action+"Item", *o)
			}
		}
	}
	return all, err
}

// batch marks all images as unknown, because DynamoDB may carry out only a part of a batch.
func (j *Journal) batch(body []byte) (all []write, err error) {
	var in struct{ RequestItems map[string][]batchWrite }
	err = json.Unmarshal(body, &in)
	for table, writes := range in.RequestItems {
		for _, w := range writes {
			if w.PutRequest != nil {
				all = j.append(all, "PutItem", writeRequest{TableName: table, Item: w.PutRequest.Item})
			}
			if w.DeleteRequest != nil {
				all = j.append(all, "DeleteItem", writeRequest{TableName: table, Key: w.DeleteRequest.Key})
			}
		}
	}
	for i := range all {
		all[i].imageUnknown = true
	}
	return all, err
}

// append adds the write of an action, if it writes to a table with a stream.
func (j *Journal) append(all []write, action string, o writeRequest) []write {
	names, streamed := j.keys[o.TableName]
	if !streamed {
		return all
	}
	w := write{Record: Record{Table: o.TableName, Keys: o.Key}}
	switch action {
	case "PutItem":
		w.EventName, w.NewImage, w.Keys = insert, o.Item, map[string]any{}
		for _, name := range names {
			w.Keys[name] = o.Item[name]
		}
	case "UpdateItem":
		w.EventName, w.imageUnknown = modify, true
	case "DeleteItem":
		w.EventName = remove
	default: // a condition check
		return all
	}
	return append(all, w)
}
