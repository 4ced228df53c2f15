// Package deployed tells how the functions run: their programs, and the environment that the
// template gives them.
package deployed

import (
	"context"
	"fmt"
	"path/filepath"

	"scimserver/infra/local/build"
	"scimserver/infra/local/template"
)

// Function is a function of the template.
type Function struct {
	Name string // the last part of its folder
	Env  []string
	file string
}

// Program returns the path of the function's program in the folder that Compile has filled.
func (f Function) Program(out string) string { return build.Path(out, f.file) }

// Functions returns the functions of the project. Endpoint is where their AWS clients find all
// services.
func Functions(project, endpoint string) ([]Function, error) {
	t, err := template.Load(filepath.Join(project, "template.yaml"), template.Deployment{
		StackName: "bench", Region: "eu-central-1", AccountID: "000000000000",
	})
	if err != nil {
		return nil, err
	}
	var all []Function
	for _, r := range t.OfType("AWS::Serverless::Function") {
		var p struct {
			CodeURI     string `json:"CodeUri"`
			Environment struct{ Variables map[string]any }
		}
		if err := r.Decode(&p); err != nil {
			return nil, err
		}
		f := Function{Name: filepath.Base(p.CodeURI), file: p.CodeURI, Env: []string{
			"AWS_REGION=eu-central-1", "AWS_ACCESS_KEY_ID=local", "AWS_SECRET_ACCESS_KEY=local",
			"AWS_ENDPOINT_URL=" + endpoint, "AWS_LAMBDA_FUNCTION_NAME=" + r.PhysicalName,
		}}
		for name, value := range p.Environment.Variables {
			f.Env = append(f.Env, fmt.Sprintf("%s=%v", name, value))
		}
		all = append(all, f)
	}
	return all, nil
}

// Compile builds functions as they are deployed, but for this machine.
func Compile(ctx context.Context, project, out string, functions ...Function) error {
	var folders []string
	for _, f := range functions {
		folders = append(folders, f.file)
	}
	return build.Programs(ctx, project, folders, out)
}
