package main

/*
#include <signal.h>
#include <string.h>
#include <unistd.h>

// died is called for a fault in C code. Go's runtime, which has the handlers of
// the process, passes on what it finds here when it starts: with no handler
// before its own it would write the stacks of all goroutines.
static void died(int sig, siginfo_t *info, void *context) {
	const char *text = sig == SIGSEGV ? "SIGSEGV: segmentation violation in native code\n"
		: sig == SIGBUS ? "SIGBUS: bus error in native code\n"
		: sig == SIGFPE ? "SIGFPE: arithmetic error in native code\n"
		: "SIGILL: illegal instruction in native code\n";
	ssize_t n = write(2, text, strlen(text));
	(void)n; (void)info; (void)context;
	signal(sig, SIG_DFL);
	raise(sig);
}

__attribute__((constructor)) static void catch_faults(void) {
	static const int faults[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL };
	struct sigaction act;
	memset(&act, 0, sizeof act);
	act.sa_sigaction = died;
	act.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER;
	for (int i = 0; i < (int)(sizeof faults / sizeof faults[0]); i++)
		sigaction(faults[i], &act, NULL);
}
*/
import "C"

import (
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

// dieQuietly ends the process as a signal has it that somebody sent and that
// is meant for faults: without the stacks that Go's runtime would write.
func dieQuietly() {
	sent := make(chan os.Signal, 1)
	signal.Notify(sent, syscall.SIGSEGV, syscall.SIGBUS, syscall.SIGFPE, syscall.SIGILL, syscall.SIGABRT)
	go func() {
		s := (<-sent).(syscall.Signal)
		fmt.Fprintf(os.Stderr, "%s: %v\n", names[s], s)
		signal.Reset(s)
		end(s)
	}()
}

var names = map[syscall.Signal]string{
	syscall.SIGSEGV: "SIGSEGV", syscall.SIGBUS: "SIGBUS", syscall.SIGFPE: "SIGFPE", syscall.SIGILL: "SIGILL", syscall.SIGABRT: "SIGABRT",
}

// end ends the process by a signal: Go's runtime keeps its handler for some.
func end(s syscall.Signal) {
	C.signal(C.int(s), nil) // SIG_DFL
	_ = syscall.Kill(os.Getpid(), s)
	select {}
}
