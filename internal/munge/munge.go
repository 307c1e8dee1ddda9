// Package munge seals a text with MUNGE, the service by which the processes of a
// cluster know each other's users: its daemon runs on every host of a Slurm cluster
// and has one key for all of them. A sealed text can cross a network that others
// read; only processes of the same user, on hosts with that key, open it.
//
//	sealed, err := munge.Seal("the secret")
//	…
//	text, err := munge.Open(sealed) // on another host, by another process of this user
//
// It runs the commands munge and unmunge, which come with the daemon (munge(1)).
package munge

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"time"
)

// mark is what each credential of MUNGE begins with.
const mark = "MUNGE:"

// limit is how long a command may take: the daemon is on the same host.
const limit = 10 * time.Second

// replayed is the status of unmunge(1) for what was opened on this host before, as by
// the job's other processes here: it prints the text all the same.
const replayed = 17

// refusals are what other statuses mean.
var refusals = map[int]string{
	15: "it was sealed too long ago, or the clock of this host is ahead of that of the master's",
	16: "the clock of this host is behind that of the master's",
	18: "it was sealed for another user",
}

// IsSealed reports whether a text was sealed by Seal.
func IsSealed(text string) bool { return strings.HasPrefix(text, mark) }

// Answers reports whether this host's MUNGE seals, and opens for this user.
func Answers() bool {
	const text = "is anybody there?"
	sealed, err := Seal(text)
	if err != nil {
		return false
	}
	opened, err := Open(sealed)
	return err == nil && opened == text
}

// Seal encrypts a text for the processes of this user. It can be opened as long as
// the daemon lets credentials live, an hour unless its administrator has set less.
func Seal(text string) (string, error) {
	user := strconv.Itoa(os.Geteuid())
	out, _, err := run(text, nil, "munge", "--restrict-uid="+user, "--cipher=aes128", "--ttl=-1")
	sealed := strings.TrimSpace(string(out))
	if err == nil && !IsSealed(sealed) {
		err = errors.New("munge printed no credential")
	}
	if err != nil {
		return "", fmt.Errorf("MUNGE does not seal: %w (is munged running on this host?)", err)
	}
	return sealed, nil
}

// Open returns the text that a process of this user sealed.
func Open(sealed string) (string, error) {
	out, status, err := run(sealed, []int{replayed}, "unmunge", "--keys=UID", "--numeric")
	if why := refusals[status]; why != "" {
		return "", fmt.Errorf("MUNGE does not open: %s", why)
	}
	if err != nil {
		return "", fmt.Errorf("MUNGE does not open: %w (is munged running on this host, with the key of the master's?)", err)
	}
	// One line tells who sealed it, then comes an empty line, then the text.
	head, text, found := bytes.Cut(out, []byte("\n\n"))
	name, user, named := strings.Cut(string(head), ":")
	if !found || !named || name != "UID" {
		return "", errors.New("MUNGE does not open: unmunge did not say whose it is")
	}
	if user = strings.TrimSpace(user); user != strconv.Itoa(os.Geteuid()) {
		return "", fmt.Errorf("what MUNGE opened was sealed by user %s, not by this one", user)
	}
	return string(text), nil
}

// run runs a command on an input, and returns what it printed and its status. It
// fails with what the command says, but for status 0 and those of good.
func run(input string, good []int, name string, args ...string) (out []byte, status int, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	c := exec.CommandContext(ctx, name, args...)
	c.Stdin = strings.NewReader(input)
	c.WaitDelay = time.Second
	out, err = c.Output()
	var ended *exec.ExitError
	switch {
	case ctx.Err() != nil:
		return nil, 0, fmt.Errorf("%s has not answered for %v", name, limit)
	case errors.As(err, &ended) && ended.Exited():
		if status = ended.ExitCode(); slices.Contains(good, status) {
			return out, status, nil
		}
		said, _, _ := strings.Cut(strings.TrimSpace(string(ended.Stderr)), "\n")
		return nil, status, fmt.Errorf("%s ended with status %d: %s", name, status, cmp.Or(said, "it says nothing"))
	}
	return out, 0, err
}
