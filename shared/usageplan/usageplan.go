// Package usageplan gives each tenant an API key of its own in API Gateway, in a usage plan
// with the tenant's limits. A plan limits the requests of each of its keys separately, so
// tenants with the same limits share a plan. It is the only importer of API Gateway's SDK.
package usageplan

import (
	"context"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/apigateway"
	"github.com/aws/aws-sdk-go-v2/service/apigateway/types"

	"scimserver/shared/awsenv"
	"scimserver/shared/tenant"
)

// stackTag is the tag of keys and plans. Its value is the stack's name. The function's policy requires it.
const stackTag = "scim-stack"

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

// Ensure finds or makes a key of a tenant in the plan with these limits. It does not touch the
// tenant's other keys, because the authorizer may still name one of them. So a change of limits,
// even an interrupted one, never leaves the tenant without a working key. Ensure may be repeated.
func (k *Keys) Ensure(ctx context.Context, id tenant.ID, l tenant.Limits) (tenant.APIKey, error) {
	base, err := k.client.GetUsagePlan(ctx, &apigateway.GetUsagePlanInput{UsagePlanId: &k.plan})
	if err != nil {
		return tenant.APIKey{}, fmt.Errorf("read the usage plan %s: %w", k.plan, err)
	}
	stack := aws.ToString(base.Name)
	plan, err := k.findOrCreatePlan(ctx, base, l)
	if err != nil {
		return tenant.APIKey{}, fmt.Errorf("find or make a usage plan: %w", err)
	}
	free, found, err := k.chooseKey(ctx, keyName(stack, id), plan)
	if err != nil || found {
		return free, err
	}
	if free.ID == "" {
		if free, err = k.createKey(ctx, stack, id); err != nil {
			return tenant.APIKey{}, fmt.Errorf("make an API key: %w", err)
		}
	}
	if err := k.addToPlan(ctx, free.ID, plan); err != nil {
		return tenant.APIKey{}, fmt.Errorf("put the API key into its usage plan: %w", err)
	}
	return free, nil
}

// keyName is the name of all keys of a tenant: API Gateway does not require different names.
func keyName(stack string, id tenant.ID) string { return stack + "/" + string(id) }

// DeleteAllBut deletes all keys of a tenant except keep. The zero APIKey keeps none.
func (k *Keys) DeleteAllBut(ctx context.Context, id tenant.ID, keep tenant.APIKey) error {
	base, err := k.client.GetUsagePlan(ctx, &apigateway.GetUsagePlanInput{UsagePlanId: &k.plan})
	if err != nil {
		return fmt.Errorf("read the usage plan %s: %w", k.plan, err)
	}
	all, err := k.keysNamed(ctx, keyName(aws.ToString(base.Name), id))
	if err != nil {
		return fmt.Errorf("list the API keys: %w", err)
	}
	for _, key := range all {
		if key.ID == keep.ID {
			continue
		}
		if _, err := k.client.DeleteApiKey(
			ctx,
			&apigateway.DeleteApiKeyInput{ApiKey: &key.ID},
		); err != nil &&
			!isGone(err) {
			return fmt.Errorf("delete an API key: %w", err)
		}
	}
	return nil
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
		Tags:     map[string]string{stackTag: aws.ToString(base.Name)},
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

// keysNamed lists the keys with a name. API Gateway searches by prefix, so the list may contain
// other keys.
func (k *Keys) keysNamed(ctx context.Context, name string) (all []tenant.APIKey, err error) {
	in := &apigateway.GetApiKeysInput{NameQuery: &name, IncludeValues: aws.Bool(true), Limit: aws.Int32(500)}
	for pages := apigateway.NewGetApiKeysPaginator(k.client, in); pages.HasMorePages(); {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, key := range page.Items {
			if aws.ToString(key.Name) == name {
				all = append(all, tenant.APIKey{ID: aws.ToString(key.Id), Value: aws.ToString(key.Value)})
			}
		}
	}
	return all, nil
}

// chooseKey looks for a key with a name. If one is in the plan, chooseKey returns it, and found is
// true. Otherwise it returns a key that is in no plan, which an interrupted call has left, or the
// zero APIKey if there is none.
func (k *Keys) chooseKey(ctx context.Context, name, plan string) (key tenant.APIKey, found bool, err error) {
	all, err := k.keysNamed(ctx, name)
	if err != nil {
		return tenant.APIKey{}, false, fmt.Errorf("list the API keys: %w", err)
	}
	var free tenant.APIKey
	for _, key := range all {
		in, err := k.plans(ctx, key.ID)
		if err != nil {
			return tenant.APIKey{}, false, fmt.Errorf("list the usage plans of an API key: %w", err)
		}
		if len(in) == 0 {
			free = key
		}
		if slices.ContainsFunc(in, func(p types.UsagePlan) bool { return aws.ToString(p.Id) == plan }) {
			return key, true, nil
		}
	}
	return free, false, nil
}

// createKey creates a key with the stack's tag. The function may only delete keys with this tag.
func (k *Keys) createKey(ctx context.Context, stack string, id tenant.ID) (tenant.APIKey, error) {
	name := keyName(stack, id)
	made, err := k.client.CreateApiKey(ctx, &apigateway.CreateApiKeyInput{
		Name: &name, Enabled: true, Tags: map[string]string{stackTag: stack},
	})
	if err != nil {
		return tenant.APIKey{}, err
	}
	return tenant.APIKey{ID: aws.ToString(made.Id), Value: aws.ToString(made.Value)}, nil
}

func (k *Keys) addToPlan(ctx context.Context, key, plan string) error {
	_, err := k.client.CreateUsagePlanKey(ctx, &apigateway.CreateUsagePlanKeyInput{
		UsagePlanId: &plan, KeyId: &key, KeyType: aws.String("API_KEY"),
	})
	return err
}
