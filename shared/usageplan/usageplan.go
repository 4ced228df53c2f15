// Package usageplan gives each tenant an API key of its own in API Gateway, in a usage plan
// with the tenant's limits. A plan limits the requests of each of its keys separately, so
// tenants with the same limits share a plan. It is the only importer of API Gateway's SDK.
package usageplan

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/apigateway"
	"github.com/aws/aws-sdk-go-v2/service/apigateway/types"

	"scimserver/shared/awsenv"
	"scimserver/shared/tenant"
)

// Keys creates and deletes API keys. It is safe for concurrent use.
type Keys struct {
	client *apigateway.Client
	plan   string
}

// Open makes a handle from the environment's region and credentials. defaultPlan is the id of
// the plan with the default limits. Plans with other limits are created as copies of it: for
// the same stages, with names that begin with its name. Open makes no call.
func Open(defaultPlan string) (*Keys, error) {
	cfg, err := awsenv.Config("API_GATEWAY")
	if err != nil {
		return nil, err
	}
	return &Keys{client: apigateway.NewFromConfig(cfg), plan: defaultPlan}, nil
}

// Ensure creates the key of a tenant, unless it exists, and puts it into the plan with the
// limits. It is idempotent, and can be called again after an error.
func (k *Keys) Ensure(ctx context.Context, id tenant.ID, l tenant.Limits) (tenant.APIKey, error) {
	base, err := k.client.GetUsagePlan(ctx, &apigateway.GetUsagePlanInput{UsagePlanId: &k.plan})
	if err != nil {
		return tenant.APIKey{}, fmt.Errorf("read the usage plan %s: %w", k.plan, err)
	}
	prefix := aws.ToString(base.Name)
	plan, err := k.findOrCreatePlan(ctx, base, l)
	if err != nil {
		return tenant.APIKey{}, fmt.Errorf("find or make a usage plan: %w", err)
	}
	key, err := k.findOrCreateKey(ctx, prefix+"/"+string(id))
	if err != nil {
		return tenant.APIKey{}, fmt.Errorf("find or make an API key: %w", err)
	}
	if err := k.moveToPlan(ctx, key.ID, plan, prefix); err != nil {
		return tenant.APIKey{}, fmt.Errorf("put the API key into its usage plan: %w", err)
	}
	return key, nil
}

// Remove deletes a key. It is idempotent.
func (k *Keys) Remove(ctx context.Context, key tenant.APIKey) error {
	_, err := k.client.DeleteApiKey(ctx, &apigateway.DeleteApiKeyInput{ApiKey: &key.ID})
	if gone := new(types.NotFoundException); errors.As(err, &gone) {
		return nil
	}
	return err
}

// findOrCreatePlan returns the id of the plan with the limits: the default plan base, one
// that exists already, or a new one.
func (k *Keys) findOrCreatePlan(
	ctx context.Context, base *apigateway.GetUsagePlanOutput, l tenant.Limits,
) (string, error) {
	rate, burst := float64(l.RequestsPerSecond), int32(l.Burst)
	if t := base.Throttle; t != nil && t.RateLimit == rate && t.BurstLimit == burst {
		return k.plan, nil
	}
	name := fmt.Sprintf("%s/%d-%d", aws.ToString(base.Name), l.RequestsPerSecond, l.Burst)
	all, err := k.plans(ctx, "")
	if err != nil {
		return "", err
	}
	for _, p := range all {
		if aws.ToString(p.Name) == name {
			return aws.ToString(p.Id), nil
		}
	}
	made, err := k.client.CreateUsagePlan(ctx, &apigateway.CreateUsagePlanInput{
		Name: &name, Description: base.Description, ApiStages: base.ApiStages,
		Throttle: &types.ThrottleSettings{RateLimit: rate, BurstLimit: burst},
	})
	if err != nil {
		return "", err
	}
	return aws.ToString(made.Id), nil
}

// plans lists all plans, or those with a key if key is not "".
func (k *Keys) plans(ctx context.Context, key string) (all []types.UsagePlan, err error) {
	in := &apigateway.GetUsagePlansInput{Limit: aws.Int32(500)}
	if key != "" {
		in.KeyId = &key
	}
	for pages := apigateway.NewGetUsagePlansPaginator(k.client, in); pages.HasMorePages(); {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		all = append(all, page.Items...)
	}
	return all, nil
}

// findOrCreateKey returns the key of a name. The name is asked for as a prefix, so that
// others may come along.
func (k *Keys) findOrCreateKey(ctx context.Context, name string) (tenant.APIKey, error) {
	in := &apigateway.GetApiKeysInput{NameQuery: &name, IncludeValues: aws.Bool(true)}
	for pages := apigateway.NewGetApiKeysPaginator(k.client, in); pages.HasMorePages(); {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return tenant.APIKey{}, err
		}
		for _, key := range page.Items {
			if aws.ToString(key.Name) == name {
				return tenant.APIKey{ID: aws.ToString(key.Id), Value: aws.ToString(key.Value)}, nil
			}
		}
	}
	made, err := k.client.CreateApiKey(ctx, &apigateway.CreateApiKeyInput{Name: &name, Enabled: true})
	if err != nil {
		return tenant.APIKey{}, err
	}
	return tenant.APIKey{ID: aws.ToString(made.Id), Value: aws.ToString(made.Value)}, nil
}

// moveToPlan puts a key into a plan and takes it out of our other plans first: a key can
// be in one plan of a stage only. If the plan does not take it, the key goes back,
// because API Gateway answers 403 to every request under a key that is in no plan.
func (k *Keys) moveToPlan(ctx context.Context, key, plan, prefix string) error {
	in, err := k.plans(ctx, key)
	if err != nil {
		return err
	}
	var left []string
	for _, p := range in {
		if aws.ToString(p.Id) == plan {
			return nil
		}
		if name := aws.ToString(p.Name); name != prefix && !strings.HasPrefix(name, prefix+"/") {
			continue
		}
		_, err := k.client.DeleteUsagePlanKey(ctx, &apigateway.DeleteUsagePlanKeyInput{UsagePlanId: p.Id, KeyId: &key})
		if err != nil {
			return err
		}
		left = append(left, aws.ToString(p.Id))
	}
	err = k.addToPlan(ctx, key, plan)
	if err != nil && len(left) > 0 {
		err = errors.Join(err, k.addToPlan(context.WithoutCancel(ctx), key, left[0]))
	}
	return err
}

func (k *Keys) addToPlan(ctx context.Context, key, plan string) error {
	_, err := k.client.CreateUsagePlanKey(ctx, &apigateway.CreateUsagePlanKeyInput{
		UsagePlanId: &plan, KeyId: &key, KeyType: aws.String("API_KEY"),
	})
	return err
}
