#define _GNU_SOURCE
#include "traffic.h"

#include <stdlib.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif
#include <time.h>

#include "engine.h"

mpiclus_traffic *mpiclus_traffic_new(uint64_t comm, int tag) {
    mpiclus_slot slot = {.u = comm};
    mpiclus_traffic *t = calloc(1, sizeof *t);
    pthread_condattr_t attr;
    if (t == NULL) return NULL;
    t->comm = slot.comm;
    t->tag = tag;
    t->source = -1;
    pthread_mutex_init(&t->mutex, NULL);
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&t->cond, &attr);
    pthread_condattr_destroy(&attr);
    return t;
}

void mpiclus_traffic_free(mpiclus_traffic *t) {
    pthread_cond_destroy(&t->cond);
    pthread_mutex_destroy(&t->mutex);
    free(t->req);
    free(t->done);
    free(t);
}

/* Starts a transfer as the last of req. The MPI lock is held. */
int mpiclus_traffic_start(mpiclus_traffic *t, uintptr_t memory, int bytes, int peer, int tag, int receive) {
    if (t->n == t->capacity) {
        int capacity = t->capacity == 0 ? 64 : 2 * t->capacity;
        MPI_Request *req = realloc(t->req, capacity * sizeof *req);
        if (req == NULL) return MPI_ERR_NO_MEM;
        t->req = req;
        int *done = realloc(t->done, capacity * sizeof *done);
        if (done == NULL) return MPI_ERR_NO_MEM;
        t->done = done;
        t->capacity = capacity;
    }
    int rc = receive ? MPI_Irecv((void *)memory, bytes, MPI_BYTE, peer, tag, t->comm, &t->req[t->n])
                     : MPI_Isend((void *)memory, bytes, MPI_BYTE, peer, tag, t->comm, &t->req[t->n]);
    if (rc == MPI_SUCCESS) t->n++;
    return rc;
}

/* Looks once for headers and for transfers that are over: 1 when there is something to do. The MPI lock is held. */
static int look(mpiclus_traffic *t) {
    int flag = 0;
    MPI_Status status;
    t->source = -1;
    t->ndone = 0;
    /* Open MPI looks first and lets messages in after that: only a second look sees what has come in a pause. */
    for (int i = 0; i < 2 && !flag; i++) {
        t->rc = MPI_Iprobe(MPI_ANY_SOURCE, t->tag, t->comm, &flag, &status);
        if (t->rc != MPI_SUCCESS) return 1;
    }
    if (flag) t->source = status.MPI_SOURCE;
    if (t->n > 0) {
        t->rc = MPI_Testsome(t->n, t->req, &t->ndone, t->done, MPI_STATUSES_IGNORE);
        if (t->rc != MPI_SUCCESS) return 1;
        if (t->ndone == MPI_UNDEFINED) t->ndone = 0;
    }
    return flag || t->ndone > 0;
}

static int64_t now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* Sleeps for pause_ns, or until there is a signal. */
static void doze(mpiclus_traffic *t, int64_t pause_ns) {
    int64_t until = now() + pause_ns;
    struct timespec end = {until / 1000000000, until % 1000000000};
    pthread_mutex_lock(&t->mutex);
    __atomic_store_n(&t->asleep, 1, __ATOMIC_SEQ_CST);
    if (!__atomic_load_n(&t->wake, __ATOMIC_SEQ_CST) && !__atomic_load_n(&t->alert, __ATOMIC_SEQ_CST))
        pthread_cond_timedwait(&t->cond, &t->mutex, &end);
    __atomic_store_n(&t->asleep, 0, __ATOMIC_SEQ_CST);
    pthread_mutex_unlock(&t->mutex);
}

/* Ends a doze early. It is called after wake or alert was set. */
void mpiclus_traffic_signal(mpiclus_traffic *t) {
    pthread_mutex_lock(&t->mutex);
    pthread_cond_signal(&t->cond);
    pthread_mutex_unlock(&t->mutex);
}

/* Lets this thread sleep for as short as it says: the kernel's default is 50 us more. */
static void be_precise(void) {
#ifdef PR_SET_TIMERSLACK
    static __thread int precise;
    if (!precise) prctl(PR_SET_TIMERSLACK, 1000UL, 0, 0, 0);
    precise = 1;
#endif
}

enum {
    RELAX = 32,             /* turns between two looks while spinning, so that the lock is mostly free */
    MOMENT = 20000,         /* ns, while another call is inside MPI */
    PAUSE_LEAST = 5000,     /* ns */
    PAUSE_MOST = 2500000    /* ns: a message after a long silence waits no longer than this */
};

/* Looks once if MPI is free: 1 when there is something to do, with the MPI lock held. */
static int try(mpiclus_traffic *t, int *entered) {
    *entered = mpiclus_enter(MPICLUS_LINK);
    if (!*entered) return 0;
    int woken = __atomic_exchange_n(&t->wake, 0, __ATOMIC_SEQ_CST);
    if (look(t) || woken) return 1;
    mpiclus_leave();
    return 0;
}

/* Looks without a pause: 1, with the MPI lock held, when there is something to do, 0 after some time. */
int mpiclus_traffic_spin(mpiclus_traffic *t, int64_t ns) {
    int64_t began = now();
    int entered;
    do {
        if (try(t, &entered)) return 1;
        for (volatile int i = 0; i < RELAX; i++) continue;
    } while (now() - began < ns);
    return 0;
}

/*
 * Waits until a header is here, a transfer is over, MPI failed or wake is set, and returns with the MPI lock held. It
 * sleeps between two looks, for a part of 1/share of the time waited, at most 2.5 ms: a thread that yields instead waits
 * for its turn behind all that run. After alert, when a message is expected, it looks without a pause for spin_ns, and
 * begins anew.
 */
void mpiclus_traffic_wait(mpiclus_traffic *t, int64_t spin_ns, int share) {
    int64_t began = now() - spin_ns;
    int entered;
    be_precise();
    while (!try(t, &entered)) {
        if (__atomic_exchange_n(&t->alert, 0, __ATOMIC_SEQ_CST)) {
            if (mpiclus_traffic_spin(t, spin_ns)) return;
            began = now() - spin_ns;
        } else if (!entered) { /* a signal would end a doze at once */
            struct timespec moment = {0, MOMENT};
            nanosleep(&moment, NULL);
        } else {
            int64_t pause = (now() - began) / share;
            if (pause < PAUSE_LEAST) pause = PAUSE_LEAST;
            doze(t, pause < PAUSE_MOST ? pause : PAUSE_MOST);
        }
    }
}
