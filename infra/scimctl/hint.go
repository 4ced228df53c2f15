package main

import (
	"os"
	"strings"
)

// hint completes the commands in a text that says what to do next, so that they work when they are
// copied: they start the program as it was started, and have its -env-file.
func (s *session) hint(text string) string {
	program := programName()
	if s.envFile != "" {
		program += " -env-file " + quoteArgument(s.envFile)
	}
	return strings.ReplaceAll(text, "scimctl ", program+" ")
}

// programName is the command that starts the program. A program that does not know its commit was probably
// started by go run. If the current folder is a clone, go run works there in any case.
func programName() string {
	const folder = "./infra/scimctl"
	if _, err := os.Stat(folder + "/main.go"); err == nil && buildVersion().Commit == "" {
		return "go run " + folder
	}
	return "scimctl"
}

// quoteArgument quotes an argument for a shell if it needs that.
func quoteArgument(arg string) string {
	isPlain := func(r rune) bool {
		isLetter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
		return isLetter || r >= '0' && r <= '9' || strings.ContainsRune("-_./,:@+", r)
	}
	if arg != "" && strings.TrimFunc(arg, isPlain) == "" {
		return arg
	}
	return "'" + strings.ReplaceAll(arg, "'", `'\''`) + "'"
}
