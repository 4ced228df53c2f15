package server_test

import (
	"strings"
	"testing"
)

func emails(names ...string) string {
	return `,"emails":[{"value":"` + strings.Join(names, `@example.com"},{"value":"`) + `@example.com"}]`
}

func TestLimitOfUsersAndGroups(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	c.origin.Caller.Limits.Users, c.origin.Caller.Limits.Groups = 1, 1
	ann := c.send("POST", "/Users", user("ann", ""))
	c.wants(ann, 201, "")
	c.wants(c.send("POST", "/Users", user("bob", "")), 403, "")
	c.wants(c.send("PUT", path(ann), user("bob", "")), 200, "")
	c.wants(c.send("POST", "/Groups", group("one", "")), 201, "")
	c.wants(c.send("POST", "/Groups", group("two", "")), 403, "")
	c.wants(c.send("DELETE", path(ann), ""), 204, "")
	c.wants(c.send("POST", "/Users", user("bob", "")), 201, "")
}

func TestLimitOfEmails(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	c.origin.Caller.Limits.EmailsPerUser = 2
	c.wants(c.send("POST", "/Users", user("ann", emails("a", "b", "c"))), 400, "invalidValue")
	ann := c.send("POST", "/Users", user("ann", emails("a", "b")))
	c.wants(ann, 201, "")
	c.wants(c.send("PUT", path(ann), user("ann", emails("a", "b", "c"))), 400, "invalidValue")
	more := `[{"op":"add","path":"emails","value":[{"value":"c@example.com"}]}]`
	c.wants(c.patch(ann, more), 400, "invalidValue")
	c.origin.Caller.Limits.EmailsPerUser = 1 // lowered since
	c.wants(c.send("PUT", path(ann), user("annie", emails("b", "c"))), 200, "")
	c.wants(c.patch(ann, more), 200, "")
	c.wants(c.send("PUT", path(ann), user("annie", emails("a", "b", "c"))), 400, "invalidValue")
}
