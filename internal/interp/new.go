package interp

import (
	"io"
	"os"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/lua51/vm"
	"github.com/mpiclus/mpiclus-lua/internal/native"
	"github.com/mpiclus/mpiclus-lua/internal/value"
)

// New makes an interpreter with the standard library. Close frees it.
func New(cfg Config) *Interp {
	if cfg.Stdout == nil {
		cfg.Stdout = os.Stdout
	}
	if cfg.Codec == nil {
		cfg.Codec = &value.Codec{Chunks: value.NewChunks(), Names: value.NewNames()}
	}
	if cfg.Exit == nil {
		cfg.Exit = os.Exit
	}
	in := &Interp{cfg: cfg}
	in.root = lua.NewState(lua.Options{
		RegistrySize: registryStart, RegistryGrowStep: registryStep, RegistryMaxSize: registryLimit,
		CallStackSize: callDepth + callReserve, MinimizeStackMemory: true,
	})
	vm.Guard(in.root)
	in.root.G.Registry.RawSetString(interpKey, &lua.LUserData{Value: in})
	if cfg.Random != nil {
		cfg.Random.Keep(in.root)
	}
	in.openStandard()
	if cfg.Codec.Resolve == nil {
		cfg.Codec.Resolve = in.resolveModule
	}
	return in
}

// TellNative writes what became of hot loops, if that is wanted. It is for the end
// of an interpreter that is not closed.
func (in *Interp) TellNative(w io.Writer) {
	if !native.Explaining() {
		return
	}
	in.lock.acquire()
	defer in.lock.release()
	native.Tell(in.root, w)
}

// Close frees the interpreter, if that is not done. No task may run any more.
func (in *Interp) Close() {
	in.lock.acquire()
	defer in.lock.release()
	if in.root.IsClosed() {
		return
	}
	in.library.Flush(true)
	native.Tell(in.root, os.Stderr)
	vm.ForgetLoops(in.root)
	in.root.Close()
	in.pool = nil
}
