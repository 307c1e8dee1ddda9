package launch

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
)

// AgentCommand is the sub-command that runs Agent.
const AgentCommand = "rsh-agent"

// EnvAgent is the user's own agent, which Agent runs in the place of ssh.
const EnvAgent = "MPICLUS_RSH"

// Agent is what mpirun runs in the place of ssh: it replaces this process by
// ssh (or by the agent that EnvAgent names), with the values of the variables
// on its standard input, one a line. At the other end a shell reads them into
// the environment of the command and then runs that. So they go over ssh's
// connection and stand in no command line.
//
// words are what mpirun gives its agent: options, the host, the command. It
// returns only when that cannot be done.
func Agent(words []string, variables ...string) error {
	agent, err := agentWords()
	if err != nil {
		return err
	}
	host := 0
	for host < len(words) && strings.HasPrefix(words[host], "-") {
		host++
	}
	if len(words) < host+2 {
		return errors.New("rsh-agent is for mpirun to run: it needs a host and a command")
	}
	input := ""
	for _, name := range variables {
		value := os.Getenv(name)
		if strings.Contains(value, "\n") {
			return fmt.Errorf("%s has more than one line", name)
		}
		input += value + "\n"
	}
	path, err := exec.LookPath(agent[0])
	if err != nil {
		return fmt.Errorf("cannot start daemons on %s: %w", words[host], err)
	}
	argv := append(append(agent, words[:host+1]...), receiving(strings.Join(words[host+1:], " "), variables))
	if err := feed(input); err != nil {
		return err
	}
	env := os.Environ()
	for _, name := range variables {
		env = withoutVar(env, name)
	}
	return syscall.Exec(path, argv, env)
}

func agentWords() ([]string, error) {
	if own := os.Getenv(EnvAgent); own != "" {
		first, _, _ := strings.Cut(own, ":") // Open MPI's list of agents: the first that is there
		for choice := range strings.SplitSeq(own, ":") {
			if words, err := SplitWords(choice); err == nil && len(words) > 0 {
				if _, err := exec.LookPath(words[0]); err == nil {
					return withoutX11(words), nil
				}
			}
		}
		return nil, fmt.Errorf("%s was not found", strings.TrimSpace(first))
	}
	return withoutX11([]string{"ssh"}), nil
}

// withoutX11 adds what mpirun gives ssh.
func withoutX11(words []string) []string {
	if filepath.Base(words[0]) == "ssh" {
		return append(words, "-x")
	}
	return words
}

// receiving is the command line, for any login shell, that reads variables from
// standard input and runs a command in the login shell.
func receiving(command string, variables []string) string {
	script := ""
	for _, name := range variables {
		script += "IFS= read -r " + name + "; [ -z \"$" + name + "\" ] || export " + name + "; "
	}
	script += `exec "${SHELL:-/bin/sh}" -c "$0" </dev/null`
	return "exec /bin/sh -c " + singleQuoted(script) + " " + singleQuoted(command)
}

func singleQuoted(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }

// feed makes text the standard input of this process: it fits into a pipe.
func feed(text string) error {
	r, w, err := os.Pipe()
	if err != nil {
		return err
	}
	if len(text) > pipeSize {
		return fmt.Errorf("%d bytes are more than a pipe holds", len(text))
	}
	if _, err := w.WriteString(text); err != nil {
		return err
	}
	w.Close()
	return dupTo(int(r.Fd()), 0)
}

// pipeSize is what fits into a pipe that nobody reads, on all systems.
const pipeSize = 16 << 10
