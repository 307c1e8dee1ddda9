// Package wire is the protocol between host and plugin: what plugin.proto
// says, for Go.
package wire

//go:generate protoc --go_out=. --go_opt=paths=source_relative --go-grpc_out=. --go-grpc_opt=paths=source_relative plugin.proto
