package bulk

import (
	"net/http"
	"slices"
	"strings"

	"scimserver/shared/scim"
)

// Plan says in which order the operations of a request may be carried out.
type Plan struct {
	// After lists for each operation those that must have ended before it begins.
	After [][]int
	// Postponed lists for each operation the bulkIds whose references are set later: their resources can't exist
	// when it is carried out, because the operations that create them wait for it.
	Postponed [][]string
}

// NewPlan orders the operations of a request, so that the result equals that of carrying
// them out one after the other, and so that references lead to resources that exist. It
// sets the Err of operations whose references can't be resolved (RFC 7644 sections 3.7.1
// and 3.7.2): references to a bulkId that no POST has, and cycles of groups.
func NewPlan(r *Request) Plan {
	p := Plan{After: make([][]int, len(r.Operations)), Postponed: make([][]string, len(r.Operations))}
	creators := creatorsOf(r.Operations)
	p.follow(r.Operations, creators)
	p.breakCycles(r.Operations, creators)
	p.keepOrder(r.Operations)
	return p
}

// creatorsOf maps each bulkId to the POST that has it.
func creatorsOf(ops []Operation) map[string]int {
	at := map[string]int{}
	for i, o := range ops {
		if _, known := at[o.BulkID]; !known && o.Method == Post && o.BulkID != "" {
			at[o.BulkID] = i
		}
	}
	return at
}

// follow makes each operation wait for the operations that create the resources that it refers to.
func (p Plan) follow(ops []Operation, creators map[string]int) {
	for i := range ops {
		for _, id := range ops[i].References() {
			creator, known := creators[id]
			switch {
			case !known:
				ops[i].refuse("it refers to bulkId:" + id + ", which no POST of this request has")
			case creator == i:
				ops[i].refuse("it refers to its own bulkId")
			default:
				p.After[i] = append(p.After[i], creator)
			}
		}
	}
}

func (o *Operation) refuse(detail string) {
	if o.Err == nil {
		o.Err = conflict(detail)
	}
}

// conflict returns the error of an operation whose references can't be resolved.
func conflict(detail string) *scim.Error {
	return &scim.Error{Status: http.StatusConflict, Detail: detail}
}

// breakCycles lets users go first if operations wait for each other: the attributes with
// the references are set later. A cycle of groups alone is an error, because groups can't
// contain each other.
func (p Plan) breakCycles(ops []Operation, creators map[string]int) {
	for {
		cycle := p.cycle()
		if cycle == nil {
			return
		}
		first := slices.IndexFunc(cycle, func(i int) bool { return ops[i].mayPostpone() })
		if first < 0 {
			for _, i := range cycle {
				ops[i].refuse("it and other operations of this request refer to each other in a circle, " +
					"and a group can't be a member of itself, directly or through other groups")
				p.After[i] = nil
			}
			continue
		}
		p.postpone(cycle[first], cycle[(first+1)%len(cycle)], ops, creators)
	}
}

// mayPostpone reports whether a reference of the operation may be set later. This is so if
// it creates a user, because the attributes of a user need not refer to existing resources.
func (o Operation) mayPostpone() bool {
	endpoint, _ := o.Target()
	return o.Method == Post && endpoint == "/Users"
}

func (p Plan) postpone(i, target int, ops []Operation, creators map[string]int) {
	p.After[i] = slices.DeleteFunc(p.After[i], func(j int) bool { return j == target })
	for _, id := range ops[i].References() {
		if creators[id] == target {
			p.Postponed[i] = append(p.Postponed[i], id)
		}
	}
}

// cycle returns operations each of which waits for the next, and the last for the first;
// nil if there are none.
func (p Plan) cycle() []int {
	const (
		unseen = iota
		open
		done
	)
	state, path := make([]int, len(p.After)), []int{}
	var visit func(int) []int
	visit = func(i int) []int {
		state[i], path = open, append(path, i)
		for _, j := range p.After[i] {
			if state[j] == open {
				return slices.Clone(path[slices.Index(path, j):])
			}
			if state[j] == unseen {
				if found := visit(j); found != nil {
					return found
				}
			}
		}
		state[i], path = done, path[:len(path)-1]
		return nil
	}
	for i := range p.After {
		if state[i] == unseen {
			if found := visit(i); found != nil {
				return found
			}
		}
	}
	return nil
}

// keepOrder makes an operation wait for each earlier one if their order matters, unless that one waits for it.
func (p Plan) keepOrder(ops []Operation) {
	effects := make([]effect, len(ops))
	for i, o := range ops {
		effects[i] = effectOf(o)
	}
	mentioned, waits := mentions(ops), newClosure(p.After)
	for i := range ops {
		for j := range i {
			related := mentioned[i][j] || mentioned[j][i] || effects[i].meets(effects[j])
			if related && !waits.has(j, i) && !waits.has(i, j) {
				p.After[i] = append(p.After[i], j)
				waits.add(i, j)
			}
		}
	}
}

// mentions returns which operations name the resource that another one changes, for example
// in the path: mentions[i][j] says that i names the resource of j.
func mentions(ops []Operation) []map[int]bool {
	changers := map[string][]int{}
	for j, o := range ops {
		if _, id := o.Target(); id != "" {
			changers[id] = append(changers[id], j)
		}
	}
	all := make([]map[int]bool, len(ops))
	for i, o := range ops {
		all[i] = map[int]bool{}
		note := func(s string) {
			for _, j := range changers[s] {
				all[i][j] = true
			}
		}
		_, id := o.Target()
		note(id)
		visit(o.Data, func(s string) {
			note(s)
			for _, word := range strings.FieldsFunc(s, func(r rune) bool { return r == '"' || r == '/' }) {
				note(word)
			}
		})
	}
	return all
}
