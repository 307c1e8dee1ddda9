package cluster_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/mpiclus/mpiclus-lua/host"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/testkit"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const scripts = "../../tests/cluster"

// setUp makes the prelude known to scripts.
const setUp = `package.path = "` + scripts + `/?.lua;" .. package.path `

// limit is how long a script may take, however busy the machine is.
const limit = 3 * time.Minute

// TestScripts runs each script of tests/cluster with workers in process, but
// those that call MPI: package tests runs all of them under MPI.
func TestScripts(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(scripts, "*.lua"))
	if err != nil || len(files) < 3 {
		t.Fatalf("%d scripts (%v)", len(files), err)
	}
	for _, file := range files {
		name := filepath.Base(file)
		if name == "prelude.lua" {
			continue
		}
		t.Run(strings.TrimSuffix(name, ".lua"), func(t *testing.T) {
			source, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(string(source), `require "mpi"`) {
				return
			}
			c := testkit.New(t, host.Config{})
			if err := run(t, c, name, string(source)); err != nil {
				t.Fatalf("%v\n%s\n%s", err, luaerr.From(err).Traceback, c.Err)
			}
		})
	}
}

func run(t *testing.T, c *testkit.Cluster, name, source string) error {
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	return c.RunNamed(ctx, name, setUp+source)
}
