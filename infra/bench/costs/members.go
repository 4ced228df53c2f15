package costs

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/google/uuid"

	"scimserver/shared/table"
	"scimserver/shared/testkit/canned"

	"scimbench/service"
)

// members counts what it costs to add a member to a group of each size by PATCH.
func (b *bench) members(ctx context.Context, largest int) ([]Point, error) {
	group, err := b.create(ctx, "Groups",
		`{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"All"}`)
	if err != nil {
		return nil, err
	}
	var points []Point
	held := 0
	for _, size := range sizes(largest) {
		if err := b.fill(ctx, group, size-held); err != nil {
			return nil, err
		}
		p, err := b.addMember(ctx, group, size)
		if err != nil {
			return nil, err
		}
		points, held = append(points, p), size+1
	}
	return points, nil
}

// addMember adds a new user to the group, which has size members, and returns the cost.
func (b *bench) addMember(ctx context.Context, group string, size int) (Point, error) {
	user, err := b.create(ctx, "Users", fmt.Sprintf(
		`{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"member-%d"}`, size))
	if err != nil {
		return Point{}, err
	}
	patch := canned.Request{
		Method: http.MethodPatch, Path: "/scim/v2/Groups/" + group,
		Body: fmt.Sprintf(`{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[`+
			`{"op":"add","path":"members","value":[{"value":%q}]}]}`, user),
	}
	status := http.StatusOK
	if size >= 100 { // the answer does not show larger groups
		status = http.StatusNoContent
	}
	_, p, err := b.cost(ctx, size, service.Event(patch), status)
	return p, err
}

// create creates a resource and returns its id.
func (b *bench) create(ctx context.Context, endpoint, body string) (id string, err error) {
	r := canned.Request{Method: http.MethodPost, Path: "/scim/v2/" + endpoint, Body: body}
	answer, err := b.service.Answer(ctx, service.Event(r), http.StatusCreated)
	if err != nil {
		return "", err
	}
	var made struct{ ID string }
	err = json.Unmarshal([]byte(answer), &made)
	return made.ID, err
}

// fill writes members directly into the table. They have edges, but no users, because no request reads these.
func (b *bench) fill(ctx context.Context, group string, n int) error {
	const prefix = "T#" + service.Tenant + "#"
	writes := make([]table.Write, 0, 2*n)
	for range n {
		id := uuid.NewString()
		writes = append(writes,
			table.Put(table.Key{PK: prefix + "MEMBERS#" + group, SK: "U#" + id}, nil),
			table.Put(table.Key{PK: prefix + "MEMBEROF#" + id[:1], SK: id + "#" + group},
				table.Item{"kind": "U", "of": "GROUP"}))
	}
	return b.db.WriteAll(ctx, writes)
}
