#define _GNU_SOURCE
#include "engine.h"

#include <sched.h>
#include <stdlib.h>
#include <time.h>

static int64_t now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* Starts the call if it is new and tests it some times; never waits for the lock, never sleeps. */
static int visit_if_free(mpiclus_frame *f, int tests) {
    if (!mpiclus_enter(f->owner)) return MPICLUS_BUSY;
    int r = mpiclus_visit(f, tests);
    mpiclus_leave();
    return r;
}

/*
 * One short visit, of which the frame tells whether the call is over: cgo charges for a result. It is for calls that
 * cannot call back into Go. Frames come as numbers, since cgo would look into what a pointer points to.
 */
void mpiclus_try(uintptr_t frame, int tests) { visit_if_free((mpiclus_frame *)frame, tests); }

/* The same for a frame that was used before for the same call. */
void mpiclus_repeat(uintptr_t frame, int tests) {
    mpiclus_frame *f = (mpiclus_frame *)frame;
    f->phase = MPICLUS_NEW;
    f->cancel = f->from_null = f->outdated = 0;
    if (!mpiclus_enter(f->owner)) return;
    mpiclus_message(f, tests);
    mpiclus_leave();
}

/* One visit for calls that sit in C or may call back: starts the call and tests it once. */
int mpiclus_run(uintptr_t frame) { return visit_if_free((mpiclus_frame *)frame, 1); }

enum {
    TESTS = 16,             /* between two looks at the clock */
    PAUSE_LEAST = 50000,    /* ns; the kernel's timers are no finer */
    YIELDS = 20,            /* where ranks outnumber the processors, before the first nap */
    NAPS = 20,              /* of the least time: who slept is run before who yields on a busy machine */
    PAUSE_MOST = 3000000    /* ns; at this pace a waiting process uses under 2 % of a core, also where waking up is dear */
};

/*
 * Waits until the call is over (DONE), the cancel flag is set (LEFT) or limit_ns have passed (PENDING; 0: no limit).
 * It tests without a pause for spin_ns, then lets other processes run between tests; once the pauses make up no more
 * than a part of 1/share of the time waited, it sleeps, for at most 3 ms. Without spin_ns, where ranks outnumber the
 * processors, it yields some times and naps some times before. The lock is free while it pauses.
 */
int mpiclus_wait(uintptr_t frame, int64_t spin_ns, int64_t limit_ns, int share) {
    mpiclus_frame *f = (mpiclus_frame *)frame;
    int64_t began = now();
    int yields = 0, naps = spin_ns == 0 ? 0 : NAPS;
    for (;;) {
        if (__atomic_load_n(&f->cancel, __ATOMIC_RELAXED)) return MPICLUS_LEFT;
        int64_t waited = now() - began;
        int spinning = waited < spin_ns;
        if (mpiclus_enter(f->owner)) {
            int r = mpiclus_visit(f, spinning ? TESTS : 1);
            mpiclus_leave();
            if (r == MPICLUS_DONE) return r;
        }
        if (spinning) continue;
        if (limit_ns != 0 && waited >= limit_ns) return MPICLUS_PENDING;
        int64_t pause = waited / share;
        if (naps < NAPS && (yields >= YIELDS || pause >= PAUSE_LEAST)) {
            naps++;
            pause = 1;
        } else if (pause < PAUSE_LEAST) {
            yields++;
            sched_yield();
            continue;
        }
        if (pause > PAUSE_MOST) pause = PAUSE_MOST;
        struct timespec t = {0, pause};
        nanosleep(&t, NULL);
    }
}

/*
 * Gives up a started call after LEFT: 1 when nothing of it is left in MPI, as of a probe, 0 when its operation goes on
 * there and its buffers must stay.
 */
int mpiclus_withdraw(mpiclus_frame *f) {
    if (f->phase != MPICLUS_STARTED) return 1;
    if (f->waits != MPICLUS_WAIT_OWN || f->barrier) return 0;
    return f->nreq == 0; /* a probe took nothing */
}

/* Makes room for n requests: 0 when there is no memory, and then the room is as it was. */
int mpiclus_reserve(mpiclus_frame *f, int n) {
    if (n <= f->capacity) return 1;
    MPI_Request *many = malloc(n * sizeof *many);
    MPI_Status *sts = malloc(n * sizeof *sts);
    int *indices = malloc(n * sizeof *indices);
    if (many == NULL || sts == NULL || indices == NULL) {
        free(many);
        free(sts);
        free(indices);
        return 0;
    }
    free(f->many);
    free(f->sts);
    free(f->indices);
    f->many = many;
    f->sts = sts;
    f->indices = indices;
    f->capacity = n;
    return 1;
}

/*
 * Cancels a request. One that another frame waits for is reached there, since it may be complete by now: turn is that of
 * the call that waits, index its place among many, -1 for a single one.
 */
int mpiclus_cancel(MPI_Request request, mpiclus_frame *waiting, int index, uint64_t turn) {
    if (waiting != NULL) {
        if (__atomic_load_n(&waiting->turn, __ATOMIC_ACQUIRE) != turn || waiting->phase != MPICLUS_STARTED) return MPI_SUCCESS;
        request = index < 0 ? waiting->req[0] : waiting->many[index];
        if (request == MPI_REQUEST_NULL) return MPI_SUCCESS;
    }
    return MPI_Cancel(&request);
}
