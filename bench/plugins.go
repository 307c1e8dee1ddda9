package main

import (
	"fmt"
	"os/exec"
	"path/filepath"
)

// pluginGroups measures an op of a plugin beside the built-in op and one in
// Lua, and what calls of a plugin cost by themselves.
func pluginGroups(build string) []*group {
	folder := filepath.Join(build, "plugins")
	return []*group{
		{
			name: "plugin-ops", unit: "µs",
			contestants: []*contestant{
				{label: "plugin", measure: withPlugin(folder, "plugin")},
				{label: "built-in", measure: withPlugin(folder, "built-in")},
				{label: "op in Lua", measure: withPlugin(folder, "lua")},
			},
			rows: []row{
				{"allreduce-1000000", "Allreduce of 10^6 float64, 2 ranks", 4},
				{"allreduce-1", "Allreduce of 1 float64, 2 ranks", 0},
				{"local-1000000", "Reduce_local of 10^6 float64", 0},
			},
		},
		{
			name: "plugin-calls", unit: "µs",
			contestants: []*contestant{{label: "ours", measure: withPlugin(folder, "calls")}},
			rows: []row{
				{"op-8", "an op call on 8 bytes", 250},
				{"function", "an empty function", 0},
				{"barrier", "a function with one Barrier, 2 ranks", 0},
			},
		},
	}
}

// withPlugin measures a part of plugins.lua, with the plugin of this folder,
// which is built once.
func withPlugin(folder, part string) func() (map[string]float64, error) {
	return func() (map[string]float64, error) {
		cmd := exec.Command("go", "build", "-o", folder+string(filepath.Separator)+"bench", "./bench/plugin")
		if out, err := cmd.CombinedOutput(); err != nil {
			return nil, fmt.Errorf("go build: %w: %s", err, out)
		}
		return printed(*command, "run", "--plugin", folder, program("plugins.lua"), part)()
	}
}
