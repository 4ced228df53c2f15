package admin_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"

	"scimserver/shared/admin"
	"scimserver/shared/directory"
	"scimserver/shared/outbox"
	"scimserver/shared/provlog"
	"scimserver/shared/scim"
	"scimserver/shared/scim/schema"
	"scimserver/shared/server"
	"scimserver/shared/trace"
)

const openAPIFile = "../../infra/docs/openapi.yaml"

// openAPI is the part of an OpenAPI 3.1 description that the tests compare with the code.
type openAPI struct {
	Paths      map[string]pathItem `yaml:"paths"`
	Components struct {
		Parameters map[string]apiParameter `yaml:"parameters"`
		Schemas    map[string]apiSchema    `yaml:"schemas"`
	} `yaml:"components"`
}

// pathItem is what a path has: an apiOperation for each method.
type pathItem map[string]yaml.Node

type apiOperation struct {
	Parameters  []apiParameter `yaml:"parameters"`
	RequestBody struct {
		Content map[string]struct {
			Schema  apiSchema `yaml:"schema"`
			Example any       `yaml:"example"`
		} `yaml:"content"`
	} `yaml:"requestBody"`
}

type apiParameter struct {
	Ref  string `yaml:"$ref"`
	Name string `yaml:"name"`
	In   string `yaml:"in"`
}

type apiSchema struct {
	Ref        string               `yaml:"$ref"`
	Type       string               `yaml:"type"`
	AllOf      []apiSchema          `yaml:"allOf"`
	Properties map[string]apiSchema `yaml:"properties"`
	Required   []string             `yaml:"required"`
	Items      *apiSchema           `yaml:"items"`
}

func readOpenAPI(t *testing.T) (d openAPI) {
	t.Helper()
	readYAML(t, openAPIFile, &d)
	return d
}

func readYAML(t *testing.T, file string, into any) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err == nil {
		err = yaml.Unmarshal(data, into)
	}
	if err != nil {
		t.Fatal(err)
	}
}

var quiet = slog.New(slog.NewTextHandler(io.Discard, nil))

// methods returns the operations of a path by method.
func (p pathItem) methods(t *testing.T) map[string]apiOperation {
	t.Helper()
	all := map[string]apiOperation{}
	for _, method := range []string{"GET", "PUT", "POST", "DELETE", "OPTIONS", "HEAD", "PATCH", "TRACE"} {
		node, ok := p[strings.ToLower(method)]
		if !ok {
			continue
		}
		var o apiOperation
		if err := node.Decode(&o); err != nil {
			t.Fatal(err)
		}
		all[method] = o
	}
	return all
}

// parameters returns the sorted names of an operation's parameters at a place, such as query.
func (d openAPI) parameters(list []apiParameter, in string) []string {
	names := []string{}
	for _, p := range list {
		if p.Ref != "" {
			p = d.Components.Parameters[lastSegment(p.Ref)]
		}
		if p.In == in {
			names = append(names, p.Name)
		}
	}
	slices.Sort(names)
	return names
}

func lastSegment(path string) string { return path[strings.LastIndex(path, "/")+1:] }

func isOperatorPath(path string) bool { return strings.HasPrefix(path, "/v1/") }

// TestOpenAPIRoutes: the operator API has the described routes, no others, and each accepts the
// described query parameters.
func TestOpenAPIRoutes(t *testing.T) {
	t.Parallel()
	d := readOpenAPI(t)
	described, served := map[string][]string{}, map[string][]string{}
	for path, item := range d.Paths {
		for method, o := range item.methods(t) {
			if isOperatorPath(path) {
				described[method+" "+path] = d.parameters(o.Parameters, "query")
			}
		}
	}
	h := admin.Handler(admin.New(admin.Options{}), quiet, func(context.Context) admin.Operator {
		return admin.Operator{}
	})
	for _, r := range admin.Routes(h) {
		if strings.Contains(r.Pattern, " ") { // the others refuse every method
			served[r.Pattern] = append([]string{}, slices.Sorted(slices.Values(r.Parameters))...)
		}
	}
	if diff := cmp.Diff(served, described); diff != "" {
		t.Errorf("routes that are served (-) and described (+):\n%s", diff)
	}
}

var inBraces = regexp.MustCompile(`\{(\w+)\}`)

// TestOpenAPIPathParameters: each parameter of a path is described.
func TestOpenAPIPathParameters(t *testing.T) {
	t.Parallel()
	d := readOpenAPI(t)
	for path, item := range d.Paths {
		want := []string{}
		for _, match := range inBraces.FindAllStringSubmatch(path, -1) {
			want = append(want, match[1])
		}
		slices.Sort(want)
		var list []apiParameter
		node := item["parameters"]
		if err := node.Decode(&list); err != nil && !node.IsZero() {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, d.parameters(list, "path")); diff != "" {
			t.Errorf("%s (-path +described):\n%s", path, diff)
		}
	}
}

// TestOpenAPIPathsOfTemplate: the SCIM API of template.yaml has the described paths and no others.
func TestOpenAPIPathsOfTemplate(t *testing.T) {
	t.Parallel()
	var template struct {
		Resources struct {
			API struct {
				Properties struct {
					DefinitionBody struct {
						Paths map[string]any `yaml:"paths"`
					} `yaml:"DefinitionBody"`
				} `yaml:"Properties"`
			} `yaml:"Api"`
		} `yaml:"Resources"`
	}
	readYAML(t, "../../template.yaml", &template)
	deployed, described := map[string]bool{}, map[string]bool{}
	for path := range template.Resources.API.Properties.DefinitionBody.Paths {
		// {proxy+} is every path that does not exist, and the setup page is no API.
		if !strings.Contains(path, "{proxy+}") && path != admin.SetupPath {
			deployed[path] = true
		}
	}
	for path := range readOpenAPI(t).Paths {
		if isOperatorPath(path) {
			continue
		}
		if below, ok := strings.CutSuffix(path, "s/.search"); ok {
			path = below + "s/{id}" // API Gateway takes .search for an id
		}
		described[path] = true
	}
	if diff := cmp.Diff(deployed, described); diff != "" {
		t.Errorf("paths that are deployed (-) and described (+):\n%s", diff)
	}
}

// TestOpenAPIMethodsOfSCIM: the server answers an unknown method with the methods of the path.
func TestOpenAPIMethodsOfSCIM(t *testing.T) {
	t.Parallel()
	registry, err := schema.Standard()
	if err != nil {
		t.Fatal(err)
	}
	s := server.New(server.Options{Registry: registry, Log: quiet, Directory: &directory.Directory{}},
		server.Users, server.Groups,
		server.Me, server.Search, server.Bulk, server.Schemas, server.ResourceTypes, server.ServiceProviderConfig)
	for path, item := range readOpenAPI(t).Paths {
		if isOperatorPath(path) || path == "/oauth2/token" {
			continue
		}
		var described []string
		for method := range item.methods(t) {
			described = append(described, method)
		}
		slices.Sort(described)
		w := httptest.NewRecorder()
		s.ServeHTTP(w, httptest.NewRequest("TRACE", strings.ReplaceAll(path, "{id}", "1"), http.NoBody))
		if allow := w.Header().Get("Allow"); w.Code != http.StatusMethodNotAllowed ||
			allow != strings.Join(described, ", ") {
			t.Errorf("%s: %d, Allow %q; described: %v", path, w.Code, allow, described)
		}
	}
}

// goTypes are the Go types of the described objects. The Boolean says that it is a body of a
// request. In answers, members without omitempty are required.
var goTypes = map[string]struct {
	value   any
	request bool
}{
	"PasswordCheck":      {admin.PasswordCheck{}, true},
	"PasswordChecked":    {admin.PasswordChecked{}, false},
	"Error":              {admin.Error{}, false},
	"Limits":             {admin.Limits{}, false},
	"LimitsChange":       {admin.LimitsChange{}, true},
	"Tenant":             {admin.Tenant{}, false},
	"TenantList":         {admin.TenantList{}, false},
	"NewTenant":          {admin.NewTenant{}, true},
	"TenantChange":       {admin.TenantChange{}, true},
	"Removal":            {admin.Removal{}, false},
	"Health":             {admin.Health{}, false},
	"Finding":            {admin.Finding{}, false},
	"Refusals":           {admin.Refusals{}, false},
	"Refusal":            {admin.Refusal{}, false},
	"Credential":         {admin.Credential{}, false},
	"CredentialList":     {admin.CredentialList{}, false},
	"NewCredential":      {admin.NewCredential{}, true},
	"Issued":             {admin.Issued{}, false},
	"Rotation":           {admin.Rotation{}, true},
	"Invitation":         {admin.Invitation{}, false},
	"InvitationList":     {admin.InvitationList{}, false},
	"NewInvitation":      {admin.NewInvitation{}, true},
	"Invited":            {admin.Invited{}, false},
	"Rotated":            {admin.Rotated{}, false},
	"Revoked":            {admin.Revoked{}, false},
	"Account":            {admin.Account{}, false},
	"AccountEmail":       {admin.AccountEmail{}, true},
	"AccountList":        {admin.AccountList{}, false},
	"NewAccount":         {admin.NewAccount{}, true},
	"AccountChange":      {admin.AccountChange{}, true},
	"RemovedAccount":     {admin.RemovedAccount{}, false},
	"Conflict":           {admin.Conflict{}, false},
	"ConflictValue":      {admin.ConflictValue{}, false},
	"ConflictHolder":     {admin.ConflictHolder{}, false},
	"ConflictApproval":   {admin.ConflictApproval{}, false},
	"ConflictOption":     {admin.ConflictOption{}, false},
	"HolderNow":          {admin.HolderNow{}, false},
	"ConflictList":       {admin.ConflictList{}, false},
	"Connection":         {admin.Connection{}, true},
	"Release":            {admin.Release{}, true},
	"HolderDeletion":     {admin.HolderDeletion{}, true},
	"DirectoryUser":      {admin.User{}, false},
	"DirectoryEmail":     {admin.UserEmail{}, false},
	"UserDirectoryList":  {admin.UserList{}, false},
	"UserDetails":        {admin.UserDetails{}, false},
	"Membership":         {admin.Membership{}, false},
	"ExportStart":        {admin.ExportStart{}, false},
	"ExportPage":         {admin.ExportPage{}, false},
	"ExportLine":         {admin.ExportLine{}, false},
	"FoundPerson":        {admin.FoundPerson{}, false},
	"FoundPersons":       {admin.FoundPersons{}, false},
	"TenantSchema":       {admin.TenantSchema{}, false},
	"TenantSchemaList":   {admin.TenantSchemaList{}, false},
	"SchemaDefinition":   {admin.SchemaDefinition{}, true},
	"Team":               {admin.Team{}, false},
	"TeamList":           {admin.TeamList{}, false},
	"TeamName":           {admin.TeamName{}, true},
	"PersonSearch":       {admin.PersonSearch{}, true},
	"PersonRecords":      {admin.PersonRecords{}, false},
	"PersonRecord":       {admin.PersonRecord{}, false},
	"PersonErasure":      {admin.PersonErasure{}, true},
	"ErasedPerson":       {admin.ErasedPerson{}, false},
	"TeamMember":         {admin.TeamMember{}, false},
	"TeamMemberList":     {admin.TeamMemberList{}, false},
	"TeamMembersChange":  {admin.TeamMembersChange{}, true},
	"TeamMembersChanged": {admin.TeamMembersChanged{}, false},
	"TeamPerson":         {admin.TeamPerson{}, false},
	"DirectoryGroup":     {admin.Group{}, false},
	"GroupDirectoryList": {admin.GroupList{}, false},
	"GroupDetails":       {admin.GroupDetails{}, false},
	"GroupMember":        {admin.GroupMember{}, false},
	"LogPage":            {admin.LogPage{}, false},
	"LogDays":            {admin.LogDays{}, false},
	"LogDay":             {admin.LogDay{}, false},
	"LogEntry":           {provlog.Entry{}, false},
	"TraceStart":         {admin.TraceStart{}, true},
	"Trace":              {admin.Trace{}, false},
	"TraceRequests":      {admin.TraceRequests{}, false},
	"TracedRequest":      {trace.Request{}, false},
	"TracedMessage":      {trace.Message{}, false},
	"LogSubject":         {provlog.Named{}, false},
	"LogMember":          {provlog.Member{}, false},
	"EventPage":          {admin.EventPage{}, false},
	"EventHeads":         {admin.EventHeads{}, false},
	"EventHead":          {admin.EventHead{}, false},
	"Event":              {outbox.Event{}, false},
	"EventSubject":       {outbox.Subject{}, false},
	"EventPayload":       {outbox.Payload{}, false},
	"EventResource":      {outbox.Resource{}, false},
	"EventChange":        {outbox.Change{}, false},
	"EventMember":        {outbox.Member{}, false},
}

// TestOpenAPISchemas: the described objects have the members of the Go types, with their types.
func TestOpenAPISchemas(t *testing.T) {
	t.Parallel()
	d := readOpenAPI(t)
	for name, typ := range goTypes {
		t.Run(name, func(t *testing.T) {
			properties, required := d.members(d.Components.Schemas[name])
			wantProperties, wantRequired := jsonMembers(reflect.TypeOf(typ.value))
			if diff := cmp.Diff(wantProperties, properties, cmp.FilterValues(anyType, cmp.Ignore())); diff != "" {
				t.Errorf("members in Go (-) and described (+):\n%s", diff)
			}
			if diff := cmp.Diff(wantRequired, required); diff != "" && !typ.request {
				t.Errorf("always in the answer by the Go type (-) and described as required (+):\n%s", diff)
			}
		})
	}
}

// anyType reports whether one of two types is any JSON value, or an array of them.
func anyType(a, b string) bool { return strings.HasSuffix(a, "any") || strings.HasSuffix(b, "any") }

// members returns the types of an object's members, and the sorted names of those that are required.
func (d openAPI) members(s apiSchema) (properties map[string]string, required []string) {
	properties, required = map[string]string{}, append([]string{}, s.Required...)
	for name, p := range s.Properties {
		properties[name] = d.typeOf(p)
	}
	for _, part := range s.AllOf {
		more, needed := d.members(d.resolve(part))
		for name, typ := range more {
			properties[name] = typ
		}
		required = append(required, needed...)
	}
	slices.Sort(required)
	return properties, required
}

func (d openAPI) resolve(s apiSchema) apiSchema {
	if s.Ref == "" {
		return s
	}
	return d.Components.Schemas[lastSegment(s.Ref)]
}

func (d openAPI) typeOf(s apiSchema) string {
	s = d.resolve(s)
	switch {
	case s.Items != nil:
		return "array of " + d.typeOf(*s.Items)
	case len(s.AllOf) > 0:
		return "object"
	case s.Type == "":
		return "any"
	}
	return s.Type
}

// jsonMembers is members for a Go type.
func jsonMembers(t reflect.Type) (properties map[string]string, required []string) {
	properties, required = map[string]string{}, []string{}
	for _, f := range reflect.VisibleFields(t) {
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "" || name == "-" {
			continue
		}
		properties[name] = jsonType(f.Type)
		if options == "" {
			required = append(required, name)
		}
	}
	slices.Sort(required)
	return properties, required
}

func jsonType(t reflect.Type) string {
	switch t {
	case reflect.TypeFor[time.Time](), reflect.TypeFor[outbox.Time]():
		return "string"
	}
	switch t.Kind() {
	case reflect.Pointer:
		return jsonType(t.Elem())
	case reflect.String:
		return "string"
	case reflect.Bool:
		return "boolean"
	case reflect.Int, reflect.Int64:
		return "integer"
	case reflect.Float64:
		return "number"
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Uint8 { // json.RawMessage
			return "any"
		}
		return "array of " + jsonType(t.Elem())
	}
	return "object"
}

// TestOpenAPIExamples: an example of a request has only members that the operator API accepts.
func TestOpenAPIExamples(t *testing.T) {
	t.Parallel()
	examples := 0
	for path, item := range readOpenAPI(t).Paths {
		for method, o := range item.methods(t) {
			body := o.RequestBody.Content["application/json"]
			if body.Example == nil {
				continue
			}
			examples++
			text, err := json.Marshal(body.Example)
			if err != nil {
				t.Fatal(err)
			}
			decoder := json.NewDecoder(bytes.NewReader(text))
			decoder.DisallowUnknownFields()
			into := reflect.New(reflect.TypeOf(goTypes[lastSegment(body.Schema.Ref)].value))
			if err := decoder.Decode(into.Interface()); err != nil {
				t.Errorf("%s %s: %v in %s", method, path, err, text)
			}
		}
	}
	if examples < 10 {
		t.Errorf("only %d requests have an example", examples)
	}
}

var reference = regexp.MustCompile(`#/components/(\w+)/(\w+)`)

// TestOpenAPIReferences: every reference has its component, and every component is referred to.
func TestOpenAPIReferences(t *testing.T) {
	t.Parallel()
	var d struct {
		Components map[string]map[string]any `yaml:"components"`
	}
	readYAML(t, openAPIFile, &d)
	text, err := os.ReadFile(openAPIFile)
	if err != nil {
		t.Fatal(err)
	}
	referred, declared := map[string]bool{}, map[string]bool{}
	for _, match := range reference.FindAllStringSubmatch(string(text), -1) {
		referred[match[1]+" "+match[2]] = true
	}
	for kind, all := range d.Components {
		for name := range all {
			if kind != "securitySchemes" { // they are referred to by name
				declared[kind+" "+name] = true
			}
		}
	}
	if diff := cmp.Diff(referred, declared); diff != "" {
		t.Errorf("components that are referred to (-) and declared (+):\n%s", diff)
	}
}

// TestOpenAPIResources: users and groups are described with the attributes of their schemas.
func TestOpenAPIResources(t *testing.T) {
	t.Parallel()
	registry, err := schema.Standard()
	if err != nil {
		t.Fatal(err)
	}
	d := readOpenAPI(t)
	for name, id := range map[string]string{"User": scim.UserSchema, "Group": scim.GroupSchema} {
		want := map[string]bool{}
		for _, s := range registry.Schemas {
			if s.ID == id {
				for _, a := range s.Attributes.All() {
					want[a.Name] = true
				}
			}
		}
		got := map[string]bool{}
		for property := range d.Components.Schemas[name].Properties {
			common := slices.Contains([]string{"schemas", "id", "externalId", "meta"}, property)
			if !common && !strings.HasPrefix(property, "urn:") {
				got[property] = true
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("attributes of a %s in the schema (-) and described (+):\n%s", name, diff)
		}
	}
}
