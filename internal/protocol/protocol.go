// Package protocol holds what master, supervisor and worker say to each other: one
// place, read by both sides.
//
// Before a worker is a node, and on its supervisor's link for ever, these are
// frames: joining, output, the end of a process. Later they are requests of
// internal/rpc; services.go names their services, with what they take and give:
//
//	req := rpc.Request{Service: protocol.ServiceWhere}
//	reply, err := node.Call(ctx, pid, req)
//	var where protocol.Where
//	err = protocol.Decode(reply.Data, &where)
package protocol

import (
	"fmt"

	"github.com/vmihailenco/msgpack/v5"

	"github.com/mpiclus/mpiclus-lua/internal/link"
)

// Environment variables of the processes of a job.
const (
	EnvJoin       = "MPICLUS_JOIN"       // how to reach the master, with the secret; unset at once
	EnvSupervisor = "MPICLUS_SUPERVISOR" // the supervisor's token, for its worker
	EnvSettings   = "MPICLUS_SETTINGS"   // Settings
	EnvFolder     = "MPICLUS_JOB_FOLDER" // in a process of a job: the folder that goes with the job; other hosts may not have it
)

// Roles in the hello of a link.
const (
	RoleSupervisor = "supervisor"
	RoleWorker     = "worker"
	RolePeer       = "peer"
)

// Settings are what the workers of one manager have in common.
type Settings struct {
	ThreadLevel string // the least wanted: "single", "funneled", "serialized", "multiple"
	Folder      string // the job's folder on the master's host; who is last removes it
	Capture     bool   // output goes to the master, not to the launcher
	Topology    string // "all_to_all" or "master_worker"
	LogLevel    string
	Native      string // the mode of native code: "on", "off", "explain"; "" for the default
}

// Presence is the first word of a supervisor and of a worker: "somebody is
// here", before MPI starts.
type Presence struct {
	Supervisor string // the supervisor's token
	Host       string
	OSPid      int
	Rank, Size int // as the launcher's environment tells; -1 where it does not
}

// Ready is a worker's word when MPI has started there.
type Ready struct {
	Rank, Size  int
	Library     string // "Open MPI v4.1.4, …"
	Version     string // of the MPI standard, "3.1"
	ThreadLevel string
}

// Welcome is the master's answer to Ready.
type Welcome struct {
	Pid  int32
	Pids []int32 // by rank
	// Args is the script's name and its arguments, Command the program that runs
	// it: the global table arg of scripts.
	Args    []string
	Command string
	// Seed is that of the whole job, and Group the place of this MPI job in it,
	// from 0, for random numbers.
	Seed  *uint64
	Group int
}

// Exit tells how a worker process ended.
type Exit struct {
	Code   int
	Signal string // "killed", "segmentation fault"; "" when it exited by itself
	Call   string // "os.exit(3) at job.lua:14": what the script ended it with, "" when it did not
	// Told means that the launcher had the supervisor end it, Orphan that the
	// launcher's process that started the supervisor was gone by then.
	Told, Orphan bool
}

func (e Exit) String() string {
	if e.Call != "" {
		return "it called " + e.Call
	}
	if e.Signal != "" {
		return "signal: " + e.Signal
	}
	return fmt.Sprintf("exit status %d", e.Code)
}

// Kinds of frames on a supervisor's link, and of those that come before the
// node's frames on a worker's link.
const (
	FrameOutput  byte = iota + 100 // supervisor: the stream (1 or 2) as ID, the bytes as Head
	FrameExit                      // supervisor: Exit
	FrameKill                      // master: end your worker now
	FrameReady                     // worker: Ready
	FrameFailed                    // worker: the text of why it cannot join
	FrameWelcome                   // master: Welcome
)

// Send encodes v as the head of a frame and sends it.
func Send(l link.Link, kind byte, v any) error {
	head, err := msgpack.Marshal(v)
	if err != nil {
		return fmt.Errorf("encode a frame of kind %d: %w", kind, err)
	}
	return l.Send(&link.Frame{Kind: kind, Head: head})
}

// Decode reads what Send or Encode of another process wrote into v. Its cost
// is bounded by the length of head: see bounded.
func Decode(head []byte, v any) error {
	err := bounded(head)
	if err == nil {
		err = msgpack.Unmarshal(head, v)
	}
	if err != nil {
		return fmt.Errorf("a frame that cannot be read: %w", err)
	}
	return nil
}

// Encode gives v as bytes, for the data of a hello and the parameters of a
// request. v is one of our own structs, which always encode.
func Encode(v any) []byte {
	b, err := msgpack.Marshal(v)
	if err != nil {
		panic("protocol: " + err.Error())
	}
	return b
}
