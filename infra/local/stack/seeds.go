package stack

import (
	"context"
	"crypto/rand"
	"errors"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"scimserver/shared/admin"
	"scimserver/shared/directory"
	"scimserver/shared/tenant"
	"scimserver/shared/tenantstore"
)

// seeds are the records that each new engine receives.
type seeds struct {
	mu  sync.Mutex
	all []*seed

	planting sync.Mutex // a restarted engine and AddTenant may store the same seed
}

// seed is a tenant with a token. Both are made by the code of the operator API.
type seed struct {
	tenant     admin.NewTenant
	token      string
	credential tenant.Credential // set when the token has been made
}

// firstRequestsPerSecond is the limit of the first tenant. It is so high that a manual
// test is never throttled.
const firstRequestsPerSecond = 2000

func firstTenant(p tenant.Profile) tenant.Tenant {
	t := tenant.Tenant{ID: "local", Name: "Local tenant", Profile: p, Limits: tenant.DefaultLimits()}
	t.Limits.RequestsPerSecond, t.Limits.Burst = firstRequestsPerSecond, 2*firstRequestsPerSecond
	return t
}

// newOperator returns a key pair that signs requests to the operator API.
func newOperator() aws.Credentials {
	return aws.Credentials{AccessKeyID: "AKIA" + rand.Text()[:16], SecretAccessKey: rand.Text() + rand.Text()[:14]}
}

// add adds a tenant that is stored whenever an engine is prepared.
func (s *Stack) add(t tenant.Tenant) *seed {
	one := &seed{tenant: admin.NewTenant{ID: t.ID, TenantChange: admin.TenantChange{Profile: &t.Profile}}}
	if t.Name != "" {
		one.tenant.Name = &t.Name
	}
	if t.Domains != nil {
		one.tenant.Domains = &t.Domains
	}
	if l := t.Limits; l != (tenant.Limits{}) {
		age := int64(l.TokenAge.Seconds())
		one.tenant.Limits = &admin.LimitsChange{RequestsPerSecond: &l.RequestsPerSecond, Burst: &l.Burst,
			Users: &l.Users, Groups: &l.Groups, EmailsPerUser: &l.EmailsPerUser, TokenAgeSeconds: &age}
	}
	s.seeds.mu.Lock()
	defer s.seeds.mu.Unlock()
	s.seeds.all = append(s.seeds.all, one)
	return one
}

// AddTenant stores a tenant, replaces an earlier one with the same id, and returns a new
// bearer token for it. A restarted engine has it again.
func (s *Stack) AddTenant(ctx context.Context, t tenant.Tenant) (token string, err error) {
	one := s.add(t)
	err = s.prepare(ctx, s.EngineEndpoint())
	s.seeds.planting.Lock()
	defer s.seeds.planting.Unlock()
	return one.token, err
}

// plant stores a seed in an engine. The first time it makes the token, later it stores the
// same token. Records that operators have changed stay unchanged.
func (s *Stack) plant(ctx context.Context, endpoint string, one *seed) error {
	s.seeds.planting.Lock()
	defer s.seeds.planting.Unlock()
	d, err := directory.Open(directory.Options{
		Table: s.settings.Table, Scope: directory.Scope(s.settings.Scope), Endpoint: endpoint,
	})
	if err != nil {
		return err
	}
	if err := d.Ready(ctx); err != nil {
		return err
	}
	service := admin.New(admin.Options{Directory: d})
	if one.token == "" {
		return one.make(ctx, d, service)
	}
	if _, err := d.Tenants().Credential(ctx, one.credential.KeyID); !errors.Is(err, directory.ErrNotFound) {
		return err
	}
	if _, err := service.CreateTenant(ctx, one.tenant); err != nil && !errors.Is(err, tenantstore.ErrExists) {
		return err
	}
	return d.Tenants().CreateCredential(ctx, one.credential)
}

// make creates tenant and token, and replaces the tenant of an earlier run.
func (one *seed) make(ctx context.Context, d *directory.Directory, service *admin.Service) error {
	id := one.tenant.ID
	if t, err := d.Tenants().Tenant(ctx, id); err == nil && t.State == tenant.Deleting {
		if _, err := d.RemoveTenant(ctx, id, directory.RemovalTimes{Work: time.Hour}); err != nil {
			return err
		}
	}
	_, err := service.CreateTenant(ctx, one.tenant)
	if errors.Is(err, tenantstore.ErrExists) {
		_, err = service.ChangeTenant(ctx, id, one.tenant.TenantChange)
	}
	if err != nil {
		return err
	}
	issued, err := service.CreateCredential(ctx, id, admin.NewCredential{})
	if err != nil {
		return err
	}
	one.credential, err = d.Tenants().Credential(ctx, issued.Key)
	one.token = issued.Secret
	return err
}
