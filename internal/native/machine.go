package native

import (
	"context"
	"fmt"
	"sync"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"

	"github.com/mpiclus/mpiclus-lua/internal/lua51/vm"
)

// machine turns WebAssembly into machine code and runs it: one a process, made
// when the first loop is compiled.
type machine struct {
	mu      sync.Mutex
	runtime wazero.Runtime
	failed  error
	known   map[string]bool // functions of Go that modules can call
}

var theMachine machine

// start makes the runtime. It fails where there is no compiler for this machine,
// or none is allowed.
func (m *machine) start() (err error) {
	if m.runtime != nil || m.failed != nil {
		return m.failed
	}
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%v", r)
		}
		m.failed = err
	}()
	m.runtime = wazero.NewRuntimeWithConfig(context.Background(), wazero.NewRuntimeConfigCompiler())
	m.known = map[string]bool{}
	return nil
}

// instance is the machine code of one loop.
type instance struct {
	compiled wazero.CompiledModule
	module   api.Module
}

func (i instance) close() {
	_ = i.module.Close(context.Background())
	_ = i.compiled.Close(context.Background())
}

// build compiles a module that calls functions of Go.
func (m *machine) build(e *emitter, w *window) (i instance, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.start(); err != nil {
		return i, err
	}
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("the compiler failed: %v", r)
		}
	}()
	for _, f := range e.imports {
		if err := m.offer(e.intrinsicOf(f.name)); err != nil {
			return i, err
		}
	}
	ctx := context.Background()
	if i.compiled, err = m.runtime.CompileModule(ctx, e.module.bytes()); err != nil {
		return i, err
	}
	if e.memory {
		ctx = experimental.WithMemoryAllocator(ctx, w)
	}
	i.module, err = m.runtime.InstantiateModule(ctx, i.compiled, wazero.NewModuleConfig().WithName(""))
	return i, err
}

// offer makes a function of Go one that modules can call.
func (m *machine) offer(f *vm.Intrinsic) error {
	if m.known[f.Name] {
		return nil
	}
	var run api.GoFunction
	s := signatureOf(f)
	switch {
	case f.F2 != nil:
		run = api.GoFunc(func(_ context.Context, stack []uint64) {
			stack[0] = api.EncodeF64(f.F2(api.DecodeF64(stack[0]), api.DecodeF64(stack[1])))
		})
	case f.F1 != nil:
		run = api.GoFunc(func(_ context.Context, stack []uint64) { stack[0] = api.EncodeF64(f.F1(api.DecodeF64(stack[0]))) })
	default: // it is another one in each interpreter
		run = api.GoFunc(func(ctx context.Context, stack []uint64) { stack[0] = api.EncodeF64(ctx.(*entering).draw()) })
	}
	_, err := m.runtime.NewHostModuleBuilder(f.Name).NewFunctionBuilder().
		WithGoFunction(run, valueTypes(s.params), valueTypes(s.results)).Export(functionName).Instantiate(context.Background())
	m.known[f.Name] = err == nil
	return err
}

func valueTypes(types string) []api.ValueType { return []api.ValueType(types) }

// entering is the context of one run of native code.
type entering struct {
	context.Context
	draw func() float64 // math.random
}
