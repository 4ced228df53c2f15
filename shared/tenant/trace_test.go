package tenant

import (
	"testing"
	"time"
)

func TestTraceAsText(t *testing.T) {
	began := time.UnixMilli(1_800_000_000_123).UTC()
	for _, want := range []Trace{
		{},
		{Began: began, End: began.Truncate(time.Second)},
		{Began: began, End: began.Truncate(time.Second), Values: true},
	} {
		if got := ParseTrace(want.String()); got != want {
			t.Errorf("%q is read as %+v, want %+v", want.String(), got, want)
		}
	}
	for _, text := range []string{"x", "1", "1 ", "1 x", " 1", "x 1 values"} {
		if got := ParseTrace(text); got != (Trace{}) {
			t.Errorf("%q is read as %+v", text, got)
		}
	}
	on := Trace{Began: began, End: began.Add(time.Second)}
	if !on.On(began) || on.On(began.Add(time.Second)) || (Trace{}).On(time.Time{}) {
		t.Error("a trace is on until its end")
	}
}
