package throughput

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"scimserver/infra/local/stack"
	"scimserver/shared/scim"
	"scimserver/shared/testkit/canned"
)

// client sends SCIM requests to a stack.
type client struct {
	stack *stack.Stack
	http  *http.Client
}

// send sends a request and returns the id of the user in the answer.
func (c client) send(ctx context.Context, method, path, body string) (id string, err error) {
	r, err := http.NewRequestWithContext(ctx, method, c.stack.BaseURL()+path, strings.NewReader(body))
	if err != nil {
		return "", err
	}
	r.Header.Set("Authorization", "Bearer "+c.stack.Token())
	r.Header.Set("Content-Type", scim.MediaType)
	r.Header.Set("User-Agent", "") // else each process stores this name once, which fails for the empty table
	answer, err := c.http.Do(r)
	if err != nil {
		return "", err
	}
	defer func() { _ = answer.Body.Close() }()
	var user struct{ ID, Detail string }
	if err := json.NewDecoder(answer.Body).Decode(&user); err != nil {
		return "", err
	}
	if answer.StatusCode >= http.StatusMultipleChoices {
		return "", fmt.Errorf("%s %s: %s: %s", method, path, answer.Status, user.Detail)
	}
	return user.ID, nil
}

// user returns the body of a user with a name and values of its own.
func user(round, n int) string {
	own := fmt.Sprintf("user-%d-%d", round, n)
	return strings.NewReplacer("barbara.jensen@", own+"@", "babs@", own+"-home@",
		"0a21f0f2-8d2a-4f8e-bf98-7363c4aed4ef", own).Replace(canned.User)
}

// each calls do for the numbers below n, with several workers. It returns how long all
// took, and the first error.
func each(n, workers int, do func(i int) error) (time.Duration, error) {
	numbers, failed := make(chan int), make(chan error, n)
	var all sync.WaitGroup
	start := time.Now()
	for range workers {
		all.Go(func() {
			for i := range numbers {
				if err := do(i); err != nil {
					failed <- err
				}
			}
		})
	}
	for i := range n {
		numbers <- i
	}
	close(numbers)
	all.Wait()
	took := time.Since(start)
	close(failed)
	return took, <-failed
}
