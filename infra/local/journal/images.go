package journal

import "encoding/json"

// mostImages bounds the images that are remembered, by their bytes.
const mostImages = 64 << 20

// images are the items as they were told of last, which makes them the old images of
// the next records. Those that were not told of for the longest time are forgotten.
type images struct {
	most           int
	recent, before map[string]json.RawMessage
	size           int // of the recent
}

// swap remembers what a record tells of its item, and returns what the one before
// told; nil where there was none.
func (m *images) swap(r Record) (old json.RawMessage, err error) {
	keys, err := json.Marshal([]any{r.Table, r.Keys})
	if err != nil {
		return nil, err
	}
	key := string(keys)
	old, known := m.recent[key]
	if !known {
		old = m.before[key]
	}
	m.size -= len(m.recent[key])
	delete(m.recent, key)
	delete(m.before, key)
	if r.NewImage == nil {
		return old, nil
	}
	return old, m.remember(key, r.NewImage)
}

func (m *images) remember(key string, item map[string]any) error {
	image, err := json.Marshal(item)
	if err != nil {
		return err
	}
	if m.recent == nil || m.size+len(image) > m.most/2 {
		m.recent, m.before, m.size = map[string]json.RawMessage{}, m.recent, 0
	}
	m.recent[key], m.size = image, m.size+len(image)
	return nil
}
