package web

import (
	"fmt"
	"strings"
)

// Chart is a chart over days or other steps, with the same numbers in a table. Template "chart".
type Chart struct {
	Title   string
	Unit    string // what a value counts, such as "per day"
	Summary string // what the chart shows, in a sentence, for people who can't see it
	Step    string // head of the table's first column, such as "Day"
	Series  []Series
	Labels  []string // one for each step
	Empty   string   // shown if all values are 0
}

// Series is one row of values in a Chart, one value for each label.
type Series struct {
	Name   string
	Tone   Tone
	Line   bool // a line instead of bars; bars of several series are stacked
	Values []int64
}

// The size of the drawing. It is stretched to the width of the page, so it holds no text.
const (
	chartWidth  = 600
	chartHeight = 160
)

// bar is one bar of the drawing, in its units. Y is its upper end.
type bar struct {
	X, Y, Width, Height float64
	Tone                Tone
	Title               string
}

// Max returns the top of the vertical axis: the smallest of 2, 4, 6, 8 and 10 times a power of ten that no value
// exceeds. It is even, so that the middle of the axis is a whole number.
func (c Chart) Max() int64 {
	highest := int64(1)
	for i := range c.Labels {
		highest = max(highest, c.stackHeight(i), c.lineHeight(i))
	}
	for power := int64(1); ; power *= 10 {
		for _, step := range []int64{2, 4, 6, 8, 10} {
			if step*power >= highest {
				return step * power
			}
		}
	}
}

// Middle returns the middle of the vertical axis.
func (c Chart) Middle() int64 { return c.Max() / 2 }

// HasValues reports whether any value is not 0.
func (c Chart) HasValues() bool {
	for i := range c.Labels {
		if c.stackHeight(i) > 0 || c.lineHeight(i) > 0 {
			return true
		}
	}
	return false
}

// tick is a label of the horizontal axis. X is its middle, in percent of the width.
type tick struct {
	X     float64
	Label string
}

// maxTicks is how many labels the horizontal axis has room for on a narrow screen.
const maxTicks = 5

// week is the number of days in a week.
const week = 7

// Ticks returns the labels of the horizontal axis, in equal distances from the last step on. Many days have a label
// for each week, or each second week.
func (c Chart) Ticks() (all []tick) {
	n := len(c.Labels)
	distance := (n + maxTicks - 1) / maxTicks
	if n > 2*week {
		distance = (distance + week - 1) / week * week
	}
	for i := n - 1; i >= 0; i -= distance {
		all = append(all, tick{(float64(i) + 0.5) * 100 / float64(n), c.Labels[i]})
	}
	return all
}

func (c Chart) stackHeight(step int) (sum int64) {
	for _, s := range c.Series {
		if !s.Line {
			sum += s.Values[step]
		}
	}
	return sum
}

func (c Chart) lineHeight(step int) (highest int64) {
	for _, s := range c.Series {
		if s.Line {
			highest = max(highest, s.Values[step])
		}
	}
	return highest
}

// Bars returns the bars, the first series at the bottom.
func (c Chart) Bars() (all []bar) {
	slot, top := c.slot(), float64(c.Max())
	for i, label := range c.Labels {
		y := float64(chartHeight)
		for _, s := range c.Series {
			if s.Line || s.Values[i] == 0 {
				continue
			}
			height := max(chartHeight*float64(s.Values[i])/top, 2)
			y -= height
			all = append(all, bar{
				X: float64(i)*slot + slot*0.15, Y: y, Width: slot * 0.7, Height: height, Tone: s.Tone,
				Title: fmt.Sprintf("%s: %s %s", label, Number(s.Values[i]), s.Name),
			})
		}
	}
	return all
}

// Points returns the points of a series for an SVG polyline.
func (c Chart) Points(s Series) string {
	slot, top := c.slot(), float64(c.Max())
	points := make([]string, len(s.Values))
	for i, value := range s.Values {
		points[i] = fmt.Sprintf("%.1f,%.1f", (float64(i)+0.5)*slot, chartHeight*(1-float64(value)/top))
	}
	return strings.Join(points, " ")
}

// Area returns the corners of the area below a series, for an SVG polygon.
func (c Chart) Area(s Series) string {
	slot := c.slot()
	return fmt.Sprintf("%.1f,%d %s %.1f,%d",
		slot/2, chartHeight, c.Points(s), chartWidth-slot/2, chartHeight)
}

func (c Chart) slot() float64 { return float64(chartWidth) / float64(max(len(c.Labels), 1)) }

// Value returns the value of a series at a step.
func (s Series) Value(step int) int64 { return s.Values[step] }
