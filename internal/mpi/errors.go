package mpi

// #include "engine.h"
import "C"

import (
	"strings"

	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
)

// libraryError is the error that the MPI library returned.
func (c *Call) libraryError() error {
	if c.f.outdated != 0 {
		return luaerr.New(luaerr.MPI, "%s did not begin: a chunk that failed left operations behind, and the world was renewed while this waited", c.Name())
	}
	return makeError(c.Name(), int(c.f.rc), int(c.f.class_), C.GoString(&c.f.text[0]))
}

// mpiError is the error for a return code outside of a frame.
func mpiError(call string, code int) error {
	var text [C.MPI_MAX_ERROR_STRING + 1]C.char
	class := C.mpiclus_error(C.int(code), &text[0])
	return makeError(call, code, int(class), C.GoString(&text[0]))
}

func makeError(call string, code, class int, text string) *luaerr.Error {
	name := errorClasses[class]
	if name == "" {
		name = "ERR_UNKNOWN"
	}
	isWrite := strings.HasPrefix(call, "File_write") || strings.HasPrefix(call, "File_iwrite")
	if isWrite && name == "ERR_OTHER" && strings.Contains(text, "known error not in list") {
		// Open MPI 5, where a disk is full
		name, code, text = "ERR_IO", Int("ERR_IO"), "the system refused it: a full disk, a quota, a device that is gone"
	}
	// "MPI_ERR_TRUNCATE: message truncated" names the class again.
	text = strings.TrimPrefix(text, "MPI_")
	text = strings.TrimPrefix(text, name+": ")
	e := luaerr.New(luaerr.MPI, "%s: %s: %s", call, name, text)
	e.Class, e.Call, e.Code = name, call, code
	return e
}

// NewError makes the error of a return code that a call found in a status,
// with the class and the text that Error_class and Error_string give for it.
func NewError(call string, code, class int, text string) error {
	return makeError(call, code, class, text)
}
