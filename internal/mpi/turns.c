/*
 * Turns on the processor for ranks that outnumber them. Open MPI has a setting with which its waits give the processor
 * away; MPICH has none: each step of a collective there takes as long as the system lets a rank run that only looks.
 * Over UCX, its waits look by way of ucp_worker_progress, and find this one first: it looks as well, and pauses when it
 * has found nothing for some time. (3 ranks on 2 busy cores: MPI_Comm_dup 0.4 ms instead of 25 ms, MPI_Win_allocate and a
 * fence 2.4 ms instead of 200 ms.) It is also where values are received while a call sits in MPICH (values.c).
 */
#define _GNU_SOURCE
#include "engine.h"

#include <dlfcn.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

int mpiclus_looks;
static int takes_turns, known;

void mpiclus_take_turns(void) { takes_turns = 1; }

int mpiclus_turns_taken(void) { return takes_turns && known; }

#ifndef OPEN_MPI
enum {
    LOOKS = 10,  /* in a row and in vain, before others get a turn */
    YIELDS = 20, /* of them, before a pause: who sleeps is run before who yields when all is there */
};

typedef unsigned progress(void *worker);

unsigned ucp_worker_progress(void *worker) {
    static progress *next;
    if (next == NULL) next = (progress *)dlsym(RTLD_NEXT, "ucp_worker_progress");
    if (next == NULL) { /* UCX came later, for a part of the library that was loaded then */
        void *ucp = dlopen("libucp.so.0", RTLD_NOLOAD | RTLD_LAZY);
        if (ucp != NULL) next = (progress *)dlsym(ucp, "ucp_worker_progress");
        if (next == NULL) {
            fputs("mpiclus-lua: MPICH works with a UCX whose libucp.so.0 cannot be found: please report it\n", stderr);
            abort();
        }
    }
    known = 1;
    /* Here, before UCX is entered, MPI may be called; what that looks for in vain does not count. */
    if (mpiclus_receive_for_sitting()) return next(worker);
    unsigned done = next(worker);
    if (done != 0) {
        mpiclus_looks = 0;
    } else if (takes_turns && ++mpiclus_looks > LOOKS + YIELDS) {
        struct timespec least = {0, 1};
        nanosleep(&least, NULL);
    } else if (takes_turns && mpiclus_looks > LOOKS) {
        sched_yield();
    }
    return done;
}
#endif
