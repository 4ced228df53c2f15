package admin

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"time"

	"scimserver/shared/directory"
	"scimserver/shared/scim"
	"scimserver/shared/tenant"
)

// personTime limits how long one call searches or erases.
const personTime = 8 * time.Second

// PersonRecords returns a part of what a tenant has about a person besides users. The tenant "" stands for the
// accounts.
func (s *Service) PersonRecords(ctx context.Context, id tenant.ID, q PersonSearch) (PersonRecords, error) {
	if err := checkPerson(q.Value, q.IDs); err != nil {
		return PersonRecords{}, err
	}
	h := directory.NewPersonSearch([]string{q.Value}, q.IDs)
	if q.After != "" {
		if err := parseSearch(q.After, &h); err != nil {
			return PersonRecords{}, err
		}
	}
	search := s.Directory.Accounts().PersonRecords
	if id != "" {
		search = s.Directory.For(id).PersonRecords
	}
	found, err := search(ctx, &h, personTime)
	out := PersonRecords{Records: []PersonRecord{}, IDs: append([]scim.ID{}, h.IDs...), first: q.After == ""}
	for _, r := range found {
		out.Records = append(out.Records, PersonRecord(r))
	}
	if h.Phase != "" && err == nil {
		out.Next, err = formatSearch(h)
	}
	return out, err
}

// ErasePerson begins or continues to erase a person from a tenant, or, for the tenant "", from the accounts.
func (s *Service) ErasePerson(ctx context.Context, id tenant.ID, in PersonErasure) (ErasedPerson, error) {
	if err := checkPerson(in.Value, in.IDs); err != nil {
		return ErasedPerson{}, err
	}
	erase := s.Directory.Accounts().Erase
	if id != "" {
		erase = s.Directory.For(id).Erase
	}
	e, err := erase(ctx, in.Value, in.IDs, personTime)
	return ErasedPerson{
		Done: e.Stage == directory.ErasureDone, Stage: e.Stage, Deleted: append([]scim.ID{}, e.Resources...),
		Living: append([]scim.ID{}, e.Existing...), Conflicts: e.Conflicts, Entries: e.Entries, Events: e.Events,
		first: e.Began,
	}, err
}

// maxPersonIDs is the maximum number of ids in a request.
const maxPersonIDs = 100

func checkPerson(value string, ids []scim.ID) error {
	switch {
	case value == "" || len(value) > maxPersonValue:
		return invalid("value must be a userName, an email or an externalId of 1 to %d bytes", maxPersonValue)
	case len(ids) > maxPersonIDs:
		return invalid("ids has %d entries; the limit is %d", len(ids), maxPersonIDs)
	}
	for _, id := range ids {
		if !directory.ValidID(id) {
			return invalid("%.64q can't be the id of a user or account", id)
		}
	}
	return nil
}

// maxPersonValue is the maximum length of a value, in bytes.
const maxPersonValue = 1024

func formatSearch(h directory.PersonSearch) (string, error) {
	text, err := json.Marshal(h)
	return base64.RawURLEncoding.EncodeToString(text), err
}

func parseSearch(after string, h *directory.PersonSearch) error {
	text, err := base64.RawURLEncoding.DecodeString(after)
	if err != nil || json.Unmarshal(text, h) != nil {
		return notNext()
	}
	for _, id := range h.IDs {
		if !directory.ValidID(id) {
			return notNext()
		}
	}
	return nil
}
