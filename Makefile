# `make help` lists the targets that have a "## " comment.
SHELL := /bin/sh
.DEFAULT_GOAL := help

# go.mod names the Go toolchain; a Go of 1.21 or later fetches it by itself,
# also where it was told to use the local one only.
ifeq ($(filter-out local,$(GOTOOLCHAIN)),)
export GOTOOLCHAIN := auto
endif

GO      ?= go
PREFIX  ?= $(if $(filter 0,$(shell id -u)),/usr/local,$(HOME)/.local)
BIN     := bin
NP      ?= 4
SCRIPT  ?= examples/hello.lua
TIMEOUT ?= 20m
SEED    ?= 1
# Anything: run all tests, also those that are much like others.
ALL     ?= $(MPICLUS_TEST_ALL)
# The MPI that tests run on: openmpi or mpich. Without it, what is there.
MPI     ?=
SUITE   ?= trixie

ifeq ($(filter-out openmpi mpich,$(MPI)),)
else
$(error MPI=$(MPI) is not known: say openmpi or mpich)
endif
export MPI
# What comes before a command that is to use that MPI.
ON_MPI := $(if $(filter mpich,$(MPI)),eval "$$(scripts/mpich-environment build/mpich)";)

# The same flags for executables, tests and what tests build: each package, of
# Go's library too, is compiled once for all of them. The profile makes what
# interprets Lua faster in master and worker alike. Without the C resolver the
# packages under net are the same with cgo and without; it has no use for names
# of hosts that the command, which has no cgo, cannot resolve.
PROFILE := $(CURDIR)/cmd/mpiclus-lua-mpi/default.pgo
ifeq ($(findstring $(PROFILE),$(GOFLAGS)),)
export GOFLAGS := $(GOFLAGS) -trimpath -tags=netgo,osusergo '-pgo=$(PROFILE)'
endif

VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || cat VERSION 2>/dev/null || echo unknown)
LDFLAGS := -s -w -X main.version=$(VERSION)

# Packages that are linked with MPI. All others build and test without it. The
# recipe's shell lists them: make of before 4.4 does not export to $(shell).
LINKED := /internal/mpi$$|/internal/mpi/mpilink$$|/luampi(/|$$)|/cmd/mpiclus-lua-mpi$$
PURE    = $$($(GO) list ./... | grep -Ev '$(LINKED)')

STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2
DEADCODE    := golang.org/x/tools/cmd/deadcode@v0.52.0
GOVULNCHECK := golang.org/x/vuln/cmd/govulncheck@v1.9.0

.PHONY: race random dead docs help profile run build build-mpich test test-parts test-hosts test-slurm test-debian unit check sanitize cover vuln lint soak test-faults fuzz bench bench-native install uninstall setup setup-test clean

help: ## List these targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{printf "  make %-12s %s\n", $$1, $$2}'

setup:
	@scripts/setup build

setup-test:
	@scripts/setup test

run: build ## Run examples/hello.lua on 4 workers (SCRIPT=… NP=… for another)
	@$(BIN)/mpiclus-lua run -n $(NP) $(SCRIPT)

build: setup ## Build the command and, for each MPI that is here, its linked sibling into bin/
	CGO_ENABLED=0 $(GO) build -ldflags '$(LDFLAGS)' -o $(BIN)/mpiclus-lua ./cmd/mpiclus-lua
	CGO_ENABLED=0 $(GO) build -ldflags '-s -w' -o $(BIN)/mpiclus-lua-plot ./cmd/mpiclus-lua-plot
	@GO='$(GO)' scripts/build-linked $(BIN) '$(LDFLAGS)'
	CGO_ENABLED=0 $(GO) build -ldflags '-s -w' -o $(BIN)/plugins/ ./plugins/stats ./plugins/topk

build-mpich: ## The same, on a machine that is to have MPICH
	@$(MAKE) --no-print-directory build MPI=mpich

test: setup-test build ## Run the tests, under MPI too (MPI=mpich: on MPICH; ALL=1: in all modes, at 1 to 4 ranks, with parts of what needs minutes)
	$(ON_MPI) MPICLUS_TEST_ALL=$(ALL) $(GO) test -timeout $(TIMEOUT) ./...

test-parts: setup-test build ## Run the tests that depend on the MPI most (MPI=mpich: on MPICH)
	$(ON_MPI) MPICLUS_TEST_RANKS=1,2,3 MPICLUS_TEST_ALL=$(ALL) $(GO) test -timeout $(TIMEOUT) ./internal/launch ./internal/mpi/... ./luampi
	$(ON_MPI) MPICLUS_TEST_ALL=$(ALL) $(GO) test -timeout $(TIMEOUT) -run 'TestHello|TestKill|TestLostWorkerIsAnError|TestRanks|TestFailures|TestLauncherStopped|TestLeftWaitsMPI|TestGivenUpAtTheEnd|TestEndInCollective' ./tests

test-slurm: setup-test build ## Run everything that Slurm starts, under a Slurm of one node (needs root)
	@tests/slurm/run

test-debian: ## Run the README's commands in a fresh Debian (needs root; SUITE=bookworm for another)
	@tests/debian/run $(SUITE)

test-hosts: setup-test build ## Run all modes across hosts that network namespaces play (needs root)
	@tests/hosts/run 2
	@tests/hosts/run 3

unit: ## Run the tests that need no MPI (seconds)
	MPICLUS_NO_MPI=1 CGO_ENABLED=0 $(GO) test -timeout 2m $(PURE)

check: setup-test lint dead vuln build ## Everything that CI looks at: format, vet, linter, dead code, vulnerabilities, no cgo, race detector, address sanitizer, coverage, tests
	MPICLUS_NO_MPI=1 CGO_ENABLED=0 $(GO) test -timeout 5m $(PURE)
	$(MAKE) --no-print-directory race
	MPICLUS_TEST_ALL=1 $(GO) test -timeout $(TIMEOUT) ./...
	$(MAKE) --no-print-directory sanitize cover
	$(MAKE) --no-print-directory random

random: setup-test build ## Random sequences of MPI calls in all modes (RANDOM_SECONDS each, default 60; MPICLUS_RANDOM_SEED repeats a run)
	MPICLUS_RANDOM_SECONDS=$(or $(RANDOM_SECONDS),60) $(GO) test -count=1 -v -timeout $(TIMEOUT) -run TestRandom ./tests

race: setup-test ## Build without cgo, and run the tests that need no MPI under the race detector
	CGO_ENABLED=0 $(GO) build -o /dev/null ./cmd/mpiclus-lua
	MPICLUS_NO_MPI=1 CGO_ENABLED=1 $(GO) test -race -timeout $(TIMEOUT) $(PURE)

sanitize: setup-test ## Run the tests that are linked with MPI under the race detector and the address sanitizer
	MPICLUS_TEST_RANKS=2,3 MPICLUS_TEST_SLOW=5 $(GO) test -race -count=1 -timeout 20m ./luampi ./internal/mpi/...
	ASAN_OPTIONS=detect_leaks=0 MPICLUS_TEST_RANKS=2,3 MPICLUS_TEST_SLOW=5 $(GO) test -asan -count=1 -timeout 20m ./luampi ./internal/mpi/...
	for with in race asan; do ASAN_OPTIONS=detect_leaks=0 MPICLUS_TEST_SANITIZER=$$with MPICLUS_RANDOM_SECONDS=20 MPICLUS_TEST_SLOW=5 $(GO) test -count=1 -timeout 20m -run TestRandom ./tests || exit 1; done

cover: setup-test ## Tell how much of luampi and internal/mpi the tests run, in the ranks that they start as well
	@mkdir -p build
	$(GO) test -count=1 -covermode=atomic -coverpkg=./luampi,./internal/mpi,./internal/mpi/mpilink -coverprofile=build/cover.out ./luampi ./internal/mpi/...
	@$(GO) tool cover -func=build/cover.out | awk '$$NF == "0.0%" { print "never run: " $$1 " " $$2 } END { print }'

vuln: setup ## Look for known vulnerabilities in what this uses
	@scripts/vuln $(GOVULNCHECK)

lint: setup ## Format, vet and linter
	@bad=$$(gofmt -l $$(git ls-files '*.go')); [ -z "$$bad" ] || { echo "run gofmt -w on:"; echo "$$bad"; exit 1; }
	$(GO) vet ./...
	GOTOOLCHAIN=$$($(GO) env GOVERSION) $(GO) run $(STATICCHECK) ./...

# C calls mpiclusReduce and mpiclusExit; the plugin in testdata is a program of its own.
dead: setup ## Find functions that nothing reaches, tests included
	@dead=$$($(GO) run $(DEADCODE) -test ./... | grep -v 'mpiclusReduce\|mpiclusExit\|plugins/array.go.*NewMatrix'); [ -z "$$dead" ] || { echo "nothing reaches these: delete them"; echo "$$dead"; exit 1; }

fuzz: setup ## Run every fuzz target for 10 s (FUZZTIME=5m for longer)
	GO="$(GO)" FUZZTIME=$(or $(FUZZTIME),10s) scripts/fuzz $(TARGETS)

soak: setup-test build ## Random work in all modes for 20 minutes (SOAK_SECONDS each, SEED), 10,000 restarts, 100,000 failing calls, and the tests of rare failures, often
	MPICLUS_SOAK_SECONDS=$(or $(SOAK_SECONDS),400) MPICLUS_SOAK_SEED=$(SEED) $(GO) test -count=1 -v -timeout 120m -run TestSoak ./tests
	MPICLUS_SOAK_RESTARTS=10000 MPICLUS_SOAK_FAILURES=100000 $(GO) test -count=1 -v -timeout 60m -run KeepNothing ./host
	MPICLUS_SOAK=1 $(GO) test -count=1 -timeout 60m -run 'TestLastWords|TestPrintf|TestKill|TestCycles' ./tests

test-faults: setup-test build ## Run each fault in each mode at each activity (SEED=… for other moments)
	MPICLUS_FAULTS=$(SEED) $(GO) test -count=1 -v -parallel 3 -timeout 60m -run TestFaults ./tests

bench: setup-test build ## Measure against mpi4py, mpi4py.futures, ipyparallel and C
	@$(ON_MPI) $(GO) run ./bench

bench-native: ## Measure native loops against the interpreter and C (a minute)
	$(GO) test ./internal/native -run '^$$' -bench Kernels -benchtime 1x

profile: setup ## Renew the profile that the workers' executable is optimized with (30 s)
	scripts/profile cmd/mpiclus-lua-mpi/default.pgo

docs: ## Write what is made from the table of calls: docs/mpi-reference.md
	CGO_ENABLED=0 $(GO) test ./internal/mpi/table -run Reference -update

install: build ## Install into PREFIX (root: /usr/local, else ~/.local)
	install -d "$(DESTDIR)$(PREFIX)/bin"
	install -m 755 $(BIN)/mpiclus-lua* "$(DESTDIR)$(PREFIX)/bin/"
	install -d "$(DESTDIR)$(PREFIX)/bin/plugins"
	install -m 755 $(BIN)/plugins/* "$(DESTDIR)$(PREFIX)/bin/plugins/"

uninstall: ## Remove what install put there
	rm -f "$(DESTDIR)$(PREFIX)/bin/mpiclus-lua" "$(DESTDIR)$(PREFIX)/bin/mpiclus-lua-openmpi" "$(DESTDIR)$(PREFIX)/bin/mpiclus-lua-mpich" "$(DESTDIR)$(PREFIX)/bin/mpiclus-lua-plot"
	rm -f "$(DESTDIR)$(PREFIX)/bin/plugins/stats" "$(DESTDIR)$(PREFIX)/bin/plugins/topk"

clean: ## Remove what was built
	rm -rf $(BIN) build
