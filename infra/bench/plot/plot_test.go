package plot

import (
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
	"testing"
)

func example() Chart {
	return Chart{
		Title: "A & B", Description: "Both are flat.", X: "size",
		Series: []Series{
			{Name: "calculated", Kind: Calculated, Points: []Point{{10, 1}, {1000, 500}}},
			{Name: "one", Kind: Reads, Points: []Point{{10, 3}, {100_000, 3}}},
			{Name: "two", Kind: Writes, Points: []Point{{10, 4}, {100_000, 4}}},
		},
	}
}

// element is an element of the picture.
type element struct {
	name, text string
	attributes map[string]string
}

func (e element) number(t *testing.T, name string) float64 {
	t.Helper()
	n, err := strconv.ParseFloat(e.attributes[name], 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func parse(t *testing.T, svg []byte) (all []element) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(string(svg)))
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			e := element{name: token.Name.Local, attributes: map[string]string{}}
			for _, a := range token.Attr {
				e.attributes[a.Name.Local] = a.Value
			}
			all = append(all, e)
		case xml.CharData:
			if len(all) > 0 {
				all[len(all)-1].text += string(token)
			}
		}
	}
}

func TestTheTextAlternativeIsInThePicture(t *testing.T) {
	all := parse(t, example().SVG())
	if svg := all[0]; svg.attributes["role"] != "img" || svg.attributes["aria-labelledby"] != "title desc" {
		t.Errorf("%+v", svg)
	}
	for id, want := range map[string]string{"title": "A & B", "desc": "Both are flat."} {
		i := slices.IndexFunc(all, func(e element) bool { return e.attributes["id"] == id })
		if i < 0 || strings.TrimSpace(all[i].text) != want {
			t.Errorf("no %s %q", id, want)
		}
	}
}

func TestLabelsDoNotOverlap(t *testing.T) {
	var at []float64
	for _, e := range parse(t, example().SVG()) {
		if e.attributes["class"] == "label" {
			at = append(at, e.number(t, "y"))
		}
	}
	if len(at) != 3 {
		t.Fatalf("%d labels, want 3", len(at))
	}
	for i := 1; i < len(at); i++ {
		if at[i]-at[i-1] < labelHeight {
			t.Errorf("labels at %v", at)
		}
	}
}

// The axes begin and end at powers of ten around all values.
func TestAxes(t *testing.T) {
	var ticks []string
	for _, e := range parse(t, example().SVG()) {
		if e.attributes["class"] == "tick" {
			ticks = append(ticks, e.text)
		}
	}
	want := []string{"1", "10", "100", "1,000", "10", "100", "1,000", "10,000", "100,000"}
	for i := range ticks {
		ticks[i] = strings.TrimSpace(ticks[i])
	}
	if !slices.Equal(ticks, want) {
		t.Errorf("ticks %q, want %q", ticks, want)
	}
}
