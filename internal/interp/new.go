package interp

import (
	"os"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/lua51/vm"
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

// Close frees the interpreter, if that is not done. No task may run any more.
func (in *Interp) Close() {
	in.lock.acquire()
	defer in.lock.release()
	if in.root.IsClosed() {
		return
	}
	in.library.Flush(true)
	in.root.Close()
	in.pool = nil
}
