package main

import (
	"encoding/json"

	"scimserver/infra/scimctl/wording"
)

var eventHeader = []any{"SEQUENCE", "TIME", "TYPE", "NAME", "ID", "WHAT"}

func eventCells(text json.RawMessage) []any {
	e := wording.DecodeEvent(text)
	name := wording.Truncate(e.Name(), wording.MaxName)
	return []any{e.Sequence, wording.Second(e.Time), e.Type, name, e.Resource.ID, e.Summary()}
}
