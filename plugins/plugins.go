// Package plugins is for authors of plugins: small Go programs that add
// reduction ops and functions to mpiclus-lua scripts. A plugin needs neither
// cgo nor MPI; each rank runs one process of it.
//
//	func main() {
//		plugins.Serve(plugins.Config{
//			Name: "norms", Version: "1.0.0",
//			Ops: []plugins.Op{{
//				Name: "hypot", Doc: "Combines lengths as the sides of a right angle.", Commutes: true,
//				Combine: []plugins.Kernel{plugins.On(func(in, inout []float64) error {
//					for i, x := range in {
//						inout[i] = math.Hypot(x, inout[i])
//					}
//					return nil
//				})},
//			}},
//		})
//	}
//
// A script then says
//
//	local norms = require("plugin").load("norms")
//	local length = mpi.Allreduce(x, norms.hypot)
//
// Functions get arguments and, where they ask for it, a Comm with the ranks
// of the caller's communicator; see Function and Comm. Package plugintest
// runs both in a test, without a host and without MPI. The protocol for other
// languages is in wire/plugin.proto and docs/plugins.md.
package plugins

import (
	"errors"
	"fmt"
	"regexp"
)

// Protocol is the version of the protocol between host and plugin that this
// package speaks.
const Protocol = 1

// Config says what a plugin is and what it adds.
type Config struct {
	Name    string // as scripts load it: letters, digits, _ and -
	Version string // of the plugin, "1.2.0"
	Doc     string // one sentence
	Ops     []Op
	// Functions may run at the same time as each other and as ops.
	Functions []Function
}

// Op is a reduction. MPI combines arrays of the ranks with it in whatever
// order it likes, so it must be associative.
type Op struct {
	Name string // a Lua name
	Doc  string // one sentence
	// Combine has a kernel for each element type that the op accepts.
	Combine []Kernel
	// Commutes says that the order of the operands does not matter; MPI then
	// has more freedom. Without it operands are combined in order of rank.
	Commutes bool
	// Record is how many elements belong together: the arrays of a reduction
	// are lists of records, which MPI never cuts. 0 means 1.
	Record int
}

// Kernel is an op on one element type. Make it with On.
type Kernel struct {
	Type Type
	run  func(in, inout []byte) error
}

// On makes the kernel of an op for a type. combine sets inout[i] to in[i] op
// inout[i] for every i; the slices have the same length, which may be 0 and
// is a multiple of Op.Record. It must not keep them. in is what comes from
// lower ranks. An error becomes the error of the MPI call on this rank.
func On[T Element](combine func(in, inout []T) error) Kernel {
	return Kernel{TypeOf[T](), func(in, inout []byte) error { return combine(typed[T](in), typed[T](inout)) }}
}

// Run applies the kernel to raw memory of elements of its type.
func (k Kernel) Run(in, inout []byte) error {
	if len(in) != len(inout) || len(in)%k.Type.Size() != 0 {
		return fmt.Errorf("%d and %d bytes are no arrays of %s of one length", len(in), len(inout), k.Type)
	}
	return k.run(in, inout)
}

// Kernel returns the op's kernel for a type.
func (op *Op) Kernel(t Type) (Kernel, bool) {
	for _, k := range op.Combine {
		if k.Type == t {
			return k, true
		}
	}
	return Kernel{}, false
}

// Function is a function that scripts call.
type Function struct {
	Name string // a Lua name
	Doc  string // one sentence
	Args string // as documentation writes them, "array, k"
	// Communicates says that the function needs a Comm. Scripts then give a
	// communicator after the last argument, or none for COMM_WORLD, and every
	// rank of it must call the function.
	Communicates bool
	// Run does it. What it returns goes to the script; see Call for what
	// values there are. Give them with Return.
	Run func(c *Call) ([]any, error)
}

// Return is what most functions end with: return plugins.Return(x, y).
func Return(values ...any) ([]any, error) { return values, nil }

var (
	pluginName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_-]*$`)
	luaName    = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
)

// Check reports what is wrong with a configuration. Serve does it too; a test
// of a plugin finds it sooner.
func (c *Config) Check() error {
	var errs []error
	fail := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	if !pluginName.MatchString(c.Name) {
		fail("name %q: letters, digits, _ and - expected", c.Name)
	}
	if c.Version == "" {
		fail("the version is missing")
	}
	seen := map[string]bool{}
	name := func(kind, s string) {
		if !luaName.MatchString(s) {
			fail("%s %q: not a name in Lua", kind, s)
		}
		if seen[s] {
			fail("%s %q: the name is used twice", kind, s)
		}
		seen[s] = true
	}
	for i := range c.Ops {
		op := &c.Ops[i]
		name("op", op.Name)
		types := map[Type]bool{}
		for _, k := range op.Combine {
			if k.run == nil || types[k.Type] {
				fail("op %q: a kernel of %s is empty or given twice", op.Name, k.Type)
			}
			types[k.Type] = true
		}
		if len(types) == 0 || op.Record < 0 {
			fail("op %q: it needs a kernel, and a record of no negative length", op.Name)
		}
	}
	for i := range c.Functions {
		name("function", c.Functions[i].Name)
		if c.Functions[i].Run == nil {
			fail("function %q: Run is missing", c.Functions[i].Name)
		}
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("plugin %s: %w", c.Name, err)
	}
	return nil
}

func (c *Config) op(name string) *Op {
	for i := range c.Ops {
		if c.Ops[i].Name == name {
			return &c.Ops[i]
		}
	}
	return nil
}

func (c *Config) function(name string) *Function {
	for i := range c.Functions {
		if c.Functions[i].Name == name {
			return &c.Functions[i]
		}
	}
	return nil
}
