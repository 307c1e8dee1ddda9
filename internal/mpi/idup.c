/* Comm_idup makes three communicators: the script's, and the two of its lower-case calls. Libraries make communicators in
 * several steps, each a collective on the old one; steps of several that are made at once, or of one and of a collective
 * of the script, may not meet in the same order on all ranks, and then the job hangs. So they are made one after another,
 * on a communicator on which the script has no collectives, and moved on by whoever enters MPI. */
#include "engine.h"

#include <stdlib.h>

struct mpiclus_making {
    struct mpiclus_making *next;
    MPI_Comm parent, comm[3];
    MPI_Request step, whole;
    uint64_t id; /* tally.h */
    int made, rc;
};

static mpiclus_making *making;

static int query(void *state, MPI_Status *st) {
    mpiclus_null_status(st);
    st->MPI_SOURCE = MPI_UNDEFINED;
    st->MPI_TAG = MPI_UNDEFINED;
    return ((mpiclus_making *)state)->rc;
}

static int keep(void *state) {
    (void)state; /* Go frees it when it has read it */
    return MPI_SUCCESS;
}

static int cancel(void *state, int complete) {
    (void)state, (void)complete;
    return MPI_SUCCESS;
}

int mpiclus_idup(MPI_Comm comm, MPI_Comm parent, MPI_Request *req, void **state) {
    mpiclus_making *m = calloc(1, sizeof *m);
    if (m == NULL) return MPI_ERR_NO_MEM;
    m->parent = parent;
    m->step = MPI_REQUEST_NULL;
    m->id = mpiclus_child_id(comm);
    int rc = MPI_Grequest_start(query, keep, cancel, m, &m->whole);
    if (rc != MPI_SUCCESS) {
        free(m);
        return rc;
    }
    *req = m->whole;
    *state = m;
    mpiclus_making **at = &making;
    while (*at != NULL) at = &(*at)->next;
    *at = m;
    mpiclus_nincoming++;
    return MPI_SUCCESS;
}

/* Moves one on: 1 when all three are there, or one could not be made. */
static int made(mpiclus_making *m) {
    while (m->made < 3) {
        int flag = 0;
        if (m->step == MPI_REQUEST_NULL) m->rc = MPI_Comm_idup(m->parent, &m->comm[m->made], &m->step);
        if (m->rc == MPI_SUCCESS) m->rc = MPI_Test(&m->step, &flag, MPI_STATUS_IGNORE);
        if (m->rc != MPI_SUCCESS) return 1;
        if (!flag) return 0;
        m->made++;
    }
    return 1;
}

static int behind(mpiclus_making *m) {
    for (mpiclus_making *first = making; first != m; first = first->next)
        if (first->parent == m->parent) return 1;
    return 0;
}

/* Moves all of them on, and returns how many are made. The MPI lock is held. */
int mpiclus_make_comms(void) {
    int over = 0;
    for (mpiclus_making **at = &making; *at != NULL;) {
        mpiclus_making *m = *at;
        if (behind(m) || !made(m)) {
            at = &m->next;
            continue;
        }
        *at = m->next;
        mpiclus_nincoming--;
        MPI_Grequest_complete(m->whole);
        over++;
    }
    return over;
}

int mpiclus_makes_from(MPI_Comm parent) {
    for (mpiclus_making *m = making; m != NULL; m = m->next)
        if (m->parent == parent) return 1;
    return 0;
}

/* Forgets all of them, when the world is renewed. */
void mpiclus_forget_making(void) { making = NULL; }

/* Gives what was made, and its id (tally.h), and ends it. */
void mpiclus_made_comms(void *state, int rank, int size, uint64_t *handles) {
    mpiclus_making *m = state;
    for (int i = 0; i < 3; i++) {
        mpiclus_slot s = {.u = 0};
        s.comm = m->comm[i];
        handles[i] = s.u;
    }
    handles[3] = m->id;
    if (m->id != 0) {
        mpiclus_know_comm(m->comm[0], m->id, rank, size);
        mpiclus_know_comm(m->comm[1], m->id | MPICLUS_ID_SHADOW, rank, size);
        mpiclus_know_comm(m->comm[2], m->id | MPICLUS_ID_BULK, rank, size);
    }
    free(m);
}

void mpiclus_free_making(void *state) { free(state); }
