package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"

	"scimserver/infra/scimctl/wording"
)

// confirm says what is about to happen, and asks the operator to type want, such as an id. word describes it, as
// in "the id of the tenant". If typed is not empty, it is the answer, given by a flag, and confirm does not
// ask. Spaces around the answer do not count, because nobody sees them.
func (s *session) confirm(notice, word, typed, want string) error {
	if typed == "" {
		s.notify("%s\nType %s to continue: ", wording.Printable(notice), word)
		line, err := bufio.NewReader(s.in).ReadString('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		if typed = line; !strings.HasSuffix(line, "\n") {
			s.notify("\n")
		}
	}
	if typed = strings.TrimSpace(typed); typed != strings.TrimSpace(want) {
		return fmt.Errorf("%q is not %s: nothing is changed", typed, word)
	}
	return nil
}
