package web

import "time"

// Tone is the meaning of a badge or notice. It is shown by a colour and an icon.
type Tone string

// The tones.
const (
	Neutral Tone = "neutral"
	Good    Tone = "good"
	Warning Tone = "warning"
	Bad     Tone = "bad"
	Info    Tone = "info"
)

// Badge is a short state, such as "active". Template "badge".
type Badge struct {
	Text string
	Tone Tone
}

// Notice tells what happened and what to do. Template "notice".
type Notice struct {
	Tone  Tone
	Title string
	Text  string   // may be ""
	Steps []string // commands stand between backticks
	// Announce lets a screen reader read the title when the notice appears on a page that refreshes itself.
	Announce bool
}

// Header is the head of a page's content. Template "header".
type Header struct {
	Title  string
	Text   string // one sentence; may be ""
	Badge  *Badge
	Back   *Link // the page above this one
	Action *Link // as a button
	Plain  bool  // the action is not the main thing that the page is for
}

// Link is a link with its text.
type Link struct{ Text, URL string }

// Stat is a number that stands out. Template "stats", with a list of them.
type Stat struct {
	Name, Value string
	Note        string // may be ""
	URL         string // makes it a link
}

// Fact is a row of a key-value list.
type Fact struct {
	Name string
	Cell
}

// Facts is a key-value list. Template "facts".
type Facts []Fact

// Copyable is a value with a button that copies it. Template "copyable".
type Copyable struct {
	Label string
	Value string
	Help  string // may be ""
}

// As returns c with another label.
func (c Copyable) As(label string) Copyable {
	c.Label = label
	return c
}

// Table is a table with an empty state. On narrow screens each row becomes a card. Template
// "table".
type Table struct {
	Caption string // for screen readers; says what the rows are
	Columns []Column
	Rows    []Row
	Empty   Empty // shown instead of a table without rows
	Pager   Pager
}

// Column is the head of a column.
type Column struct {
	Text    string
	Numeric bool // aligned at the right
	Wide    bool // for sentences
}

// Row is a row of a table.
type Row []Cell

// Cell is a cell of a table, or the value of a fact. Its parts are shown in the order of the
// fields; empty ones are left out.
type Cell struct {
	Badge *Badge
	Text  string // may be hostile, and in any script
	URL   string // makes the text a link
	Code  bool   // the text is an id or another value for machines
	Time  time.Time
	Note  string // a second line
	More  string // a longer text, folded away
}

// IsEmpty reports whether the cell shows nothing.
func (c Cell) IsEmpty() bool { return c == Cell{} || c == Cell{Code: true} }

// TimeCell is a cell with a time, or with other words for nil.
func TimeCell(t *time.Time, otherwise string) Cell {
	if t == nil {
		return Cell{Text: sentence(otherwise)}
	}
	return Cell{Time: *t}
}

// Empty is what stands in the place of a list without entries. Template "empty".
type Empty struct {
	Title  string
	Text   string // commands stand between backticks
	Action *Link
}

// Pager has the links to other pages of a list; a link without URL is left out. Template "pager".
type Pager struct {
	First, Next string
	Text        string // such as "50 users on this page"; may be ""
}

// Form is a form with one button. Template "form".
type Form struct {
	Action string // a path
	CSRF   string // of the Page
	Hidden []Hidden
	Fields []Field
	Button string
	Danger bool
	Plain  bool // the button is not the main one of its page
	Cancel *Link
}

// Encoding returns how the form is sent: files need another encoding than the usual one, which is "".
func (f Form) Encoding() string {
	for _, field := range f.Fields {
		if field.File != "" {
			return "multipart/form-data"
		}
	}
	return ""
}

// Hidden is a field that is sent and not shown.
type Hidden struct{ Name, Value string }

// Field is a field of a form. With Options it is a selection, with Lines a field for a long text, and with
// File a choice of a file.
type Field struct {
	Name, Label, Help, Value string
	Error                    string // why the value was refused; "" if it was not
	Required                 bool
	Options                  []Option
	Lines                    int    // the height of a field for text of several lines, such as JSON
	File                     string // which files can be chosen, such as ".json"
}

// Option is a choice of a Field.
type Option struct {
	Value, Text string
	Selected    bool
}

// Confirmation is asked before a change that can't be undone. Template "confirmation".
type Confirmation struct {
	Title   string
	Effects []string // what will happen, a sentence each
	Form    Form
}
