package directory

import (
	"context"
	"errors"

	"scimserver/shared/scim"
)

// Kind is the type of a resource that can be a member of a group.
type Kind string

// The kinds of members.
const (
	UserKind  Kind = "User"
	GroupKind Kind = "Group"
)

// Group is a group as stored, without its members.
type Group struct {
	Resource
}

// Member is a member of a group.
type Member struct {
	ID      scim.ID
	Kind    Kind   // "" in an edit where the client does not say
	Display string // as it was sent when the member was added
}

// MemberEdit is what becomes of a group's members. No id occurs twice in it.
type MemberEdit struct {
	Add    []Member
	Remove []scim.ID
	// SkipUnknown leaves out added members that do not exist; otherwise the
	// error is *UnknownMembersError.
	SkipUnknown bool
}

// UnknownMembersError says which added members do not exist in the tenant, or
// are of another kind than the client said.
type UnknownMembersError struct{ IDs []scim.ID }

func (e *UnknownMembersError) Error() string { return "directory: unknown members" }

var (
	// ErrCycle says that a group would become a member of itself, directly or through others.
	ErrCycle = errors.New("directory: the groups would contain each other")
	// ErrDepth says that groups would be nested deeper than MaxDepth.
	ErrDepth = errors.New("directory: the groups would be nested too deep")
)

// MaxDepth is the most groups that contain each other in a row.
const MaxDepth = 10

// CreateGroup stores a new group with its members. skipped are the members that do not exist (SkipUnknown).
// Errors: *TakenError (attribute displayName), *UnknownMembersError, ErrCycle, ErrDepth, ErrUnavailable, *scim.Error.
func (t *Tenant) CreateGroup(ctx context.Context, doc scim.Value, members MemberEdit) (g Group, skipped []scim.ID, err error) {
	return g, nil, errors.New("directory: not written yet")
}

// Draft is a group that is about to be changed.
type Draft struct {
	Group
	read func(context.Context) ([]Member, error)
}

// Members reads all members. Once it is called, the change is carried out only on
// exactly these members (else the edit function is called anew with what others left).
func (d *Draft) Members(ctx context.Context) ([]Member, error) { return d.read(ctx) }

// Edit is what a request makes of a group.
type Edit struct {
	Doc     scim.Value // canonical, without members; the Draft's own Doc where it does not change
	Members MemberEdit
}

// Changed is the outcome of a change.
type Changed struct {
	// Group is what stands now. Exact is false when others may have changed it since it was read.
	Group   Group
	Exact   bool
	Skipped []scim.ID // members that do not exist
}

// ChangeGroup lets edit decide on a group and carries that out. An edit that changes nothing writes nothing and moves
// no version. near are the ids that the edit will add or remove, as far as they are known beforehand (PATCH): they are
// read along with the group, which saves a call. Errors: ErrNotFound, ErrVersion, ErrContention, those of CreateGroup and of edit.
func (t *Tenant) ChangeGroup(ctx context.Context, id scim.ID, match Match, near []scim.ID, edit func(*Draft) (Edit, error)) (Changed, error) {
	return Changed{}, errors.New("directory: not written yet")
}

// DeleteGroup removes a group and its memberships, in both directions. Errors: ErrNotFound, ErrVersion, ErrContention, ErrUnavailable.
func (t *Tenant) DeleteGroup(ctx context.Context, id scim.ID, match Match) error {
	return errors.New("directory: not written yet")
}

// Group reads a group, without its members: one call. ErrNotFound.
func (t *Tenant) Group(ctx context.Context, id scim.ID) (Group, error) {
	return Group{}, errors.New("directory: not written yet")
}

// MembersOf reads the members of groups, in the order of their kinds and ids, groups in parallel. ErrTooMany if there are more than atMost in all.
func (t *Tenant) MembersOf(ctx context.Context, groups []scim.ID, atMost int) (map[scim.ID][]Member, error) {
	return nil, errors.New("directory: not written yet")
}

// Among tells which of some ids are (direct) members of which groups: one call per 100 pairs.
func (t *Tenant) Among(ctx context.Context, groups, ids []scim.ID) (map[scim.ID][]Member, error) {
	return nil, errors.New("directory: not written yet")
}

// GroupByName finds the group of a displayName, in whatever case and form: 2 calls.
func (t *Tenant) GroupByName(ctx context.Context, name string) ([]Group, error) { return nil, nil }

// GroupsByExternalID finds groups by externalId (exact).
func (t *Tenant) GroupsByExternalID(ctx context.Context, id string) ([]Group, error) { return nil, nil }

// GroupsOfMember finds the groups that a user or group is a direct member of, in id order.
func (t *Tenant) GroupsOfMember(ctx context.Context, id string) ([]Group, error) { return nil, nil }

// GroupByID finds the group of an id.
func (t *Tenant) GroupByID(ctx context.Context, id string) ([]Group, error) { return nil, nil }

// EachGroup, Groups, CountGroups: as EachUser, Users, CountUsers.
func (t *Tenant) EachGroup(ctx context.Context, f func(Group) bool) error { return nil }

func (t *Tenant) Groups(ctx context.Context, skip, count int) ([]Group, error) { return nil, nil }

func (t *Tenant) CountGroups(ctx context.Context) (int, error) { return 0, nil }

// Membership is a group that a user belongs to.
type Membership struct {
	Group   scim.ID
	Display string // the group's displayName
	Direct  bool   // false: through a group within it
}

// UserWithGroups reads a user and the groups of the user, in parallel. ErrNotFound.
func (t *Tenant) UserWithGroups(ctx context.Context, id scim.ID) (User, []Membership, error) {
	return User{}, nil, errors.New("directory: not written yet")
}

// GroupsOf reads the groups of several users, by ranges of edges and not user by user. ErrTooMany behind 10,000 edges.
func (t *Tenant) GroupsOf(ctx context.Context, users []scim.ID) (map[scim.ID][]Membership, error) {
	return nil, errors.New("directory: not written yet")
}

// UserIDsIn returns the ids of all users in a group, direct and indirect, ascending. No group: none.
func (t *Tenant) UserIDsIn(ctx context.Context, group scim.ID) ([]scim.ID, error) { return nil, nil }

// UsersByID reads users, in the order of ids; those that do not exist are missing.
func (t *Tenant) UsersByID(ctx context.Context, ids []scim.ID) ([]User, error) { return nil, nil }

// Notice is told of a stream record whose new image has a mark ("pending" or "deleting"). It finishes what a crash
// left if the mark is older than the lease (30 s), notes it for Sweep if the work is still under way, and does nothing if it is done.
func (d *Directory) Notice(ctx context.Context, pk, sk string) error { return nil }

// Sweep finishes everything noted whose lease is over, and returns how many.
func (d *Directory) Sweep(ctx context.Context) (finished int, err error) { return 0, nil }
