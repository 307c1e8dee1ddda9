package main

// modeGroups measures the two ways in which all ranks of an mpirun can be one
// cluster.
func modeGroups() []*group {
	in := func(mode, part string) func() (map[string]float64, error) {
		return printed(mpirun(2, *command, "run", program("modes.lua"), mode, part)...)
	}
	return []*group{
		{
			name: "modes", unit: "µs",
			contestants: []*contestant{
				{label: "over MPI", measure: in("MPI_TRANSPORT_ALL", "echo")},
				{label: "over TCP", measure: in("TCP_TRANSPORT_ALL", "echo")},
			},
			rows: []row{
				{"echo-8", "echo of 8 B", 0},
				{"echo-8000", "echo of 8 KB", 1.1},
				{"echo-80000", "echo of 80 KB", 0},
				{"echo-8000000", "echo of 8 MB", 1.1},
			},
		},
		{
			name: "modes-idle", unit: "% of a core, ms",
			contestants: []*contestant{
				{label: "over MPI", measure: in("MPI_TRANSPORT_ALL", "idle")},
			},
			rows: []row{
				{"idle", "an idle rank", 2.5},
				{"first", "first message after a pause, p99 of 100", 5},
			},
		},
	}
}
