package admin

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"scimserver/shared/tenant"
)

// surveyWorkers is how many tenants a survey reads at a time.
const surveyWorkers = 16

// SurveyLimits say what a survey looks for. 0 turns a check off.
type SurveyLimits struct {
	// ExpiresWithin is the remaining lifetime up to which a credential in use is reported.
	ExpiresWithin time.Duration
	// SilentAfter is the time without use of any credential after which a tenant counts as silent.
	SilentAfter time.Duration
}

// Survey is the result of a check of all active tenants, in the order of their ids.
type Survey struct {
	Tenants int
	// Expiring are the credentials that are in use and expire soon.
	Expiring []tenant.KeyID
	// Silent are the tenants that fell silent within the last day. A tenant is in one daily survey
	// only, so that a customer who has left does not keep an alarm on.
	Silent []tenant.ID
}

// surveyNamed is the maximum number of credentials, and of tenants, in the log line of a survey.
const surveyNamed = 20

// LogSurvey makes a survey and writes one log line, on which alarms are based. It contains ids of
// tenants and credentials, and no personal data.
func (s *Service) LogSurvey(ctx context.Context, log *slog.Logger, limits SurveyLimits) error {
	found, err := s.Survey(ctx, limits)
	if err != nil {
		log.ErrorContext(ctx, "survey", "error", err.Error())
		return err
	}
	log.InfoContext(ctx, "survey", "tenants", found.Tenants,
		"expiring", len(found.Expiring), "silent", len(found.Silent),
		"credentials", found.Expiring[:min(surveyNamed, len(found.Expiring))],
		"silentTenants", found.Silent[:min(surveyNamed, len(found.Silent))])
	return nil
}

// Survey reads the credentials of all active tenants.
func (s *Service) Survey(ctx context.Context, limits SurveyLimits) (Survey, error) {
	var found Survey
	for after, more := tenant.ID(""), true; more; more = after != "" {
		page, next, err := s.Directory.Tenants().Tenants(ctx, after, maxPage)
		if err != nil {
			return found, err
		}
		if err := s.surveyPage(ctx, page, limits, &found); err != nil {
			return found, err
		}
		after = next
	}
	slices.Sort(found.Expiring)
	slices.Sort(found.Silent)
	return found, nil
}

func (s *Service) surveyPage(ctx context.Context, page []tenant.Tenant, limits SurveyLimits, found *Survey) error {
	var mutex sync.Mutex
	work, ctx := errgroup.WithContext(ctx)
	work.SetLimit(surveyWorkers)
	for _, t := range page {
		if t.State != tenant.Active {
			continue
		}
		work.Go(func() error {
			var credentials []tenant.Credential
			for c, err := range s.allCredentials(ctx, t.ID) {
				if err != nil {
					return err
				}
				credentials = append(credentials, c)
			}
			mutex.Lock()
			defer mutex.Unlock()
			found.add(t.ID, credentials, limits, s.Now())
			return nil
		})
	}
	return work.Wait()
}

// add adds the findings of one tenant.
func (f *Survey) add(id tenant.ID, all []tenant.Credential, limits SurveyLimits, now time.Time) {
	f.Tenants++
	var used time.Time
	usable := false
	for _, c := range all {
		used = latest(used, c.Used)
		usable = usable || c.Usable(now)
		if c.Usable(now) && inUse(c, now) && !c.Expires.IsZero() && c.Expires.Sub(now) <= limits.ExpiresWithin {
			f.Expiring = append(f.Expiring, c.KeyID)
		}
	}
	silence := now.Sub(used) - limits.SilentAfter
	if limits.SilentAfter > 0 && usable && !used.IsZero() && silence > 0 && silence <= 24*time.Hour {
		f.Silent = append(f.Silent, id)
	}
}

// inUse reports whether a credential was used in the last 30 days, so that somebody would miss it.
func inUse(c tenant.Credential, now time.Time) bool {
	return !c.Used.IsZero() && now.Sub(c.Used) <= 30*24*time.Hour
}
