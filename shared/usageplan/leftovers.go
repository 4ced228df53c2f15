package usageplan

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/apigateway"
	"github.com/aws/aws-sdk-go-v2/service/apigateway/types"
)

// Leftovers are the usage plans and API keys that the operator API of a stack has created.
// They are not part of the stack, and CloudFormation can't delete the stack's API while a
// usage plan refers to its stage (API Gateway API Reference, DeleteStage).
type Leftovers struct {
	Plans []string `json:"usagePlans"` // names
	Keys  []string `json:"apiKeys"`    // names

	client *apigateway.Client
	plans  []types.UsagePlan
	keys   []types.ApiKey
}

// FindLeftovers finds the leftovers of a stack by their names.
func FindLeftovers(ctx context.Context, cfg aws.Config, stack string) (*Leftovers, error) {
	l := &Leftovers{Plans: []string{}, Keys: []string{}, client: apigateway.NewFromConfig(cfg)}
	prefix := stack + "/"
	all, err := (&Keys{client: l.client}).plans(ctx, "")
	if err != nil {
		return nil, fmt.Errorf("list the usage plans: %w", err)
	}
	for _, p := range all {
		if name := aws.ToString(p.Name); strings.HasPrefix(name, prefix) {
			l.plans, l.Plans = append(l.plans, p), append(l.Plans, name)
		}
	}
	in := &apigateway.GetApiKeysInput{NameQuery: &prefix, Limit: aws.Int32(500)}
	for pages := apigateway.NewGetApiKeysPaginator(l.client, in); pages.HasMorePages(); {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("list the API keys: %w", err)
		}
		for _, k := range page.Items {
			l.keys, l.Keys = append(l.keys, k), append(l.Keys, aws.ToString(k.Name))
		}
	}
	return l, nil
}

// Remove deletes the leftovers. It is idempotent, and can be called again after an error.
func (l *Leftovers) Remove(ctx context.Context) error {
	for _, p := range l.plans {
		if err := l.removePlan(ctx, p); err != nil {
			return fmt.Errorf("delete the usage plan %s: %w", aws.ToString(p.Name), err)
		}
	}
	for _, k := range l.keys {
		_, err := l.client.DeleteApiKey(ctx, &apigateway.DeleteApiKeyInput{ApiKey: k.Id})
		if err != nil && !isGone(err) {
			return fmt.Errorf("delete the API key %s: %w", aws.ToString(k.Name), err)
		}
	}
	return nil
}

// removePlan deletes a plan. It detaches the plan from its stages first, because a plan with
// stages can't be deleted (API Gateway API Reference, DeleteUsagePlan).
func (l *Leftovers) removePlan(ctx context.Context, p types.UsagePlan) error {
	var detach []types.PatchOperation
	for _, s := range p.ApiStages {
		stage := aws.ToString(s.ApiId) + ":" + aws.ToString(s.Stage)
		detach = append(detach, types.PatchOperation{Op: types.OpRemove, Path: aws.String("/apiStages"), Value: &stage})
	}
	if len(detach) > 0 {
		_, err := l.client.UpdateUsagePlan(
			ctx,
			&apigateway.UpdateUsagePlanInput{UsagePlanId: p.Id, PatchOperations: detach},
		)
		if err != nil && !isGone(err) {
			return err
		}
	}
	_, err := l.client.DeleteUsagePlan(ctx, &apigateway.DeleteUsagePlanInput{UsagePlanId: p.Id})
	if isGone(err) {
		return nil
	}
	return err
}

func isGone(err error) bool {
	_, gone := errors.AsType[*types.NotFoundException](err)
	return gone
}
