package plugins

import "embed"

// Source is this package with all that it needs of its module, for 'mpiclus-lua
// plugin new' to carry along. A plugin that does not use it does not contain
// it.
//
//go:embed *.go internal/shm/*.go plugintest/*.go wire/*.go wire/*.proto
var Source embed.FS
