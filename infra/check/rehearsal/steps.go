package rehearsal

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/apigateway"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"scimserver/infra/check/smoke"
)

func (r *rehearsal) plan() []step {
	return []step{
		{"production without its own table stack is refused", r.refuseProduction},
		{"a failed first deployment leaves nothing behind", r.failFirst},
		{"deploy the table in its own stack", r.deployStorage},
		{"deploy the service with this table, as in production", r.deployFirst},
		{"scimctl: tenant, token, client credentials", r.makeTenant},
		{"SCIM with the token", r.use("ada")},
		{"SCIM with client credentials", r.useManaged("grace")},
		{"the stream reaches the provisioning log and the events", r.readLog("ada")},
		{"deploy again: change a parameter, add and remove a route", r.deploySecond},
		{"SCIM with the old token", r.use("barbara")},
		{"an update that fails is rolled back", r.failUpdate},
		{"SCIM with the old token after the rollback", r.use("edith")},
		{"scimctl verify", r.verify(func() string { return r.table })},
		{"restore drill: copy the table to a point in time", r.copyTable},
		{"restore drill: create a user after the copy", r.use("late")},
		{"restore drill: turn on what the copy lacks", r.setUpCopy},
		{"restore drill: scimctl verify of the copy", r.verify(func() string { return copyName })},
		{"restore drill: switch the stack to the copy", r.switchTable},
		{"restore drill: find the earlier users", r.findOnlyEarly("late", "ada", "grace", "barbara", "edith")},
		{"restore drill: SCIM with the old token", r.use("joan")},
		{"restore drill: the new stream reaches the log and the events", r.readLog("joan")},
		{"scimctl teardown, delete the stack", r.tearDown},
		{"a new stack with the retained table", r.restore},
		{"find the same users with the old token", r.findUsers("ada", "grace", "barbara", "edith", "joan")},
		{"SCIM with the old token in the new stack", r.use("hedy")},
	}
}

func (r *rehearsal) parameters(changes map[string]string) map[string]string {
	all := map[string]string{"Env": "dev", "BaseUrl": baseURL, "AuthorizerCacheSeconds": "0"}
	if r.table != "" {
		all["Env"], all["TableName"], all["TableStreamArn"] = "prod", r.table, r.stream
	}
	for name, value := range changes {
		all[name] = value
	}
	return all
}

func (r *rehearsal) client() smoke.Client {
	return smoke.Client{Base: r.door.url + "/v1", Token: r.token}
}

// deploy deploys a template, and points the front door at the stack.
func (r *rehearsal) deploy(ctx context.Context, stack, template string, changes map[string]string) error {
	if err := r.sam.deploy(ctx, stack, template, r.parameters(changes)); err != nil {
		return err
	}
	return r.enter(ctx, stack, template)
}

// enter points the front door at a stack, and adds the gateway responses that the emulator has not imported.
func (r *rehearsal) enter(ctx context.Context, stack, template string) (err error) {
	if r.now, err = find(ctx, r.stacks, stack); err != nil {
		return err
	}
	now := r.now
	r.door.to.Store(&now)
	built, err := readTemplate(template)
	if err != nil {
		return err
	}
	return putGatewayResponses(ctx, r.apis, built, r.now.api, "v1")
}

// refuseProduction checks that the rules of the template refuse a deployment before any change.
func (r *rehearsal) refuseProduction(ctx context.Context) (string, error) {
	err := r.sam.deploy(ctx, stackName, r.template, map[string]string{"Env": "prod"})
	if err == nil {
		return "", errors.New("it was deployed")
	}
	if !strings.Contains(err.Error(), "a stack of its own") {
		return "", fmt.Errorf("the deployment failed for another reason: %w", err)
	}
	return "refused by a rule of the template", nil
}

// addBroken adds a resource that the emulator can't create. It comes after all others.
func addBroken(resources document) {
	resources["Broken"] = document{
		"Type":      "AWS::CloudWatch::Alarm",
		"DependsOn": []string{"Api", "AdminApi", "Alarms", "UsersFunction", "TokenFunction"},
		"Properties": document{
			"ComparisonOperator": "GreaterThanThreshold",
			"Metrics":            []document{{"Id": "m", "Expression": "1"}},
		},
	}
}

func (r *rehearsal) failFirst(ctx context.Context) (string, error) {
	broken, err := variant(r.template, "broken", addBroken)
	if err != nil {
		return "", err
	}
	if err := r.sam.deploy(ctx, stackName, broken, r.parameters(nil)); err == nil {
		return "", errors.New("the deployment of a broken resource succeeded")
	}
	out, err := r.stacks.DescribeStacks(ctx, &cloudformation.DescribeStacksInput{StackName: aws.String(stackName)})
	if err != nil {
		return "", err
	}
	if status := out.Stacks[0].StackStatus; status != types.StackStatusRollbackComplete {
		return "", fmt.Errorf("the stack is %s: %s", status, aws.ToString(out.Stacks[0].StackStatusReason))
	}
	if err := remove(ctx, r.stacks, stackName); err != nil {
		return "", err
	}
	return "rolled back", r.checkRemaining(ctx)
}

// checkRemaining checks that only the named tables remain: no other table, API, usage plan, key or stack.
func (r *rehearsal) checkRemaining(ctx context.Context, tables ...string) error {
	found, err := r.tables.ListTables(ctx, &dynamodb.ListTablesInput{})
	if err != nil {
		return err
	}
	slices.Sort(tables)
	if fmt.Sprint(slices.Sorted(slices.Values(found.TableNames))) != fmt.Sprint(tables) {
		return fmt.Errorf("the tables %v remain, want %v", found.TableNames, tables)
	}
	apis, err := r.apis.GetRestApis(ctx, &apigateway.GetRestApisInput{})
	if err != nil {
		return err
	}
	plans, err := r.apis.GetUsagePlans(ctx, &apigateway.GetUsagePlansInput{})
	if err != nil {
		return err
	}
	keys, err := r.apis.GetApiKeys(ctx, &apigateway.GetApiKeysInput{})
	if err != nil {
		return err
	}
	if n := len(apis.Items) + len(plans.Items) + len(keys.Items); n > 0 {
		return fmt.Errorf("%d APIs, %d usage plans and %d API keys remain",
			len(apis.Items), len(plans.Items), len(keys.Items))
	}
	return r.noStack(ctx)
}

func (r *rehearsal) noStack(ctx context.Context) error {
	stacks, err := r.stacks.DescribeStacks(ctx, &cloudformation.DescribeStacksInput{})
	if err != nil {
		return err
	}
	for _, s := range stacks.Stacks {
		if name := aws.ToString(s.StackName); strings.HasPrefix(name, "scim-") {
			return fmt.Errorf("stack %s remains: %s", name, s.StackStatus)
		}
	}
	return nil
}

// deployStorage deploys infra/storage.yaml, which has the table.
func (r *rehearsal) deployStorage(ctx context.Context) (string, error) {
	if err := r.sam.deploy(ctx, storageName, r.storage, map[string]string{"TableProtection": "false"}); err != nil {
		return "", err
	}
	out, err := r.stacks.DescribeStacks(ctx, &cloudformation.DescribeStacksInput{StackName: aws.String(storageName)})
	if err != nil {
		return "", err
	}
	for _, o := range out.Stacks[0].Outputs {
		switch aws.ToString(o.OutputKey) {
		case "TableName":
			r.table = aws.ToString(o.OutputValue)
		case "TableStreamArn":
			r.stream = aws.ToString(o.OutputValue)
		}
	}
	return "table " + r.table, nil
}

func (r *rehearsal) deployFirst(ctx context.Context) (string, error) {
	return "all nested stacks are complete", r.deploy(ctx, stackName, r.template, nil)
}

func (r *rehearsal) makeTenant(ctx context.Context) (string, error) {
	if _, err := r.operator.Run(ctx, "tenant", "create", tenantName, "-rps", "100", "-burst", "200"); err != nil {
		return "", err
	}
	token, err := r.operator.Issue(ctx, tenantName)
	if err != nil {
		return "", err
	}
	r.token = token.Secret
	secret, err := r.operator.Issue(ctx, tenantName, "-client")
	if err != nil {
		return "", err
	}
	access, err := r.client().AccessToken(ctx, secret.ClientID, secret.Secret)
	r.managed = smoke.Client{Base: r.client().Base, Token: access}
	return "tenant " + tenantName, err
}

// use visits the service with a bearer token.
func (r *rehearsal) use(name string) func(context.Context) (string, error) {
	return func(ctx context.Context) (string, error) { return visit(ctx, r.client(), name) }
}

// useManaged visits the service with an access token from client credentials.
func (r *rehearsal) useManaged(name string) func(context.Context) (string, error) {
	return func(ctx context.Context) (string, error) { return visit(ctx, r.managed, name) }
}

// visit does what a provider does. It does not delete its user and group.
func visit(ctx context.Context, c smoke.Client, name string) (string, error) {
	checks := smoke.NewVisit(c, name).Checks()
	for _, check := range checks {
		if err := check.Run(ctx); err != nil {
			return "", fmt.Errorf("%s: %w", check.Name, err)
		}
	}
	return fmt.Sprintf("%d checks", len(checks)), nil
}

func (r *rehearsal) readLog(name string) func(context.Context) (string, error) {
	return func(ctx context.Context) (string, error) {
		err := r.operator.AwaitLog(ctx, tenantName, name+"@example.com")
		if err == nil {
			err = r.operator.AwaitEvent(ctx, tenantName, name+"@example.com")
		}
		return "the entry and the event of " + name, err
	}
}

// Routes of the second deployment. Requests to the removed route go to the catch-all route, which
// returns 404. The new route needs no token, unlike the catch-all route.
const (
	lostPath = "/scim/v2/ResourceTypes"
	newPath  = "/open"
)

func changeRoutes(resources document) {
	paths := object(resources, "Api", "Properties", "DefinitionBody", "paths")
	delete(paths, lostPath)
	delete(object(resources, "ResourceTypesFunction", "Properties", "Events"), "All")
	paths[newPath] = object(paths, "/scim/v2/ServiceProviderConfig")
	events := object(resources, "ServiceProviderConfigFunction", "Properties", "Events")
	events["New"] = document{"Type": "Api", "Properties": document{
		"RestApiId": document{"Ref": "Api"}, "Path": newPath, "Method": "ANY",
		"Auth": document{"Authorizer": "NONE", "ApiKeyRequired": false, "OverrideApiAuth": true},
	}}
	writeOutEvents(events)
}

func (r *rehearsal) deploySecond(ctx context.Context) (string, error) {
	nobody := smoke.Client{Base: r.client().Base}
	if _, err := r.client().Want(ctx, http.StatusOK, "GET", lostPath, nil); err != nil {
		return "", err
	}
	if _, err := nobody.Want(ctx, http.StatusUnauthorized, "GET", newPath, nil); err != nil {
		return "", err
	}
	second, err := variant(r.template, "second", changeRoutes)
	if err != nil {
		return "", err
	}
	if err := r.deploy(ctx, stackName, second, map[string]string{"LogLevel": "DEBUG"}); err != nil {
		return "", err
	}
	if _, err := r.client().Want(ctx, http.StatusNotFound, "GET", lostPath, nil); err != nil {
		return "", err
	}
	_, err = nobody.Want(ctx, http.StatusNotFound, "GET", newPath, nil)
	return newPath + " answers, " + lostPath + " is gone", err
}

func (r *rehearsal) failUpdate(ctx context.Context) (string, error) {
	broken, err := variant(r.template, "broken-update", changeRoutes, addBroken)
	if err != nil {
		return "", err
	}
	if err := r.sam.deploy(ctx, stackName, broken, r.parameters(map[string]string{"LogLevel": "INFO"})); err == nil {
		return "", errors.New("the deployment of a broken resource succeeded")
	}
	if err := r.enter(ctx, stackName, broken); err != nil {
		return "", err
	}
	if r.now.status != types.StackStatusUpdateRollbackComplete {
		return "", fmt.Errorf("the stack is %s", r.now.status)
	}
	return string(r.now.status), nil
}

func (r *rehearsal) tearDown(ctx context.Context) (string, error) {
	out, err := r.operator.Run(ctx, "teardown", stackName, "-confirm", stackName, "-json")
	if err != nil {
		return "", err
	}
	if !strings.Contains(out, stackName+"/"+tenantName) {
		return "", fmt.Errorf("the key of tenant %s is not named: %s", tenantName, out)
	}
	for _, stack := range []string{stackName, storageName} {
		if err := remove(ctx, r.stacks, stack); err != nil {
			return "", err
		}
	}
	return "tables " + r.oldTable + " and " + r.table + " remain", r.checkRemaining(ctx, r.oldTable, r.table)
}

func (r *rehearsal) restore(ctx context.Context) (string, error) {
	return "stack " + restoredName, r.deploy(ctx, restoredName, r.template, nil)
}

func (r *rehearsal) findUsers(names ...string) func(context.Context) (string, error) {
	return func(ctx context.Context) (string, error) {
		list, err := r.client().Want(ctx, http.StatusOK, "GET", "/scim/v2/Users", nil)
		if err != nil {
			return "", err
		}
		text := fmt.Sprint(list)
		for _, name := range names {
			if !strings.Contains(text, name+"@example.com") {
				return "", fmt.Errorf("user %s is missing: %v", name, list)
			}
		}
		return strings.Join(names, ", "), nil
	}
}
