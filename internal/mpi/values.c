/* Receives of values (mpi.irecv): a packet, and what it announces if that is long. The engine posts the second receive
 * itself, as soon as it sees the packet on any visit to MPI: a sender must not have to wait until the script waits. The
 * script's request is a generalized one (MPI 3.1, section 12.2), so that it goes with all others. */
#define _GNU_SOURCE
#include "engine.h"

#include <dlfcn.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum { PACKET = 4096, HEAD = 16, ALIGNMENT = 16 };

struct mpiclus_incoming {
    struct mpiclus_incoming *next;
    MPI_Request packet_request, bulk_request, whole;
    MPI_Comm comm, bulk;
    MPI_Status st;
    int from_null; /* the source is MPI_PROC_NULL */
    int started;   /* the second receive */
    int rc;       /* of what went wrong */
    char *data;   /* what is longer than a packet, NULL otherwise */
    uint64_t total; /* bytes of the value's stream */
    char packet[PACKET];
};

static mpiclus_incoming *incoming;
int mpiclus_nincoming;

static int query(void *state, MPI_Status *st) {
    mpiclus_incoming *v = state;
    int cancelled = 0;
    MPI_Test_cancelled(&v->st, &cancelled);
    MPI_Status_set_elements(st, MPI_BYTE, cancelled ? 0 : (int)(v->total < PACKET ? v->total : PACKET));
    MPI_Status_set_cancelled(st, cancelled);
    st->MPI_SOURCE = v->st.MPI_SOURCE;
    st->MPI_TAG = v->st.MPI_TAG;
    return v->rc;
}

static int keep(void *state) {
    (void)state; /* Go frees it when it has read it */
    return MPI_SUCCESS;
}

static int cancel(void *state, int complete) {
    mpiclus_incoming *v = state;
    return complete || v->started ? MPI_SUCCESS : MPI_Cancel(&v->packet_request);
}

int mpiclus_irecv_value(int source, int tag, MPI_Comm comm, MPI_Comm bulk, MPI_Request *req, void **state) {
    mpiclus_incoming *v = malloc(sizeof *v);
    if (v == NULL) return MPI_ERR_NO_MEM;
    memset(v, 0, offsetof(mpiclus_incoming, packet) + HEAD);
    v->comm = comm;
    v->bulk = bulk;
    v->from_null = source == MPI_PROC_NULL;
    int rc = MPI_Grequest_start(query, keep, cancel, v, &v->whole);
    if (rc != MPI_SUCCESS) {
        free(v);
        return rc;
    }
    rc = MPI_Irecv(v->packet, PACKET, MPI_BYTE, source, tag, comm, &v->packet_request);
    if (rc != MPI_SUCCESS) {
        MPI_Grequest_complete(v->whole);
        MPI_Wait(&v->whole, MPI_STATUS_IGNORE);
        free(v);
        return rc;
    }
    *req = v->whole;
    *state = v;
    v->next = incoming;
    incoming = v;
    mpiclus_nincoming++;
    return MPI_SUCCESS;
}

/* Looks at the packet: 1 when the value is here. */
static int packet_came(mpiclus_incoming *v) {
    int flag = 0, cancelled = 0, n = 0;
    v->rc = MPI_Test(&v->packet_request, &flag, &v->st);
    if (v->rc != MPI_SUCCESS) return 1;
    if (!flag) return 0;
    if (v->from_null) {
        mpiclus_null_status(&v->st);
        return 1;
    }
    MPI_Test_cancelled(&v->st, &cancelled);
    MPI_Get_count(&v->st, MPI_BYTE, &n);
    if (cancelled || n < HEAD) return 1; /* also a message from PROC_NULL */
    mpiclus_count_received(v->comm);
    uint64_t ticket;
    memcpy(&v->total, v->packet, 8);
    memcpy(&ticket, v->packet + 8, 8);
    if (v->total <= PACKET - HEAD) return 1;
    if (posix_memalign((void **)&v->data, ALIGNMENT, v->total) != 0) {
        v->data = NULL;
        v->rc = MPI_ERR_NO_MEM;
        return 1;
    }
    v->started = 1;
    v->rc = mpiclus_irecv_bytes(v->data, v->total, v->st.MPI_SOURCE, (int)ticket, v->bulk, &v->bulk_request);
    return v->rc != MPI_SUCCESS;
}

static int came(mpiclus_incoming *v) {
    if (!v->started && packet_came(v)) return 1;
    if (!v->started) return 0;
    int flag = 0;
    v->rc = MPI_Test(&v->bulk_request, &flag, MPI_STATUS_IGNORE);
    if (flag && v->rc == MPI_SUCCESS) mpiclus_count_received(v->bulk);
    return flag || v->rc != MPI_SUCCESS;
}

/* Moves the receives of values on, and returns how many are over. */
static int move_values(void) {
    int over = 0;
    for (mpiclus_incoming **at = &incoming; *at != NULL;) {
        mpiclus_incoming *v = *at;
        if (!came(v)) {
            at = &v->next;
            continue;
        }
        *at = v->next;
        mpiclus_nincoming--;
        MPI_Grequest_complete(v->whole);
        over++;
    }
    return over;
}

static int moving; /* what is called meanwhile may make progress, and so come back */

/* Moves on what does not move by itself, and returns how much of it is over. */
static int move(void) {
    if (moving) return 0;
    moving = 1;
    int over = move_values() + mpiclus_make_comms();
    moving = 0;
    return over;
}

/* Moves on the receives of values and the communicators that are being made. The MPI lock is held. */
void mpiclus_receive_values(void) { move(); }

#ifdef OPEN_MPI
typedef int hook(int (*)(void));

/* Has values received, and communicators made, while a call sits in the library, or no longer: another rank may have to come
 * to its end before it comes there as well. The library starts the parts of its own started collectives (libnbc) in the
 * same way. */
void mpiclus_receive_inside(int yes) {
    hook *change = (hook *)dlsym(RTLD_DEFAULT, yes ? "opal_progress_register" : "opal_progress_unregister");
    if (change != NULL) change(move);
}
#else
static int sits;

/* The same where nothing can be registered: MPICH calls ucp_worker_progress while it waits, and the one in turns.c calls
 * the next function first. */
void mpiclus_receive_inside(int yes) { sits = yes; }

/* Moves on what does not move by itself, if a call sits in the library. Returns 1 when that is under way already: then it is
 * one of its own tests that makes progress. */
int mpiclus_receive_for_sitting(void) {
    if (moving) return 1;
    if (sits) move();
    return 0;
}
#endif

/* Forgets all of them, when the world is renewed: their memory stays. */
void mpiclus_forget_values(void) {
    incoming = NULL;
    mpiclus_forget_making();
    mpiclus_nincoming = 0;
}

/* Tells whether something still to come may use a communicator of long streams. */
int mpiclus_announces_on(MPI_Comm bulk) {
    for (mpiclus_incoming *v = incoming; v != NULL; v = v->next)
        if (v->bulk == bulk) return 1;
    return mpiclus_makes_from(bulk);
}

/* Gives what came: the packet and, if it is not NULL, the long stream. */
void mpiclus_value(void *state, char **packet, char **data, uint64_t *total) {
    mpiclus_incoming *v = state;
    *packet = v->packet;
    *data = v->data;
    *total = v->total;
}

void mpiclus_free_value(void *state) {
    mpiclus_incoming *v = state;
    free(v->data);
    free(v);
}
