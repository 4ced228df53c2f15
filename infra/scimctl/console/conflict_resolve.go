package console

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"scimserver/infra/scimctl/wording"
	"scimserver/shared/admin"
	"scimserver/shared/directory"
	"scimserver/shared/scim"
	"scimserver/shared/web"
)

// holderField carries the id of the holder that the operator has seen. The service refuses the action
// if somebody else holds the value by then.
const holderField = "holder"

// askResolution asks before a conflict is resolved.
func (c *console) askResolution(by directory.Resolution) ask {
	return func(ctx context.Context, r *http.Request) (question, error) {
		one, err := c.readConflict(ctx, r)
		if err != nil {
			return question{}, err
		}
		id, here := tenantIn(r), c.at("tenants", tenantIn(r), "conflicts", string(one.ID))
		title := resolutionTitle(one, by)
		q := question{
			Title: title + "?", Button: title, Danger: by == directory.ByDeleting,
			Effects: resolutionEffects(id, one, by),
			Hidden:  []web.Hidden{{Name: holderField, Value: string(one.Holder.ID)}},
			tenant:  id, current: navConflicts, back: web.Link{Text: one.Value, URL: here},
		}
		if by == directory.ByReleasing {
			q.Fields = releaseFields(one)
		}
		return q, nil
	}
}

// resolutionEffects says what a resolution does to whom.
func resolutionEffects(id string, one admin.Conflict, by directory.Resolution) []string {
	option := wording.Option(one, by)
	if !option.Applies {
		return []string{"This is not possible now: " + option.Reason + "."}
	}
	switch {
	case by == directory.ByDeleting:
		return []string{wording.DeletionNotice(one), "This can't be undone."}
	case by == directory.ByReleasing && one.HeldBy == "user":
		return []string{wording.ReleaseNotice(one)}
	case by == directory.ByConnecting:
		return []string{
			fmt.Sprintf("The provider's next request takes over %s: it becomes the %s of tenant %s under that id, "+
				"with what the provider sends.", wording.Holder(one), one.Of, id),
			"Until then you can still resolve the conflict in another way.",
		}
	case by == directory.ByReleasing && option.Needs != "":
		return []string{fmt.Sprintf("The %s gets the new value that you enter, and keeps everything else: %s.",
			one.HeldBy, wording.Holder(one))}
	}
	return []string{wording.Sentence(option.Effect)}
}

// releaseFields are the values that the holder can get instead.
func releaseFields(one admin.Conflict) (fields []web.Field) {
	labels := map[string]string{
		"userName": "New username of the " + one.HeldBy, "email": "New email of the " + one.HeldBy,
		"displayName": "New name of the team",
	}
	names := strings.Split(wording.Option(one, directory.ByReleasing).Needs, " or ")
	for _, name := range names {
		if label := labels[name]; label != "" {
			f := web.Field{Name: name, Label: label, Required: len(names) == 1}
			if len(names) > 1 {
				f.Help = map[string]string{
					"userName": "Empty: the new email becomes the username.", "email": "Empty: the email is removed.",
				}[name]
			}
			fields = append(fields, f)
		}
	}
	return fields
}

// resolve resolves a conflict.
func (c *console) resolve(by directory.Resolution) act {
	return func(ctx context.Context, r *http.Request) (outcome, error) {
		id, conflict := tenantIn(r), r.PathValue("conflict")
		var one admin.Conflict
		err := c.post(ctx, apiPath(id, "conflicts", conflict, string(by)), resolutionBody(r, by), &one)
		if err != nil {
			return outcome{}, err
		}
		c.health.forget(id)
		title := map[directory.Resolution]string{
			directory.ByConnecting: "The connection is approved",
			directory.ByReleasing:  "The value is released",
			directory.ByDeleting:   "The " + one.HeldBy + " is deleted",
			directory.ByDismissing: "The conflict is dismissed",
		}[by]
		text := ""
		if by == directory.ByDismissing {
			text = "It is in the list of dismissed conflicts until the value has another holder. Attempts still fail."
		}
		return done(c.at("tenants", id, "conflicts", conflict), title, text), nil
	}
}

// resolutionBody is the body of the request, with the holder that the operator has seen.
func resolutionBody(r *http.Request, by directory.Resolution) any {
	holder := scim.ID(r.PostFormValue(holderField))
	switch by {
	case directory.ByConnecting:
		return admin.Connection{Holder: holder}
	case directory.ByDeleting:
		return admin.HolderDeletion{Confirm: holder}
	case directory.ByReleasing:
		return admin.Release{
			UserName: given(r, "userName"), Email: given(r, "email"), DisplayName: given(r, "displayName"),
			Confirm: holder,
		}
	}
	return nil
}

// given is a value of the form, nil if it is empty.
func given(r *http.Request, name string) *string {
	if v := strings.TrimSpace(r.PostFormValue(name)); v != "" {
		return &v
	}
	return nil
}
