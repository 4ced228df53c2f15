package trace

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"scimserver/shared/scim"
)

const (
	// maxWork is how much of a body is redacted, in bytes of the result. It is more than is stored.
	maxWork = 2 * MaxBody
	// maxSeen is the number of replaced strings that are looked for in the answer's detail.
	maxSeen = 500
	// maxPreview is how much is stored of a body that is not JSON, in bytes.
	maxPreview = 64
)

// redactor replaces values of one exchange. It also replaces everything that it does not know.
type redactor struct {
	Names
	values bool     // only secrets, and values of attributes that no schema defines, are replaced
	answer bool     // the message is the service's own
	left   int      // of maxWork
	seen   []string // replaced strings of the request, folded
	unsure bool     // seen is incomplete
}

// message returns what is stored of a body.
func (r *redactor) message(body []byte, size int) Message {
	m := Message{Size: size}
	switch {
	case size == 0:
		return m
	case size > MaxParsed || len(body) < size:
		r.unsure = true
		m.Note = "the body is too large for a trace"
		return m
	}
	doc, err := scim.ParseJSON(strings.TrimPrefix(string(body), byteOrderMark))
	if err != nil {
		return r.notJSON(m, body)
	}
	m.Body, m.Cut = cut(r.value(place{}, doc).JSON(), MaxBody)
	if r.left <= 0 {
		m.Cut, r.unsure = true, true
	}
	return m
}

// byteOrderMark is what some clients write before UTF-8 text (RFC 8259 section 8.1).
const byteOrderMark = "\xef\xbb\xbf"

// notJSON describes a body that is not JSON. Its beginning is stored only if values are, and only if it
// cannot contain a secret: it is ASCII without escapes and markup, and all its names are defined and
// name no secret.
func (r *redactor) notJSON(m Message, body []byte) Message {
	m.Note = "the body is not valid JSON"
	text := string(body)
	plain := isASCII(text) && !strings.ContainsAny(text, "\x00\\%<")
	if r.values && plain && r.mark(text) == "" && r.defineAll(text) {
		m.Body, m.Cut = cut(text, maxPreview)
	}
	return m
}

func isASCII(text string) bool {
	return !strings.ContainsFunc(text, func(c rune) bool { return c >= utf8.RuneSelf })
}

// cut shortens a text to a number of bytes, without splitting a character.
func cut(s string, most int) (string, bool) {
	if len(s) <= most {
		return s, false
	}
	return strings.ToValidUTF8(s[:most], ""), true
}

// place is where a value stands in a body.
type place struct {
	name    string // of the closest member, in lower case
	message bool   // the object around it is a message of the protocol, such as a .search
	failure bool   // that message is an error of the service (RFC 7644 section 3.12)
	patch   bool   // the object around it is an operation of a PATCH
	bulk    bool   // the object around it is an operation of a Bulk request or answer
	secret  string // the mark of a secret that the object around it names, for example in its path
	unknown bool   // the path in the object around it names an attribute that no schema defines
}

func (p place) isDetail() bool { return p.failure && p.name == "detail" }

// value returns a value with all that must not be stored replaced.
func (r *redactor) value(at place, v scim.Value) scim.Value {
	if r.left <= 0 {
		return scim.Text("")
	}
	switch v.Kind() {
	case scim.Object:
		return r.object(v)
	case scim.Array:
		items := make([]scim.Value, 0, min(len(v.Items()), r.left))
		for _, item := range v.Items() {
			if r.left <= 0 {
				break
			}
			items = append(items, r.value(at, item))
		}
		r.left -= 2 + len(items)
		return scim.List(items...)
	case scim.Null:
		r.left -= len("null")
		return v
	}
	return r.simple(at, v)
}

func (r *redactor) object(v scim.Value) scim.Value {
	inner := r.inside(v)
	members := make([]scim.Member, 0, min(len(v.Members()), r.left))
	for _, m := range v.Members() {
		if r.left <= 0 {
			break
		}
		inner.name = strings.ToLower(m.Name)
		name, value := r.memberName(m.Name), r.member(inner, m)
		r.left -= len(name) + len(`"":,`)
		members = append(members, scim.Member{Name: name, Value: value})
	}
	return scim.Map(members...)
}

// member returns what is stored of a member's value.
func (r *redactor) member(at place, m scim.Member) scim.Value {
	mark := r.mark(m.Name)
	if at.name == "value" {
		mark = cmp.Or(mark, at.secret)
	}
	switch {
	case mark != "":
		r.see(m.Value)
		return scim.Text(mark)
	case r.values && (at.unknown && at.name == "value" || !r.defineMember(m.Name)):
		r.values = false
		defer func() { r.values = true }()
	}
	return r.value(at, m.Value)
}

// hides reports whether a name, path or filter names a secret or an attribute that no schema
// defines.
func (r *redactor) hides(text string) bool { return r.mark(text) != "" || !r.define(text) }

// inside returns the place of an object's members, without their names.
func (r *redactor) inside(v scim.Value) (p place) {
	for _, m := range v.Members() {
		switch kind := m.Value.Kind(); {
		case scim.EqualName(m.Name, "schemas"):
			urn := firstText(m.Value)
			p.message = strings.HasPrefix(urn, messages)
			p.failure = r.answer && urn == scim.ErrorMessage
		case kind != scim.String:
		case scim.EqualName(m.Name, "op"):
			p.patch = true
		case scim.EqualName(m.Name, "method"):
			p.bulk = true
		default:
			p.secret = cmp.Or(p.secret, r.mark(m.Value.Text()))
			p.unknown = p.unknown || scim.EqualName(m.Name, "path") && !r.define(m.Value.Text())
		}
	}
	return p
}

// messages starts the URNs of the protocol's messages (RFC 7644 section 8.2).
const messages = "urn:ietf:params:scim:api:messages:2.0:"

func firstText(list scim.Value) string {
	if items := list.Items(); len(items) > 0 {
		return items[0].Text()
	}
	return ""
}

// memberName returns what is stored of a member's name. A client may send any text as a name. So only
// the names of attributes are kept, and paths without the values in them.
func (r *redactor) memberName(name string) string {
	if r.values && (slices.Contains(messageMembers, scim.FoldName(name)) || !r.hides(name)) || isAttribute(name) {
		return name
	}
	return r.filter(name)
}

// simple returns what is stored of a string, number or boolean.
func (r *redactor) simple(at place, v scim.Value) scim.Value {
	if r.values && !r.hidesValue(at, v.Text()) || r.isKept(at, v) {
		r.left -= len(v.Text()) + len(`"",`)
		return v
	}
	text := r.replacement(at, v)
	r.left -= len(text) + len(`"",`)
	return scim.Text(text)
}

// hidesValue reports whether a text is replaced even though values are stored.
func (r *redactor) hidesValue(at place, text string) bool {
	switch {
	case at.isDetail(), r.mark(text) != "":
		return true
	case at.name == "location", at.name == "path" && strings.HasPrefix(text, "/"): // a URL
		return strings.Contains(text, "?")
	case at.name == "path", at.name == "filter":
		return text != "" && !r.define(text)
	}
	return false
}

// replacement returns what is stored instead of a value: a path or filter without the values in it,
// or only the type and length.
func (r *redactor) replacement(at place, v scim.Value) string {
	if v.Kind() == scim.Bool {
		return "<boolean>"
	}
	if v.Kind() == scim.Number {
		return "<number>"
	}
	text := v.Text()
	switch {
	case at.name == "path" && at.bulk, r.answer && (at.name == "location" || at.name == "$ref"):
		return r.location(text)
	case at.name == "path" && at.patch, at.name == "filter" && at.message:
		return r.filter(text)
	case at.isDetail():
		return r.detail(text)
	}
	return r.replaced(text)
}

// replaced is what is stored instead of a string.
func (r *redactor) replaced(text string) string {
	r.see(scim.Text(text))
	if mark := r.mark(text); mark != "" {
		return mark
	}
	return "<string of " + strconv.Itoa(utf8.RuneCountInString(text)) + ">"
}

// see remembers the strings of a replaced value, see detail.
func (r *redactor) see(v scim.Value) {
	switch {
	case r.answer:
	case len(r.seen) >= maxSeen:
		r.unsure = true
	case v.Kind() == scim.Array, v.Kind() == scim.Object:
		for _, item := range v.Items() {
			r.see(item)
		}
		for _, m := range v.Members() {
			r.see(m.Value)
		}
	case len(v.Text()) > 1:
		r.seen = append(r.seen, scim.Fold(v.Text()))
	}
}
