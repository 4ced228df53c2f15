// Package plot draws line charts as SVG, with two logarithmic axes. They have a text
// alternative, and colours for a light and a dark page.
package plot

import (
	"bytes"
	"fmt"
	"html"
	"math"
	"slices"
)

// Chart is a chart of at least one series.
type Chart struct {
	Title       string
	Description string // the text alternative: what the chart shows
	X           string // the name of the axis
	Series      []Series
}

// Series is a line. All its values are greater than zero.
type Series struct {
	Name   string // is written to the right of the line
	Kind   Kind
	Points []Point
	End    string // is written at the last point; may be empty
}

// Kind says what a line counts. It has the same colour in each chart.
type Kind string

// The kinds of lines.
const (
	Writes     Kind = "writes"
	Reads      Kind = "reads"
	Calls      Kind = "calls"
	Calculated Kind = "calculated" // not counted: dashed, and without dots
)

// Point is a point of a line.
type Point struct{ X, Y float64 }

// The picture's size and the area of the lines in it, in pixels.
const (
	width, height            = 720, 320
	left, right, top, bottom = 68, 480, 44, 272
	labelHeight              = 15
)

// style has the colours. A line and its dots have their kind as class.
const style = `<style>
text{font:13px system-ui,sans-serif;fill:#1f2328}.title{font-weight:600;font-size:14px}.bg{fill:#fff}
.grid{stroke:#d1d9e0}polyline{fill:none;stroke:currentColor;stroke-width:2.5}circle{fill:currentColor}
.writes{color:#0969da}.reads{color:#bc4c00}.calls{color:#1a7f37}
.calculated{color:#656d76;stroke-dasharray:6 5;stroke-width:2}
@media (prefers-color-scheme:dark){text{fill:#e6edf3}.bg{fill:#0d1117}.grid{stroke:#30363d}
.writes{color:#58a6ff}.reads{color:#f0883e}.calls{color:#3fb950}.calculated{color:#9198a1}}
</style>
`

// SVG returns the picture.
func (c Chart) SVG() []byte {
	p := picture{x: c.axis(func(p Point) float64 { return p.X }, left, right),
		y: c.axis(func(p Point) float64 { return p.Y }, bottom, top)}
	p.printf("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" role=\"img\" "+
		"aria-labelledby=\"title desc\">\n", width, height)
	p.printf("<title id=\"title\">%s</title>\n<desc id=\"desc\">%s</desc>\n",
		html.EscapeString(c.Title), html.EscapeString(c.Description))
	p.printf("%s<rect class=\"bg\" width=\"%d\" height=\"%d\" rx=\"6\"/>\n", style, width, height)
	p.text(left, 24, "start", "title", c.Title)
	p.axes(c.X)
	var labels []label
	for _, s := range c.Series {
		labels = append(labels, p.line(s))
	}
	p.labels(labels)
	p.printf("</svg>\n")
	return p.Bytes()
}

// axis returns the axis of one of the coordinates, over whole powers of ten.
func (c Chart) axis(of func(Point) float64, from, to float64) axis {
	var values []float64
	for _, s := range c.Series {
		for _, p := range s.Points {
			values = append(values, math.Log10(of(p)))
		}
	}
	lowest, highest := math.Floor(slices.Min(values)), math.Ceil(slices.Max(values))
	return axis{lowest, max(highest, lowest+1), from, to}
}

// axis maps values to pixels. lowest and highest are the logarithms of the values at its ends, which are the
// pixels from and to.
type axis struct{ lowest, highest, from, to float64 }

func (a axis) at(value float64) float64 {
	return a.from + (math.Log10(value)-a.lowest)/(a.highest-a.lowest)*(a.to-a.from)
}

// ticks returns the powers of ten.
func (a axis) ticks() (all []float64) {
	for e := a.lowest; e <= a.highest; e++ {
		all = append(all, math.Pow10(int(e)))
	}
	return all
}

// picture is what has been drawn.
type picture struct {
	bytes.Buffer
	x, y axis
}

func (p *picture) printf(format string, args ...any) { fmt.Fprintf(p, format, args...) }

func (p *picture) text(x, y float64, anchor, class, text string) {
	p.printf("<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" class=\"%s\">%s</text>\n",
		x, y, anchor, class, html.EscapeString(text))
}

func (p *picture) axes(x string) {
	for _, v := range p.y.ticks() {
		at := p.y.at(v)
		p.printf("<line class=\"grid\" x1=\"%d\" y1=\"%.1f\" x2=\"%d\" y2=\"%.1f\"/>\n", left, at, right, at)
		p.text(left-8, at+4, "end", "tick", number(v))
	}
	for _, v := range p.x.ticks() {
		p.text(p.x.at(v), bottom+20, "middle", "tick", number(v))
	}
	p.text((left+right)/2, bottom+40, "middle", "axis", x)
}

// line draws a series, and returns the label at its end.
func (p *picture) line(s Series) label {
	var points bytes.Buffer
	for _, at := range s.Points {
		fmt.Fprintf(&points, "%.1f,%.1f ", p.x.at(at.X), p.y.at(at.Y))
	}
	p.printf("<polyline class=\"%s\" points=\"%s\"/>\n", s.Kind, bytes.TrimSpace(points.Bytes()))
	if s.Kind != Calculated {
		for _, at := range s.Points {
			p.printf("<circle class=\"%s\" cx=\"%.1f\" cy=\"%.1f\" r=\"4\"/>\n", s.Kind, p.x.at(at.X), p.y.at(at.Y))
		}
	}
	last := s.Points[len(s.Points)-1]
	if s.End != "" {
		p.text(p.x.at(last.X)+8, p.y.at(last.Y)-4, "start", "end", s.End)
	}
	return label{p.y.at(last.Y) + 4, s.Name}
}

// label is the name of a line, at the right.
type label struct {
	y    float64
	text string
}

// labels writes the labels below each other without overlap.
func (p *picture) labels(all []label) {
	slices.SortStableFunc(all, func(a, b label) int { return int(a.y - b.y) })
	least := math.Inf(-1)
	for _, l := range all {
		l.y = max(l.y, least)
		p.text(right+14, l.y, "start", "label", l.text)
		least = l.y + labelHeight
	}
}

// number writes a power of ten.
func number(v float64) string {
	switch {
	case v >= 1e6:
		return fmt.Sprintf("%g M", v/1e6)
	case v >= 1e3:
		return fmt.Sprintf("%g,000", v/1e3)
	}
	return fmt.Sprintf("%g", v)
}
