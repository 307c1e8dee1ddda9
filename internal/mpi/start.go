package mpi

/*
#include <unistd.h>
#include "engine.h"
*/
import "C"

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/mpiclus/mpiclus-lua/internal/mpi/table"
	"github.com/mpiclus/mpiclus-lua/internal/rankenv"
)

// Init starts MPI with thread level SERIALIZED, makes errors return instead
// of ending the process, and makes the script's world. It is collective over
// the job and can be called once in a process.
func Init(cfg Config) (*Session, error) {
	if current != nil {
		return nil, errors.New("mpi: Init was called before")
	}
	if C.mpiclus_calls() != C.int(len(table.Calls)) {
		panic("mpi: the table of calls was read differently by C and Go")
	}
	prepareEnvironment()
	s := &Session{oversubscribed: cfg.Oversubscribed || oversubscribed()}
	if s.oversubscribed {
		C.mpiclus_take_turns()
	}
	var provided C.int
	if rc := C.mpiclus_init(&provided); rc != C.MPI_SUCCESS {
		return nil, fmt.Errorf("MPI_Init_thread: %w", mpiError("Init_thread", int(rc)))
	}
	current = s
	s.all.Store(&[]*Call{})
	readConstants()
	s.describe(int(provided))
	s.maxTag = int(C.mpiclus_max_tag())
	if err := s.makeOwnOps(); err != nil {
		return nil, err
	}
	anyRank(false) // it waits, and mpiclus_turns_taken knows by a wait whether the library takes turns
	// Where the library's waits do not give the processor away (turns.c: MPICH
	// without UCX), and ranks outnumber the cores, collectives are started, and
	// waited for as everything else.
	s.spins = C.MPICLUS_OPEN_MPI == 0 && anyRank(s.oversubscribed && C.mpiclus_turns_taken() == 0)
	s.tests = 100
	if s.oversubscribed {
		s.tests = 1
	}
	s.world = &Comm{s: s, Name: "COMM_WORLD", fixed: true}
	s.self = &Comm{s: s, Name: "COMM_SELF", fixed: true}
	s.chunk = &Comm{s: s, Name: "COMM_CHUNK", fixed: true}
	if err := s.makeWorlds(); err != nil {
		return nil, err
	}
	if least, ok := levels[cfg.ThreadLevel]; ok && int(provided) < least {
		return s, fmt.Errorf("MPI provides thread level %s, less than the wanted %s", s.info.ThreadLevel, cfg.ThreadLevel)
	} else if !ok && cfg.ThreadLevel != "" {
		return s, fmt.Errorf("unknown thread level %q: say single, funneled, serialized or multiple", cfg.ThreadLevel)
	}
	return s, nil
}

var levels = map[string]int{
	"single": C.MPI_THREAD_SINGLE, "funneled": C.MPI_THREAD_FUNNELED,
	"serialized": C.MPI_THREAD_SERIALIZED, "multiple": C.MPI_THREAD_MULTIPLE,
}

// prepareEnvironment sets what the library reads at its start, unless the
// user did.
//
// Others than Open MPI are linked with UCX itself, which reads its settings
// before this program runs, and warns of those that come later: there the
// launcher sets them.
func prepareEnvironment() {
	if C.MPICLUS_OPEN_MPI == 0 {
		return
	}
	for _, e := range rankenv.Of(libraryMajor()) {
		_, said := os.LookupEnv(e.Name)
		if _, inFile := rankenv.InParameterFile(os.Getenv("HOME"), e.Name); !said && !inFile {
			os.Setenv(e.Name, e.Value)
		}
	}
}

// libraryMajor gives the major version of the library that was found, which
// need not be the one that this was built with. It may be called before Init.
func libraryMajor() (major int) {
	var text [C.MPI_MAX_LIBRARY_VERSION_STRING]C.char
	var n C.int
	C.MPI_Get_library_version(&text[0], &n)
	words := strings.Fields(libraryName(C.GoStringN(&text[0], n)))
	if len(words) > 0 {
		first, _, _ := strings.Cut(words[len(words)-1], ".")
		major, _ = strconv.Atoi(first)
	}
	return major
}

// anyRank reports whether one of all ranks says yes. It is collective.
func anyRank(yes bool) bool { return C.mpiclus_any(flagOf(yes)) != 0 }

// oversubscribed tells whether the launcher or we know of more ranks than
// cores on this machine.
func oversubscribed() bool {
	if v := os.Getenv("MPICLUS_OVERSUBSCRIBED"); v != "" {
		return v != "0"
	}
	for _, name := range []string{"OMPI_COMM_WORLD_LOCAL_SIZE", "MPI_LOCALNRANKS"} {
		if n, err := strconv.Atoi(os.Getenv(name)); err == nil {
			return n > int(C.sysconf(C._SC_NPROCESSORS_ONLN)) // all of the machine, not those that a rank is bound to
		}
	}
	return false
}

func (s *Session) describe(provided int) {
	text := func(name string) string {
		c := s.NewCall(name)
		defer c.Release()
		if err := c.Do(context.Background()); err != nil {
			return "?"
		}
		return c.Text()
	}
	s.info = Info{Rank: s.mpi.WorldRank(), Size: s.mpi.WorldSize(), Host: text("Get_processor_name"), LibraryText: text("Get_library_version")}
	s.info.Library = libraryName(s.info.LibraryText)
	s.info.Version = fmt.Sprintf("%d.%d", C.MPI_VERSION, C.MPI_SUBVERSION)
	for name, level := range levels {
		if level == provided {
			s.info.ThreadLevel = name
		}
	}
}

// libraryName shortens "Open MPI v4.1.4, package: Debian …" and
// "MPICH Version:\t4.0.2\n…" to "Open MPI 4.1.4" and "MPICH 4.0.2".
func libraryName(text string) string {
	text, _, _ = strings.Cut(text, "\n")
	text, _, _ = strings.Cut(text, ",")
	text = strings.Replace(text, "Version:", "", 1)
	words := strings.Fields(text)
	for i, w := range words {
		words[i] = strings.TrimPrefix(w, "v")
	}
	return strings.Join(words, " ")
}
