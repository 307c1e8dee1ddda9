package shell

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/cluster"
	"github.com/mpiclus/mpiclus-lua/internal/interp"
	"github.com/mpiclus/mpiclus-lua/internal/lua51/vm"
	"github.com/mpiclus/mpiclus-lua/internal/spans"
)

// allSource is %all as a script has it. Lines stay where they are.
func allSource(c *call) (string, error) {
	body, err := c.chunk()
	return "cluster.mpido(manager, " + body + ")", err
}

// chunk is the code of a command as a function, whose value is that of an expression.
func (c *call) chunk() (string, error) {
	if strings.TrimSpace(c.code) == "" {
		return "", c.missing()
	}
	code := c.code
	if returning, ok := expression("chunk", code); ok {
		code = returning
	}
	return "function(...) " + strings.TrimRight(code, " \t\r\n") + "\nend", nil
}

// onSource is %on as a script has it.
func onSource(c *call) (string, error) {
	ranks, err := readRanks(c.words)
	if err != nil {
		return "", err
	}
	body, err := c.chunk()
	return "manager:mpido{ ranks = { " + ranks + " }, chunk = " + body + " }", err
}

// maxRanks is how many ranks %on takes.
const maxRanks = 1 << 20

// readRanks reads "0,2-3" as "0, 2, 3".
func readRanks(text string) (string, error) {
	var ranks []string
	for _, part := range strings.Split(text, ",") {
		first, last, isSpan := strings.Cut(part, "-")
		from, err := strconv.Atoi(first)
		to := from
		if isSpan && err == nil {
			to, err = strconv.Atoi(last)
		}
		if err != nil || from < 0 || to < from || to-from+len(ranks) >= maxRanks {
			return "", wrong("%%on: ranks such as 0 or 0,2-3 expected, got %q", text)
		}
		for ; from <= to; from++ {
			ranks = append(ranks, strconv.Itoa(from))
		}
	}
	return strings.Join(ranks, ", "), nil
}

func setSource(c *call) (string, error) {
	name, err := c.variableName()
	return fmt.Sprintf("cluster.mpido(manager, function(value) _G[%q] = value end, %s)", name, name), err
}

func getSource(c *call) (string, error) {
	name, err := c.variableName()
	return fmt.Sprintf("cluster.mpido(manager, function() return _G[%q] end)", name), err
}

// onWorkers runs a command that is Lua for the workers.
func (s *Shell) onWorkers(name string, c *call) (o Outcome) {
	if c.takesCode && strings.TrimSpace(c.code) != "" {
		if _, err := s.body(name, c.code); err != nil {
			return Outcome{Err: err}
		}
	}
	source, err := c.lua(c)
	if err != nil {
		return Outcome{Err: err}
	}
	o.Err = s.pieces.Run(name, func(t *interp.Task) (err error) {
		if _, err = s.start(t); err == nil {
			o.Text, err = s.evaluate(t, name, source)
		}
		return err
	})
	if o.Err == nil && c.name != "get" {
		s.record(source)
	}
	return o
}

// startSource starts the workers of a manager that has none yet.
const startSource = `local manager = ...
local isManager, launched = pcall(function() return manager.launched end)
if not isManager or type(launched) ~= "boolean" then
  error({ kind = "argument", message = "the variable manager holds no manager, whose workers this would use: manager = cluster.MPIManager{ np = 4 }" }, 0)
end
if not launched then cluster.addprocs(manager) end
return not launched`

// start starts the workers of the current manager if that is not done, and reports
// whether it had to.
func (s *Shell) start(t *interp.Task) (now bool, err error) {
	v, err := s.own(t, startSource, s.variable(t.L(), "manager"))
	if err != nil {
		return false, err
	}
	return v[0] == lua.LTrue, nil
}

// set is %set.
func (s *Shell) set(name string, c *call) Outcome {
	variable, err := c.variableName()
	if err != nil {
		return Outcome{Err: err}
	}
	o := s.onWorkers(name, c)
	if o.Err == nil && !slices.Contains(s.sent, variable) {
		s.sent = append(s.sent, variable)
	}
	return o
}

// restart is %restart.
func (s *Shell) restart(name string, _ *call) (o Outcome) {
	o.Err = s.pieces.Run(name, func(t *interp.Task) error {
		now, err := s.start(t)
		if err == nil && !now {
			_, err = s.own(t, "local manager = ... manager:restart()", s.variable(t.L(), "manager"))
		}
		for _, sent := range s.sent {
			if err != nil {
				return err
			}
			var source string
			if source, err = setSource(&call{command: commandNamed("set"), words: sent}); err == nil {
				_, err = s.evaluate(t, name, source)
			}
		}
		if err != nil {
			return err
		}
		pids, err := s.own(t, "local manager = ... return table.concat(cluster.procs(manager), ' ')", s.variable(t.L(), "manager"))
		if err == nil {
			o.Text = "a fresh job runs: " + pidsText(pids[0].String())
		}
		return err
	})
	return o
}

func pidsText(list string) string {
	var pids []int32
	for _, word := range strings.Fields(list) {
		pid, _ := strconv.Atoi(word)
		pids = append(pids, int32(pid))
	}
	return spans.Named("pid", pids)
}

// where is %where.
func (s *Shell) where(string, *call) Outcome { return Outcome{Text: s.pieces.Where()} }

// whoSource lists, on each worker, the globals that are not known.
const whoSource = `local manager, known = ...
local isManager, launched = pcall(function() return manager.launched end)
if not isManager or launched ~= true then return nil end
return cluster.mpido(manager, function(known)
  local found = {}
  for name, value in pairs(_G) do
    if type(name) == "string" and not known[name] then found[#found + 1] = name .. " (" .. type(value) .. ")" end
  end
  table.sort(found)
  return table.concat(found, ", ")
end, known)`

// who is %who.
func (s *Shell) who(name string, _ *call) (o Outcome) {
	var lines []string
	o.Err = s.pieces.Run(name, func(t *interp.Task) error {
		L := t.L()
		if text := s.mine(L); text != "" {
			lines = append(lines, "here: "+text)
		}
		known := L.NewTable()
		for name := range s.known {
			known.RawSetString(name, lua.LTrue)
		}
		found, err := s.own(t, whoSource, s.variable(L, "manager"), known)
		if err != nil {
			return err
		}
		if byRank, ok := found[0].(*lua.LTable); ok {
			lines = append(lines, s.theirs(byRank)...)
		}
		return nil
	})
	if lines == nil {
		lines = []string{"nothing is defined"}
	}
	o.Text = strings.Join(lines, "\n")
	return o
}

// mine lists the variables of the master.
func (s *Shell) mine(L *lua.LState) string {
	var found []string
	for name, v := range s.locals {
		found = append(found, fmt.Sprintf("%s (local %s)", name, v.Value().Type()))
	}
	for _, name := range globals(L) {
		if !s.known[name] && name != "_" {
			found = append(found, fmt.Sprintf("%s (%s)", name, L.G.Global.RawGetString(name).Type()))
		}
	}
	slices.Sort(found)
	return strings.Join(found, ", ")
}

// theirs lists those of the ranks, the same ones once.
func (s *Shell) theirs(byRank *lua.LTable) (lines []string) {
	ranks := map[string][]int{}
	var order []string
	for _, rank := range cluster.RankKeys(byRank) {
		text := vm.GetInt(byRank, rank).String()
		if text == "" {
			continue
		}
		if ranks[text] == nil {
			order = append(order, text)
		}
		ranks[text] = append(ranks[text], rank)
	}
	for _, text := range order {
		lines = append(lines, spans.Named("rank", ranks[text])+": "+text)
	}
	return lines
}
