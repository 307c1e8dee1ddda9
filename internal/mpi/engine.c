#include "engine.h"

#include <stdlib.h>
#include <string.h>

/* The names that the lines of calls.h are written with. s is the frame's slots. */
#define SEND s[0].p, s[1].n, s[2].type
#define RECV s[3].p, s[4].n, s[5].type
#define SENDV s[0].p, s[13].ints, s[14].ints, s[2].type
#define RECVV s[3].p, s[15].ints, s[16].ints, s[5].type
#define SENDW s[0].p, s[13].ints, s[14].ints, s[17].types
#define RECVW s[3].p, s[15].ints, s[16].ints, s[18].types
#define REDUCE s[0].p, s[3].p, s[1].n, s[2].type, s[6].op
#define REDUCEB s[0].p, s[3].p, s[4].n, s[5].type, s[6].op
#define REDUCEV s[0].p, s[3].p, s[15].ints, s[5].type, s[6].op
#define OPER s[6].op
#define ROOT s[7].n
#define PEER s[8].n
#define TAG s[9].n
#define PEER2 s[10].n
#define TAG2 s[11].n
#define COMM s[12].comm
#define TARGET s[17].n, s[18].type /* as many elements of the same type as here */
#define COMPARE s[16].p
#define WIN s[19].win
#define X(i) s[20 + (i)]
#define R(i) s[32 + (i)]
#define REQ (&f->req[0])
#define REQ2 (&f->req[1])
#define STATUS (&f->st[0])
#define FLAG (&f->flag)
#define TEXT f->text
#define NONE MPI_SUCCESS
#define SIZED(ask, rooms, fill) ((f->rc = (ask)) != MPI_SUCCESS ? f->rc : (1 rooms) ? (fill) : MPI_ERR_NO_MEM)
#define ROOM(i, n, type) && mpiclus_room(f, i, n, sizeof(type))
#define ENDED(file) ((void)(file), MPI_SUCCESS) /* an access in two steps, of which the first has done all */
#define DONE(access) mpiclus_done_access(access, STATUS, REQ) /* files.c */
#define BOTH(a, b) ((f->rc = (a)) == MPI_SUCCESS ? (f->nreq = 2, (b)) : f->rc)

enum { P2P, POLL, START, COLL, SYNC, LOCAL, NATIVE, HAND, TWIN };

enum {
#define CALL(name, class, since, section, args, results, call, other, doc) CALL_##name,
#include "table/calls.h"
#undef CALL
    CALLS
};

static const unsigned char classes[] = {
#define CALL(name, class, since, section, args, results, call, other, doc) class,
#include "table/calls.h"
#undef CALL
};

int mpiclus_calls(void) { return CALLS; }

#define FROM_M31(x) x
#if MPI_VERSION >= 4
#define FROM_M40(x) x
#else
#define FROM_M40(x) MPI_ERR_UNSUPPORTED_OPERATION
#endif

static int dispatch(mpiclus_frame *f) {
    mpiclus_slot *s = f->s;
    switch (f->plan.call * 2 + f->plan.other) {
#define CALL(name, class, since, section, args, results, call, other, doc) \
    case CALL_##name * 2:                                                  \
        return FROM_##since(call);                                         \
    case CALL_##name * 2 + 1:                                              \
        return FROM_##since(other);
#include "table/calls.h"
#undef CALL
    }
    return MPI_ERR_ARG;
}

void mpiclus_constants(uint64_t *values) {
    mpiclus_slot v;
    int i = 0;
#define VALUE_INT(x) v.n = x
#define VALUE_ERROR(x) v.n = x
#define VALUE_OWN(x) v.n = 0
#define VALUE_SPECIAL(x) v.p = x
#define VALUE_COMM(x) v.comm = x
#define VALUE_GROUP(x) v.group = x
#define VALUE_TYPE(x) v.type = x
#define VALUE_OP(x) v.op = x
#define VALUE_INFO(x) v.info = x
#define VALUE_REQUEST(x) v.request = x
#define VALUE_MESSAGE(x) v.message = x
#define VALUE_ERRHANDLER(x) v.errhandler = x
#define VALUE_WIN(x) v.win = x
#define VALUE_FILE(x) v.file = x
#define MPI_TWOINT MPI_2INT
#define CONST(kind, name, doc)   \
    memset(&v, 0, sizeof v);     \
    VALUE_##kind(MPI_##name);    \
    values[i++] = v.u;
#include "table/constants.h"
#undef CONST
}

/* Fills in class and text of a return code. */
static void explain(mpiclus_frame *f) {
    int n;
    if (f->rc == MPI_SUCCESS) return;
    if (MPI_Error_class(f->rc, &f->class_) != MPI_SUCCESS) f->class_ = MPI_ERR_UNKNOWN;
    if (MPI_Error_string(f->rc, f->text, &n) != MPI_SUCCESS) f->text[0] = 0;
}

/* Gives how many neighbours a process has to receive from (upper half) and to send to (lower half). */
static uint64_t degrees(MPI_Comm comm) {
    int kind = MPI_UNDEFINED, in = 0, out = 0, rank = 0, weighted = 0;
    MPI_Topo_test(comm, &kind);
    if (kind == MPI_CART) {
        MPI_Cartdim_get(comm, &in);
        in = out = 2 * in;
    } else if (kind == MPI_GRAPH) {
        MPI_Comm_rank(comm, &rank);
        MPI_Graph_neighbors_count(comm, rank, &in);
        out = in;
    } else if (kind == MPI_DIST_GRAPH) {
        MPI_Dist_graph_neighbors_count(comm, &in, &out, &weighted);
    }
    return (uint64_t)in << 32 | (uint32_t)out;
}

/* MPICH 4.0 dies in MPI_Comm_create_group on a communicator whose group nobody has asked for. */
static void know_group(MPI_Comm comm) {
    MPI_Group group;
    if (MPI_Comm_group(comm, &group) == MPI_SUCCESS) MPI_Group_free(&group);
}

/* Gives the ranks in MPI_COMM_WORLD of those of a communicator, NULL if each has the same one there, or for want of memory:
 * then *known is 0. */
static int *world_ranks(MPI_Comm comm, int size, int *known) {
    MPI_Group all, here;
    int same = 1, *ranks = malloc(2 * (size_t)size * sizeof *ranks);
    *known = 0;
    if (ranks == NULL || MPI_Comm_group(MPI_COMM_WORLD, &all) != MPI_SUCCESS) {
        free(ranks);
        return NULL;
    }
    if (MPI_Comm_group(comm, &here) == MPI_SUCCESS) {
        for (int i = 0; i < size; i++) ranks[size + i] = i;
        *known = MPI_Group_translate_ranks(here, size, ranks + size, all, ranks) == MPI_SUCCESS;
        MPI_Group_free(&here);
    }
    MPI_Group_free(&all);
    int total = 0;
    MPI_Comm_size(MPI_COMM_WORLD, &total);
    for (int i = 0; i < size; i++) same = same && ranks[i] == i;
    if (*known && !(same && size == total)) return ranks;
    free(ranks);
    return NULL;
}

/* Has what is done on a communicator and its duplicates counted: its rank 0 gives it an id that no other has. */
static int know(MPI_Comm made, MPI_Comm shadow, MPI_Comm bulk, int rank, int size, uint64_t *known) {
    static uint64_t named;
    uint64_t id = 0;
    if (rank == 0) {
        int self = 0;
        MPI_Comm_rank(MPI_COMM_WORLD, &self);
        id = (uint64_t)self << 40 | ++named << MPICLUS_ID_BITS;
    }
    int rc = MPI_Bcast(&id, 1, MPI_UINT64_T, 0, made);
    if (rc != MPI_SUCCESS) return rc;
    mpiclus_know_comm(made, id, rank, size);
    mpiclus_know_comm(shadow, id | MPICLUS_ID_SHADOW, rank, size);
    mpiclus_know_comm(bulk, id | MPICLUS_ID_BULK, rank, size);
    *known = id;
    return MPI_SUCCESS;
}

/* Gives a communicator that a call made what every one of ours has: errors that return, and two duplicates for the
 * lower-case calls: one for the messages that announce a value, one for what does not fit into those. */
void mpiclus_adopt(mpiclus_frame *f) {
    mpiclus_slot *s = f->s;
    MPI_Comm made = R(0).comm;
    R(1).comm = R(6).comm = MPI_COMM_NULL;
    f->placed = 0;
    f->ranks = NULL;
    if (made == MPI_COMM_NULL) return;
    MPI_Comm_set_errhandler(made, MPI_ERRORS_RETURN);
    MPI_Comm_rank(made, &R(2).n);
    MPI_Comm_size(made, &R(3).n);
    MPI_Comm_test_inter(made, &R(4).n);
    R(5).n = 0;
    if (R(4).n) MPI_Comm_remote_size(made, &R(5).n);
    R(7).u = degrees(made);
    f->rc = MPI_Comm_dup(made, &R(1).comm);
    if (f->rc == MPI_SUCCESS) f->rc = MPI_Comm_dup(made, &R(6).comm);
    know_group(made);
    if (f->rc == MPI_SUCCESS) know_group(R(1).comm);
    if (f->rc == MPI_SUCCESS && !R(4).n) f->rc = know(made, R(1).comm, R(6).comm, R(2).n, R(3).n, &f->on);
    if (f->rc == MPI_SUCCESS) {
        if (!R(4).n) f->ranks = world_ranks(made, R(3).n, &f->placed);
        return;
    }
    /* All ranks have this error, mostly that the library has no more of them: none is to be lost. */
    if (R(6).comm != MPI_COMM_NULL) MPI_Comm_free(&R(6).comm);
    if (R(1).comm != MPI_COMM_NULL) MPI_Comm_free(&R(1).comm);
    MPI_Comm_free(&R(0).comm);
}

void mpiclus_null_status(MPI_Status *st) {
    st->MPI_SOURCE = MPI_PROC_NULL;
    st->MPI_TAG = MPI_ANY_TAG;
    MPI_Status_set_elements(st, MPI_BYTE, 0);
    MPI_Status_set_cancelled(st, 0);
}

/* Testsome by a test of each request. MPICH 4.2 takes the error of a persistent request out of the status that its own Testsome returns. */
static int test_singly(mpiclus_frame *f) {
    int rc = MPI_SUCCESS, active = 0;
    f->nout = 0;
    for (int i = 0; i < f->nmany; i++) {
        if (f->many[i] == MPI_REQUEST_NULL) continue;
        active = 1;
        MPI_Status *st = &f->sts[f->nout];
        int flag = 0, of_this = MPI_Test(&f->many[i], &flag, st);
        if (!flag) { /* an error is then one of the test: the request goes on */
            if (of_this != MPI_SUCCESS) rc = of_this;
            continue;
        }
        st->MPI_ERROR = of_this;
        f->indices[f->nout++] = i;
        if (of_this != MPI_SUCCESS && rc == MPI_SUCCESS) rc = MPI_ERR_IN_STATUS;
    }
    if (!active) f->nout = MPI_UNDEFINED;
    return rc;
}

/* Counts a call that begins if it is a collective. */
static void count_call(mpiclus_frame *f) {
    if (!f->plan.counts) return;
    uint64_t nth = mpiclus_count_call(f->plan.counts, f->s[12].comm);
    __atomic_store_n(&f->nth, nth, __ATOMIC_RELAXED);
}

/* Tests the started operation once: 1 when it is over, with the return code in rc. */
int mpiclus_test(mpiclus_frame *f) {
    int flag = 0;
    if (f->barrier) {
        f->rc = MPI_Test(&f->req[0], &flag, MPI_STATUS_IGNORE);
        if (f->rc != MPI_SUCCESS) return 1;
        if (!flag) return 0;
        f->barrier = 0;
        count_call(f);
        f->rc = dispatch(f);
        return 1;
    }
    switch (f->waits) {
    case MPICLUS_WAIT_ALL:
        f->rc = MPI_Testall(f->nmany, f->many, &flag, f->sts);
        return flag || f->rc != MPI_SUCCESS;
    case MPICLUS_WAIT_ANY:
        f->rc = MPI_Testany(f->nmany, f->many, &f->nout, &flag, f->st);
        return flag || f->rc != MPI_SUCCESS;
    case MPICLUS_WAIT_SOME:
        f->nout = 0;
        f->rc = f->singly ? test_singly(f) : MPI_Testsome(f->nmany, f->many, &f->nout, f->indices, f->sts);
        return f->nout != 0 || f->rc != MPI_SUCCESS;
    case MPICLUS_TEST_STATUS:
        f->rc = MPI_Request_get_status(f->req[0], &f->flag, f->st);
        return 1;
    }
    if (f->nreq == 0) { /* POLL */
        f->rc = dispatch(f);
        return f->flag || f->rc != MPI_SUCCESS;
    }
    for (int i = 0; i < f->nreq; i++) {
        if (f->req[i] == MPI_REQUEST_NULL) continue;
        int rc = MPI_Test(&f->req[i], &flag, &f->st[i]);
        if (rc != MPI_SUCCESS) {
            if (f->rc == MPI_SUCCESS) f->rc = rc;
            if (f->nreq > 1) f->req[i] = MPI_REQUEST_NULL; /* of one the caller wants to know whether the library freed it */
        } else if (!flag) {
            return 0;
        }
    }
    return 1;
}

static void count_sent(mpiclus_frame *f) {
    if (!f->plan.sends || f->s[8].n == MPI_PROC_NULL) return;
    mpiclus_count_sent(f->s[12].comm);
    if (f->plan.sends > 1) mpiclus_count_sent(OTHER_COMM);
}

/* Notes which communicator the request that was started is of. */
static void begun_on(mpiclus_frame *f) {
    mpiclus_known *k = mpiclus_find_comm(f->s[12].comm);
    f->on = k == NULL ? 0 : k->id;
}

/* Ends a call that waited for the door while the world was renewed: its handles may be of communicators that are gone. */
static void refuse(mpiclus_frame *f) {
    f->rc = MPI_ERR_COMM;
    f->outdated = 1;
}

/* Starts a new frame: 1 when it is over at once. */
static int start(mpiclus_frame *f) {
    int class = classes[f->plan.call];
    if (f->plan.bound && f->world != mpiclus_worlds) {
        refuse(f);
        return 1;
    }
    f->rc = MPI_SUCCESS;
    f->req[0] = f->req[1] = MPI_REQUEST_NULL;
    if (class != LOCAL) /* which may work on a status of the script */
        f->st[0].MPI_SOURCE = MPI_UNDEFINED; /* where a library leaves it so, nothing is known of the message */
    f->st[0].MPI_ERROR = f->st[1].MPI_ERROR = MPI_SUCCESS;
    f->nreq = class == P2P || (class == COLL && f->plan.other);
    f->phase = MPICLUS_STARTED;
    if (f->barrier) {
        __atomic_store_n(&f->nth, mpiclus_count_call(MPICLUS_COUNTS_TOGETHER, f->s[12].comm), __ATOMIC_RELAXED);
        f->rc = MPI_Ibarrier(f->s[12].comm, &f->req[0]);
        return f->rc != MPI_SUCCESS;
    }
    if (class == POLL) return 0;
    count_call(f);
    int sits = class != LOCAL && f->nreq == 0 && mpiclus_nincoming > 0;
    if (sits) mpiclus_receive_inside(1);
    f->rc = dispatch(f);
    if (sits) mpiclus_receive_inside(0);
    if (f->rc == MPI_SUCCESS) {
        count_sent(f);
        if (f->plan.talks && (f->plan.detach || f->plan.call == CALL_Comm_idup)) begun_on(f);
    } else if (f->nreq == 2 && f->req[0] != MPI_REQUEST_NULL) { /* half of a Sendrecv */
        MPI_Cancel(&f->req[0]);
        MPI_Request_free(&f->req[0]);
        f->half = 1;
        mpiclus_done.apart++;
        mpiclus_known *k = mpiclus_find_comm(f->s[12].comm);
        if (k != NULL) k->left = 1;
    }
    return f->rc != MPI_SUCCESS || f->nreq == 0 || f->plan.detach;
}

/* Counts the message that a call has received itself. A request counts when the script has waited for it. */
static void count_received(mpiclus_frame *f) {
    if (f->plan.receives && !f->plan.detach && f->rc == MPI_SUCCESS && !f->from_null && f->st[0].MPI_SOURCE != MPI_PROC_NULL)
        mpiclus_count_received(f->s[12].comm);
}

static void finish(mpiclus_frame *f) {
    f->phase = MPICLUS_OVER;
    count_received(f);
    if (f->rc == MPI_SUCCESS && f->plan.adopt) mpiclus_adopt(f);
    if (f->from_null) mpiclus_null_status(&f->st[0]);
    explain(f);
}

/* What mpiclus_visit does, for a new frame of a message with one request and nothing else to look at. */
void mpiclus_message(mpiclus_frame *f, int tests) {
    int flag = 0;
    f->req[0] = MPI_REQUEST_NULL;
    f->st[0].MPI_SOURCE = MPI_UNDEFINED;
    f->st[0].MPI_ERROR = MPI_SUCCESS;
    f->nreq = 1;
    if (f->world == mpiclus_worlds)
        f->rc = dispatch(f);
    else
        refuse(f);
    if (f->rc == MPI_SUCCESS && f->plan.sends) mpiclus_count_sent(f->s[12].comm); /* PROC_NULL does not come this way */
    while (f->rc == MPI_SUCCESS && !flag && tests-- > 0) {
        if (mpiclus_nincoming > 0) mpiclus_receive_values();
        f->rc = MPI_Test(&f->req[0], &flag, &f->st[0]);
    }
    if (f->rc != MPI_SUCCESS) f->req[0] = MPI_REQUEST_NULL;
    f->phase = MPICLUS_STARTED;
    if (flag || f->rc != MPI_SUCCESS) finish(f);
}

/* One visit to MPI, with the lock held: starts what is new, then up to tests tests. */
int mpiclus_visit(mpiclus_frame *f, int tests) {
    if (f->phase == MPICLUS_NEW && start(f)) {
        finish(f);
        return MPICLUS_DONE;
    }
    while (tests-- > 0) {
        if (mpiclus_nincoming > 0) mpiclus_receive_values();
        if (mpiclus_test(f)) {
            finish(f);
            return MPICLUS_DONE;
        }
    }
    return MPICLUS_PENDING;
}
