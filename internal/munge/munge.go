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
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

// mark is what each credential of MUNGE begins with.
const mark = "MUNGE:"

// limit is how long a command may take: the daemon is on the same host.
const limit = 10 * time.Second

// Statuses of unmunge(1).
const (
	rewound  = 16 // sealed later than this host's clock says it is now
	replayed = 17 // opened on this host before, as by the job's other processes here
)

// IsSealed reports whether a text was sealed by Seal.
func IsSealed(text string) bool { return strings.HasPrefix(text, mark) }

// Answers reports whether this host's MUNGE seals.
func Answers() bool {
	_, err := Seal("")
	return err == nil
}

// Seal encrypts a text for the processes of this user. It can be opened as long as
// the daemon lets credentials live, an hour unless its administrator has set less.
func Seal(text string) (string, error) {
	user := strconv.Itoa(os.Geteuid())
	out, status, err := run(text, "munge", "--restrict-uid="+user, "--cipher=aes128", "--ttl=-1")
	if err == nil && status != 0 {
		err = fmt.Errorf("munge ended with status %d", status)
	}
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
	out, status, err := run(sealed, "unmunge", "--keys=UID", "--numeric")
	if err != nil {
		return "", fmt.Errorf("MUNGE does not open: %w (is munged running on this host?)", err)
	}
	switch status {
	case 0, replayed:
	case rewound:
		return "", errors.New("MUNGE does not open: the clock of this host is behind that of the master's")
	default:
		return "", fmt.Errorf("MUNGE does not open: unmunge ended with status %d (do both hosts have the same key?)", status)
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

// run runs a command on an input, and returns what it printed and its status.
func run(input, name string, args ...string) (out []byte, status int, err error) {
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
		return out, ended.ExitCode(), nil
	}
	return out, 0, err
}
