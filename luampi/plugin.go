package luampi

import (
	"context"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/interp"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/mpi"
	"github.com/mpiclus/mpiclus-lua/plugins"
	"github.com/mpiclus/mpiclus-lua/plugins/load"
	"github.com/mpiclus/mpiclus-lua/plugins/luaplugin"
)

// moduleKey is where the module is kept for the module "plugin".
const moduleKey = "mpiclus.mpi"

// AddPlugins offers the Lua module "plugin" in a process that is in an MPI
// job and has the module "mpi". Who made the loader closes it.
func AddPlugins(in *interp.Interp, loader *load.Loader) {
	luaplugin.Add(in, luaplugin.Config{Loader: loader, MPI: &pluginMPI{in}})
}

// pluginMPI is the MPI of the module "plugin".
type pluginMPI struct{ in *interp.Interp }

// module gives the module "mpi", which a script may not have required.
func (p *pluginMPI) module(L *lua.LState) (*module, error) {
	if _, err := p.in.Require(L, "mpi"); err != nil {
		return nil, err
	}
	return L.G.Registry.RawGetString(moduleKey).(*lua.LUserData).Value.(*module), nil
}

func (p *pluginMPI) IsComm(v lua.LValue) bool { return toComm(v) != nil }

// Op makes an op of MPI of a plugin's op.
func (p *pluginMPI) Op(L *lua.LState, op *luaplugin.Op) (lua.LValue, error) {
	m, err := p.module(L)
	if err != nil {
		return nil, err
	}
	if err := m.recordTypes(L, op); err != nil {
		return nil, err
	}
	made := &mpi.Op{Commutes: op.About.GetCommutes(), Direct: m.pluginCombine(op)}
	h := &handle{class: "op", value: m.s.OwnOp(made), op: made, plugin: op}
	ud := m.newObject(h, m.pluginOpMetatable(L))
	h.fn = L.NewFunction(pluginFold(ud))
	return ud, nil
}

// Comm gives a communicator to a function of a plugin.
func (p *pluginMPI) Comm(L *lua.LState, function string, v lua.LValue) (*plugins.Comm, func(), error) {
	m, err := p.module(L)
	if err != nil {
		return nil, nil, err
	}
	comm := m.world
	if v != lua.LNil {
		comm = toComm(v)
	}
	if why := comm.Unusable(); why != "" {
		return nil, nil, luaerr.New(luaerr.Argument, "%s: %s", function, why)
	}
	if comm.Inter {
		return nil, nil, luaerr.New(luaerr.Argument, "%s: functions of plugins do not work on inter-communicators", function)
	}
	t := &serving{m: m, L: L, task: m.in.Current(), function: function, comm: comm}
	if other := m.plugins.busy[comm.Handle]; other != nil {
		return nil, nil, luaerr.New(luaerr.Argument, "%s on %s while %s of another task is at work there (%s)",
			function, commText(comm), other.function, other.Where())
	}
	if m.plugins.busy == nil {
		m.plugins.busy, m.plugins.comms = map[uint64]*serving{}, map[uint64]uint64{}
	}
	m.plugins.busy[comm.Handle] = t
	key := comm.Handle
	end := func() { delete(m.plugins.busy, key) }
	if t.handle, err = m.pluginComm(L, comm); err != nil {
		end()
		return nil, nil, err
	}
	return plugins.NewComm(context.Background(), comm.Rank, comm.Size, t), end, nil
}

// pluginComm gives the duplicate of a communicator for functions of plugins,
// and makes it at the first use.
func (m *module) pluginComm(L *lua.LState, comm *mpi.Comm) (handle uint64, err error) {
	key := comm.Handle
	if now := m.s.Generation(); m.plugins.generation != now { // those before are gone with their world
		m.plugins.generation = now
		clear(m.plugins.comms)
	}
	if handle := m.plugins.comms[key]; handle != 0 {
		return handle, nil
	}
	err = m.in.Wait(L, func(ctx context.Context) (err error) {
		handle, err = m.s.Duplicate(ctx, comm)
		return err
	})
	if err == nil {
		m.plugins.comms[key] = handle
	}
	return handle, err
}

// freePluginComm frees the duplicate of a communicator that is being freed.
func (m *module) freePluginComm(L *lua.LState, comm *mpi.Comm) {
	handle := m.plugins.comms[comm.Handle]
	if handle == 0 {
		return
	}
	delete(m.plugins.comms, comm.Handle)
	err := m.in.Wait(L, func(ctx context.Context) error { return m.s.FreeDuplicate(ctx, handle) })
	if err != nil {
		luaerr.Raise(L, luaerr.From(err))
	}
}
