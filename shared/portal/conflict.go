package portal

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"scimserver/shared/directory"
	"scimserver/shared/web"
)

const (
	// conflictsRead is how many conflicts are looked at, and conflictsPerPage how many a page shows.
	conflictsRead, conflictsPerPage = 1000, 25
)

// shown is a conflict as the customer may see it. It says which values are held. It says who holds them only if the
// holder is in the customer's own directory.
type shown struct {
	directory.Conflict
	own bool // the holder is in the customer's own directory
}

// showConflicts lists the conflicts that are open.
func (s *server) showConflicts(q *request) error {
	all, err := s.openConflicts(q)
	if err != nil {
		return err
	}
	from, _ := strconv.Atoi(q.URL.Query().Get("from"))
	from = min(max(from, 0), len(all))
	until := min(from+conflictsPerPage, len(all))
	t := web.Table{
		Caption: "Open conflicts",
		Columns: []web.Column{
			{Text: "Request"}, {Text: "In use"}, {Text: "What to do", Wide: true}, {Text: "Last tried"},
		},
		Empty: web.Empty{
			Title: "No conflicts",
			Text:  "Every username, email and group name that your provider sent was free.",
		},
	}
	for _, c := range all[from:until] {
		t.Rows = append(t.Rows, s.conflictRow(c))
	}
	if until < len(all) {
		t.Pager.Next = q.base + "/conflicts?from=" + strconv.Itoa(until)
	}
	if from > 0 {
		t.Pager.First = q.base + "/conflicts"
	}
	if len(all) > conflictsPerPage {
		t.Pager.Text = strconv.Itoa(from+1) + " to " + strconv.Itoa(until) + " of " + strconv.Itoa(len(all))
	}
	return s.render(q, http.StatusOK, "conflicts", "Conflicts", t)
}

// openConflicts returns the conflicts that wait for somebody, the newest first.
func (s *server) openConflicts(q *request) ([]shown, error) {
	var all []directory.Conflict
	conflicts := s.Service.Directory.For(q.Tenant.ID).Conflicts()
	for after, more := directory.ConflictID(""), true; more && len(all) < conflictsRead; more = after != "" {
		page, next, err := conflicts.List(q.Context(), after, 100)
		if err != nil {
			return nil, err
		}
		all, after = append(all, page...), next
	}
	now := s.Now()
	all = slices.DeleteFunc(all, func(c directory.Conflict) bool {
		state := c.AsOf(now).State
		return state != directory.ConflictOpen && state != directory.ConflictApproved &&
			state != directory.ConflictFreed
	})
	return disclose(q, all), nil
}

// disclose reduces conflicts to what the tenant may know. Values that are held outside of it and were
// sent for one person become one row with one id, as in the answer to the request: otherwise the rows
// would tell which values belong together elsewhere.
func disclose(q *request, all []directory.Conflict) (rows []shown) {
	outside := map[string]int{} // the index of the row by what was provisioned
	slices.SortStableFunc(all, func(a, b directory.Conflict) int { return b.Last.Compare(a.Last) })
	for _, c := range all {
		holder := c.HolderKind(q.Tenant.ID)
		own := holder == "user" || holder == "group" || holder == "team"
		key := strings.Join([]string{string(c.Kind), c.Name, c.ExternalID, string(c.Resource)}, "\x00")
		at, known := outside[key]
		switch {
		case own:
			rows = append(rows, shown{c, true})
		case known:
			rows[at].merge(c)
		default:
			outside[key] = len(rows)
			rows = append(rows, shown{c, false})
		}
	}
	return rows
}

// merge adds the values of another conflict. The id is that of the first value, as in the answer to
// the request.
func (s *shown) merge(c directory.Conflict) {
	if c.Values[0].Compare(s.Values[0]) < 0 {
		s.ID = c.ID
	}
	s.Values = slices.Concat(s.Values, c.Values)
	slices.SortStableFunc(s.Values, directory.TakenValue.Compare)
	s.Attempts = max(s.Attempts, c.Attempts)
	if s.State != c.State {
		s.State = directory.ConflictOpen
	}
}

func (s *server) conflictRow(c shown) web.Row {
	verb := "Create "
	if c.Resource != "" {
		verb = "Update "
	}
	who := cmp.Or(c.Name, c.ExternalID, string(c.Resource))
	if len(c.Values) == 1 && c.Values[0].Value == who {
		who = "" // the value beside it says so
	}
	return web.Row{
		{Text: verb + strings.ToLower(string(c.Kind)), Note: who},
		s.valueCell(c), s.adviceCell(c), {Time: c.Last, Note: attemptsText(c.Attempts)},
	}
}

// valueCell shows the values that are in use. A single one stands alone, so that it is easy to read in any
// script.
func (s *server) valueCell(c shown) web.Cell {
	if len(c.Values) == 1 {
		return web.Cell{Text: c.Values[0].Value, Note: attributeName(c.Values[0].Attribute) + ", " + s.holderText(c)}
	}
	var values []string
	for _, v := range c.Values {
		values = append(values, attributeName(v.Attribute)+" "+v.Value)
	}
	return web.Cell{Text: strings.Join(values, ", "), Note: s.holderText(c)}
}

func attributeName(name string) string {
	switch name {
	case "emails.value":
		return "email"
	case "userName":
		return "username"
	case "displayName":
		return "name"
	}
	return name
}

func attemptsText(n int) string {
	if n == 1 {
		return "once"
	}
	return strconv.Itoa(n) + " times"
}

// holderText says who has the values, as far as the customer may know. All holders outside the
// customer's directory have the same text.
func (s *server) holderText(c shown) string {
	switch {
	case !c.own:
		return "in use outside your identity provider's users"
	case c.Holder.Kind == directory.TeamKind:
		return "in use by a team that is managed in the application"
	}
	kind := strings.ToLower(string(c.Holder.Kind))
	return "in use by the " + kind + " " + string(c.Holder.ID) + " of your identity provider"
}

// adviceCell says what the customer can do.
func (s *server) adviceCell(c shown) web.Cell {
	switch {
	case c.State == directory.ConflictApproved, c.State == directory.ConflictFreed:
		return web.Cell{
			Badge: &web.Badge{Text: "Solved", Tone: web.Good},
			Note:  "Support has solved it. Let your provider try again.",
		}
	case c.own && c.Holder.Kind == directory.UserKind:
		return web.Cell{
			Text: "If it is the same person, let your provider match and update that user. " +
				"If not, assign another value.",
		}
	case c.own && c.Holder.Kind == directory.GroupKind:
		return web.Cell{Text: "Let your provider match and update that group, or rename one of the two."}
	}
	return web.Cell{
		Text: "Assign another value, or ask " + s.Support + " to free it.",
		Note: "Quote conflict " + string(c.ID),
	}
}
