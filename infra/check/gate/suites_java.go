package gate

import (
	"context"
	"errors"
	"os"
	"path/filepath"

	"scimserver/infra/check/cache"
)

// javaClients runs the clients that others wrote in Java against a local stack. Java
// compiles a program of one file when it runs it.
func (t tree) javaClients(ctx context.Context, s *service) error {
	source := filepath.Join(t.root, suiteScripts, "java")
	libraries, err := t.javaLibraries(ctx, source)
	if err != nil {
		return err
	}
	var failed []error
	for _, program := range []string{"UnboundId.java", "ScimSdk.java"} {
		_, err := t.command(ctx, s.variables, "java",
			"-XX:TieredStopAtLevel=1", "-cp", filepath.Join(libraries, "*"), filepath.Join(source, program))
		failed = append(failed, err)
	}
	return errors.Join(failed...)
}

// javaLibraries returns a folder with the libraries of the clients.
func (t tree) javaLibraries(ctx context.Context, source string) (string, error) {
	err := errors.Join(
		need("javac", "the clients in Java", "apt-get install default-jdk-headless"),
		need("mvn", "the clients in Java", "apt-get install maven"),
	)
	if err != nil {
		return "", err
	}
	pom := filepath.Join(source, "pom.xml")
	text, err := os.ReadFile(pom)
	if err != nil {
		return "", err
	}
	return cache.Folder("java", text, func(folder string) error {
		_, err := t.command(ctx, nil, "mvn", "--batch-mode", "--quiet", "--file", pom,
			"dependency:copy-dependencies", "-DoutputDirectory="+folder)
		return err
	})
}
