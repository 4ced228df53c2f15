// Package translate turns a SAM template into the CloudFormation template that AWS
// makes of it, with AWS's own translator, so that tests can look at what is deployed.
package translate

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"time"

	"scimserver/infra/check/venv"
	"scimserver/shared/testkit/command"
)

//go:embed translate.py
var program []byte

// Template is a CloudFormation template.
type Template struct {
	Parameters map[string]map[string]any
	Resources  map[string]Resource
	Outputs    map[string]map[string]any
}

// Resource is a resource of a template. Intrinsic functions are in their long form.
type Resource struct {
	Type           string
	Condition      string
	DeletionPolicy string
	Properties     map[string]any
}

// File translates a SAM template.
func File(ctx context.Context, file string) (*Template, error) {
	python, err := venv.Python(ctx, venv.SAM())
	if err != nil {
		return nil, err
	}
	cmd := command.Limited(ctx, 5*time.Minute, python, "-", file)
	cmd.Stdin = bytes.NewReader(program)
	var out, complaint bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &complaint
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("translate %s: %w\n%s", file, err, &complaint)
	}
	t := &Template{}
	return t, json.Unmarshal(out.Bytes(), t)
}

// OfType returns the resources of a type by logical id.
func (t *Template) OfType(name string) map[string]Resource {
	found := map[string]Resource{}
	for id, r := range t.Resources {
		if r.Type == name {
			found[id] = r
		}
	}
	return found
}
