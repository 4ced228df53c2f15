package journal

import "encoding/json"

// maxImages limits the size of the stored images, in bytes.
const maxImages = 64 << 20

// images are the last known images of items, which become the old images of the next
// records. There are two generations of at most half of maxBytes each: when recent is full,
// it becomes previous, and the images that were in previous are dropped.
type images struct {
	maxBytes         int
	recent, previous map[string]json.RawMessage
	size             int // of recent, in bytes
}

// swap stores the image in a record, and returns the item's previous image, or nil if
// there is none.
func (m *images) swap(r Record) (old json.RawMessage, err error) {
	keys, err := json.Marshal([]any{r.Table, r.Keys})
	if err != nil {
		return nil, err
	}
	key := string(keys)
	old, known := m.recent[key]
	if !known {
		old = m.previous[key]
	}
	m.size -= len(m.recent[key])
	delete(m.recent, key)
	delete(m.previous, key)
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
	if m.recent == nil || m.size+len(image) > m.maxBytes/2 {
		m.recent, m.previous, m.size = map[string]json.RawMessage{}, m.recent, 0
	}
	m.recent[key], m.size = image, m.size+len(image)
	return nil
}
