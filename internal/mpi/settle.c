/* What was left in a world that is to be renewed, brought to its end as far as MPI's rules allow: a receive can be
 * cancelled, and what it has come to is asked; a message can be received by anybody of its receiver's process; an operation
 * that others have joined by now ends by itself. Each rank does it in the same rounds (settle.go), with the door held. */
#include "engine.h"

#include <stdlib.h>
#include <string.h>

/* Tests of an operation in one round: a library may take some to end a receive that was cancelled. Each moves on all that is
 * under way, so with many collectives that were left it takes long. */
enum { LOOKS = 16, LOOKS_ELSE = 2 };

static void open_on(MPI_Comm comm) {
    mpiclus_known *k = mpiclus_find_comm(comm);
    if (k != NULL) k->open = 1;
}

/* Begins a round: what is not over is to be noted anew. */
void mpiclus_settle_begin(void) {
    mpiclus_known *list;
    int n = mpiclus_known_comms(&list);
    for (int i = 0; i < n; i++) list[i].open = mpiclus_announces_on(list[i].comm);
}

/* Notes that a call has made a request that its task has not taken from the frame yet. */
void mpiclus_not_detached(mpiclus_frame *f) {
    if (f->phase == MPICLUS_OVER && f->plan.detach && f->rc == MPI_SUCCESS && f->on != 0 && !f->detached) mpiclus_open_id(f->on);
}

/* Notes that a call that waits has its operation on its communicator. */
void mpiclus_stays_open(mpiclus_frame *f) {
    if (f->phase != MPICLUS_STARTED || f->waits != MPICLUS_WAIT_OWN || !f->plan.talks) return;
    open_on(f->s[12].comm);
    if (f->plan.sends > 1) open_on(OTHER_COMM);
}

/* Ends a call whose wait was left, if that can be: 1 when nothing of it is left in MPI. In the first round its receive is
 * cancelled; whichever round that ends in, a message that has come counts. */
int mpiclus_settle(mpiclus_frame *f, int first) {
    if (f->phase != MPICLUS_STARTED) return 1;
    if (f->waits != MPICLUS_WAIT_OWN || f->barrier || f->nreq == 0) {
        mpiclus_stays_open(f);
        return 0;
    }
    int receives = f->plan.receives && f->req[0] != MPI_REQUEST_NULL;
    if (receives && first) MPI_Cancel(&f->req[0]);
    for (int i = receives ? 0 : LOOKS - LOOKS_ELSE; i < LOOKS; i++) {
        if (!mpiclus_test(f)) continue;
        int cancelled = 0;
        if (f->plan.receives) MPI_Test_cancelled(&f->st[0], &cancelled);
        if (f->plan.receives && !cancelled && f->rc == MPI_SUCCESS) mpiclus_count_received(f->s[12].comm);
        f->phase = MPICLUS_OVER;
        return 1;
    }
    mpiclus_stays_open(f);
    return 0;
}

/* Ends a request of the script in the same way: 1 when it is complete, with its status. */
int mpiclus_settle_request(MPI_Request *request, int receives, MPI_Status *st) {
    int flag = 0;
    if (receives) MPI_Cancel(request);
    for (int i = receives ? 0 : LOOKS - LOOKS_ELSE; i < LOOKS && !flag; i++) {
        if (mpiclus_nincoming > 0) mpiclus_receive_values();
        if (MPI_Test(request, &flag, st) != MPI_SUCCESS) return 1; /* an error ends it */
    }
    return flag;
}

/* Ends a persistent request that is not at work. */
void mpiclus_free_request(MPI_Request *request) { MPI_Request_free(request); }

/* Notes that an operation is not over on the communicator of an id. */
void mpiclus_open_id(uint64_t id) {
    mpiclus_known *list;
    int n = mpiclus_known_comms(&list);
    for (int i = 0; i < n; i++)
        if (list[i].id == id) list[i].open = 1;
}

/* Receives one message that nobody waits for: 1 when there was one. */
static int take(MPI_Comm comm) {
    MPI_Message message;
    MPI_Status st;
    int flag = 0, n = 0;
    if (MPI_Improbe(MPI_ANY_SOURCE, MPI_ANY_TAG, comm, &flag, &message, &st) != MPI_SUCCESS || !flag) return 0;
    MPI_Get_count(&st, MPI_BYTE, &n);
    char *into = n == MPI_UNDEFINED ? NULL : malloc(n > 0 ? n : 1);
    if (into == NULL) { /* too long: the message is taken and stays so */
        mpiclus_find_comm(comm)->left = 1;
        return 0;
    }
    int rc = MPI_Mrecv(into, n, MPI_BYTE, &message, &st);
    free(into);
    if (rc == MPI_SUCCESS) mpiclus_count_received(comm);
    return rc == MPI_SUCCESS;
}

/* Receives the messages that nobody waits for. */
void mpiclus_drain(void) {
    mpiclus_known *list;
    int n = mpiclus_known_comms(&list);
    MPI_Comm *comms = malloc(n * sizeof *comms); /* the list changes its order when it is asked */
    if (comms == NULL) return;
    for (int i = 0; i < n; i++) comms[i] = list[i].comm;
    for (int i = 0; i < n; i++)
        while (take(comms[i])) {}
    free(comms);
}

enum { FEW = 97 }; /* numbers that one exchange has room for, with their count */

/* Tells all ranks what each has to say: n numbers of this rank, as many as all together have into *all, which the caller
 * frees, with counts[r] those of rank r. Mostly each has a few, and then one exchange does. */
int mpiclus_exchange(const uint64_t *mine, int n, int size, int *counts, uint64_t **all) {
    uint64_t block[FEW] = {(uint64_t)n}, *blocks = malloc(size * sizeof block);
    int *places = malloc(size * sizeof *places), total = 0, many = 0;
    *all = NULL;
    int rc = blocks == NULL || places == NULL ? MPI_ERR_NO_MEM : MPI_SUCCESS;
    if (n < FEW) memcpy(block + 1, mine, n * sizeof *mine);
    if (rc == MPI_SUCCESS) rc = MPI_Allgather(block, FEW, MPI_UINT64_T, blocks, FEW, MPI_UINT64_T, MPI_COMM_WORLD);
    for (int r = 0; rc == MPI_SUCCESS && r < size; r++) {
        counts[r] = (int)blocks[r * FEW];
        places[r] = total;
        total += counts[r];
        many |= counts[r] >= FEW;
    }
    if (rc == MPI_SUCCESS && (*all = malloc((total > 0 ? total : 1) * sizeof **all)) == NULL) rc = MPI_ERR_NO_MEM;
    for (int r = 0; rc == MPI_SUCCESS && !many && r < size; r++) memcpy(*all + places[r], blocks + r * FEW + 1, counts[r] * sizeof **all);
    if (rc == MPI_SUCCESS && many) rc = MPI_Allgatherv(mine, n, MPI_UINT64_T, *all, counts, places, MPI_UINT64_T, MPI_COMM_WORLD);
    free(places);
    free(blocks);
    return rc;
}

/* Begins to count anew on a communicator that stays. */
void mpiclus_count_anew(MPI_Comm comm) {
    mpiclus_known *k = mpiclus_find_comm(comm);
    if (k == NULL) return;
    k->sent = k->received = k->balance = k->begun = 0;
    k->open = 0;
}

/* Ends a communicator of which nothing is left, of all of its ranks. */
int mpiclus_end_comm(MPI_Comm comm) {
    mpiclus_forget_comm(comm);
    return MPI_Comm_free(&comm);
}

/* Makes a communicator of all ranks, or of this one, whose errors return. */
int mpiclus_dup_of(int all, MPI_Comm *made) {
    int rc = MPI_Comm_dup(all ? MPI_COMM_WORLD : MPI_COMM_SELF, made);
    return rc == MPI_SUCCESS ? MPI_Comm_set_errhandler(*made, MPI_ERRORS_RETURN) : rc;
}

/* The library's own number of a communicator. (In MPICH MPI_Comm_c2f is a macro, which Go cannot call.) */
int mpiclus_comm_index(MPI_Comm comm) { return (int)MPI_Comm_c2f(comm); }
