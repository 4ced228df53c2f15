package main

import (
	"fmt"
	"math"

	"scimbench/costs"
	"scimbench/plot"
)

// The sizes of DynamoDB: an item, and what a unit writes and reads.
const (
	itemLimit = 400 << 10
	writeUnit = 1 << 10
	readUnit  = 4 << 10
)

// memberBytes is the size of a member in a document: {"value":"<36 characters>","type":"User"},
const memberBytes = 64

// memberChart draws what it costs to add a member, beside a calculated design that keeps the
// members in the group's item, until the item is full.
func memberChart(points []costs.Point) plot.Chart {
	first, last := points[0], points[len(points)-1]
	inItem := plot.Series{Name: "calculated: members in one item", Kind: plot.Calculated, End: "the item is full"}
	for n := float64(first.Size); n*memberBytes < itemLimit; n *= math.Sqrt(10) {
		inItem.Points = append(inItem.Points, plot.Point{X: n, Y: math.Ceil(n * memberBytes / writeUnit)})
	}
	full := float64(itemLimit / memberBytes)
	inItem.Points = append(inItem.Points, plot.Point{X: full, Y: itemLimit / writeUnit})
	return plot.Chart{
		Title: "One more member of a group, per request",
		X:     "members of the group",
		Description: fmt.Sprintf("Adding one member costs %s write units, %s read units and %d calls in a group of %s "+
			"members, and %s, %s and %d in a group of %s. If the members were in the group's item, the write units "+
			"would grow to %d at %s members, where the item is full.",
			units(first.Writes), units(first.Reads), first.Calls, thousands(first.Size),
			units(last.Writes), units(last.Reads), last.Calls, thousands(last.Size),
			itemLimit/writeUnit, thousands(int(full))),
		Series: []plot.Series{
			inItem,
			line(plot.Writes, points, 0, func(p costs.Point) float64 { return p.Writes }),
			line(plot.Reads, points, 0, func(p costs.Point) float64 { return p.Reads }),
			line(plot.Calls, points, 0, func(p costs.Point) float64 { return float64(p.Calls) }),
		},
	}
}

// pageChart draws what a page costs, beside a calculated design that reads from the start.
func pageChart(points []costs.Point) plot.Chart {
	const userBytes = 1250
	first, last := points[0], points[len(points)-1]
	offset := plot.Series{Name: "calculated: read from the start", Kind: plot.Calculated}
	for _, p := range points {
		end := float64(p.Size + costs.PageSize)
		offset.Points = append(offset.Points, plot.Point{X: end, Y: math.Ceil(end * userBytes / readUnit)})
	}
	return plot.Chart{
		Title: "A page of 100 users by cursor, per request",
		X:     "users up to the end of the page",
		Description: fmt.Sprintf("A page of 100 users costs %s read units and %d calls at the start, and %s and %d "+
			"behind %s users. If each page were read from the start, the last one would cost %s read units.",
			units(first.Reads), first.Calls, units(last.Reads), last.Calls, thousands(last.Size),
			thousands(int(offset.Points[len(points)-1].Y))),
		Series: []plot.Series{
			offset,
			line(plot.Reads, points, costs.PageSize, func(p costs.Point) float64 { return p.Reads }),
			line(plot.Calls, points, costs.PageSize, func(p costs.Point) float64 { return float64(p.Calls) }),
		},
	}
}

// line returns a measured series; add is added to each size.
func line(kind plot.Kind, points []costs.Point, add int, of func(costs.Point) float64) plot.Series {
	names := map[plot.Kind]string{plot.Writes: "write units", plot.Reads: "read units", plot.Calls: "calls"}
	s := plot.Series{Name: names[kind], Kind: kind}
	for _, p := range points {
		s.Points = append(s.Points, plot.Point{X: float64(p.Size + add), Y: of(p)})
	}
	return s
}
