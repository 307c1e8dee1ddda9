/*
 * The C side of the engine: one frame a call, one switch for all calls, one loop that waits.
 * Everything here is called through cgo by the Go files of this package.
 */
#ifndef MPICLUS_ENGINE_H
#define MPICLUS_ENGINE_H

#include <mpi.h>
#include <stddef.h>
#include <stdint.h>

#include "door.h"
#include "tally.h"

/* The major version of Open MPI, 0 for another library. */
#ifdef OPEN_MPI
enum { MPICLUS_OPEN_MPI = OMPI_MAJOR_VERSION };
#else
enum { MPICLUS_OPEN_MPI = 0 };
#endif

enum { MPICLUS_SLOTS = 40, MPICLUS_TEXT = 8192 };

/* A slot holds one argument or result: a handle of any kind fits, in Open MPI a pointer, in MPICH an int. */
typedef union {
    uint64_t u;
    int n;
    double d;
    MPI_Aint a;
    MPI_Offset offset;
    MPI_Count count;
    void *p;
    char *str;
    int *ints;
    int (*triples)[3];
    MPI_Aint *aints;
    MPI_Datatype *types;
    MPI_Comm comm;
    MPI_Group group;
    MPI_Datatype type;
    MPI_Op op;
    MPI_Info info;
    MPI_Request request;
    MPI_Message message;
    MPI_Errhandler errhandler;
    MPI_Win win;
    MPI_File file;
} mpiclus_slot;

enum { MPICLUS_NEW, MPICLUS_STARTED, MPICLUS_OVER };

/* What a frame waits for while it is started. */
enum { MPICLUS_WAIT_OWN, MPICLUS_WAIT_ALL, MPICLUS_WAIT_ANY, MPICLUS_WAIT_SOME, MPICLUS_TEST_STATUS };

/* What mpiclus_visit, mpiclus_run and mpiclus_wait return. */
enum { MPICLUS_DONE, MPICLUS_PENDING, MPICLUS_BUSY, MPICLUS_LEFT };

/* What a line of calls.h means for a frame (plan.go). */
typedef struct {
    int call, other;
    int detach;          /* the request goes to the script: do not wait for it */
    int adopt;           /* the call makes a communicator: give it an error handler and a shadow */
    int sends, receives; /* messages, if it has succeeded */
    int counts;          /* whether it is a collective (tally.h) */
    int talks;           /* it works on the communicator of its slot, or a message from there */
    int bound;           /* its slots hold handles that may end with their world: of communicators, of requests */
} mpiclus_plan;

typedef struct {
    mpiclus_slot s[MPICLUS_SLOTS];
    MPI_Request req[2];
    MPI_Status st[2];
    MPI_Status *sts; /* of the requests in many, as many */
    MPI_Request *many;
    int *indices;
    int nmany;    /* requests in many */
    int singly;   /* whether WAIT_SOME tests each of them by itself */
    int capacity; /* of many, sts, indices */
    int nout;     /* how many of them are complete; MPI_UNDEFINED when none is active */
    mpiclus_plan plan;
    int nreq; /* requests of req that this call started */
    int waits;
    int phase;
    int flag;
    int rc, class_; /* return code and its error class */
    int from_null;  /* receives from MPI_PROC_NULL, of which not every library tells in the status */
    int barrier;    /* run a non-blocking barrier first: the call itself cannot be left */
    uint64_t world;      /* the one whose handles its slots hold: the value of mpiclus_worlds in it */
    int detached;        /* its task has taken the requests that it has made */
    int outdated;        /* it was refused, since that world is over */
    uint64_t nth;        /* which collective on its communicator it is, from 1; 0: it is none that is counted */
    int placed;          /* whether it is known which ranks of MPI_COMM_WORLD those of a communicator are that it has made */
    int *ranks;          /* these, NULL if each has the same one there; the caller frees it */
    uint64_t on;         /* id of the communicator that its request is of, or that it has made; 0 if that is not known */
    int half;       /* the first of its requests was started, the second was not */
    int32_t owner;  /* number of the Go object */
    int32_t cancel; /* set to 1 by any thread: leave at once */
    void *rooms[4]; /* memory of results that are lists; rooms.c */
    int nrooms;
    uint64_t turn;  /* of the frame: which of its calls this is */
    char text[MPICLUS_TEXT];
} mpiclus_frame;

#define OTHER_COMM f->s[22].comm /* of the calls that send on two: own_send, own_isend */

int mpiclus_calls(void);
int mpiclus_init(int *provided);
void mpiclus_exit(int code);
int mpiclus_world_error(void);  /* of a call of gompi on MPI_COMM_WORLD since the last look */
int mpiclus_system_error(void); /* on the system communicator */
uint64_t mpiclus_world(void);
int mpiclus_max_tag(void);
void mpiclus_take_turns(void); /* from now on: ranks outnumber the processors */
int mpiclus_turns_taken(void); /* whether the library's waits do it */
int mpiclus_any(int yes); /* whether one rank of all says yes */
int mpiclus_file_open(MPI_Comm comm, const char *name, int amode, MPI_Info info, MPI_File *file);
int mpiclus_done_access(int rc, const MPI_Status *st, MPI_Request *request);
int mpiclus_win_made(int rc, const MPI_Win *win);
void mpiclus_end_epochs(MPI_Win win, int locked_all, const int *locked, int nlocked, int started, int posted);
int mpiclus_pack_size(int n, MPI_Datatype type, MPI_Comm comm, int *size);
int mpiclus_attribute(MPI_Comm comm, int key, int *found, int *value);
void mpiclus_null_status(MPI_Status *st);
MPI_Aint mpiclus_bytes_of(int n, MPI_Datatype type);
int mpiclus_pack_external(const char *rep, void *in, int n, MPI_Datatype type, void *out, MPI_Aint room, MPI_Aint *at);
int mpiclus_unpack_external(const char *rep, void *in, MPI_Aint room, MPI_Aint *at, void *out, int n, MPI_Datatype type);
int mpiclus_dims(int nodes, int n, const int *given, int *dims);
int mpiclus_pack(void *in, int n, MPI_Datatype type, void *out, MPI_Aint room, MPI_Aint at, MPI_Comm comm, MPI_Aint *after);
int mpiclus_unpack(void *in, MPI_Aint bytes, void *out, int n, MPI_Datatype type, MPI_Aint at, MPI_Comm comm, MPI_Aint *after);
int mpiclus_comm_free(MPI_Comm *comm, MPI_Comm *shadow, MPI_Comm *bulk);

/* A piece of memory that is sent as part of one message. */
typedef struct {
    uint64_t address, bytes;
} mpiclus_piece;

int mpiclus_isend_pieces(const mpiclus_piece *pieces, int n, int dest, int tag, MPI_Comm comm, MPI_Request *req);
int mpiclus_irecv_bytes(void *p, uint64_t bytes, int source, int tag, MPI_Comm comm, MPI_Request *req);
int mpiclus_bcast_bytes(void *p, uint64_t bytes, int root, MPI_Comm comm, MPI_Request *req);

/* A value that is on its way to a request (values.c), and how many there are. */
typedef struct mpiclus_incoming mpiclus_incoming;
int mpiclus_irecv_value(int source, int tag, MPI_Comm comm, MPI_Comm bulk, MPI_Request *req, void **state);
void mpiclus_forget_values(void);
int mpiclus_announces_on(MPI_Comm bulk);

/* Communicators that are being made (idup.c). */
typedef struct mpiclus_making mpiclus_making;
int mpiclus_idup(MPI_Comm comm, MPI_Comm parent, MPI_Request *req, void **state);
int mpiclus_make_comms(void);
int mpiclus_makes_from(MPI_Comm parent);
void mpiclus_forget_making(void);
void mpiclus_made_comms(void *state, int rank, int size, uint64_t *handles);
void mpiclus_free_making(void *state);
void mpiclus_value(void *state, char **packet, char **data, uint64_t *total);
void mpiclus_free_value(void *state);
int mpiclus_basic(MPI_Datatype type, MPI_Datatype *basic);
int mpiclus_unit(int bytes, MPI_Datatype *type);
void mpiclus_constants(uint64_t *values);
int mpiclus_reserve(mpiclus_frame *f, int n);
int mpiclus_room(mpiclus_frame *f, int result, int n, size_t size);
void mpiclus_free_rooms(mpiclus_frame *f);
int mpiclus_test(mpiclus_frame *f);
int mpiclus_visit(mpiclus_frame *f, int tests);
void mpiclus_message(mpiclus_frame *f, int tests);
void mpiclus_try(uintptr_t frame, int tests);
void mpiclus_repeat(uintptr_t frame, int tests);
int mpiclus_run(uintptr_t frame);
int mpiclus_wait(uintptr_t frame, int64_t spin_ns, int64_t limit_ns, int share);
int mpiclus_withdraw(mpiclus_frame *f);
void mpiclus_adopt(mpiclus_frame *f);
int mpiclus_cancel(MPI_Request request, mpiclus_frame *waiting, int index, uint64_t turn);
int mpiclus_orders(MPI_Datatype type, int size, int is_signed);
int mpiclus_own_ops(uint64_t *commutative, uint64_t *ordered);

/* The end of what was left (settle.c). */
void mpiclus_settle_begin(void);
void mpiclus_not_detached(mpiclus_frame *f);
void mpiclus_stays_open(mpiclus_frame *f);
int mpiclus_settle(mpiclus_frame *f, int first);
int mpiclus_settle_request(MPI_Request *request, int receives, MPI_Status *st);
void mpiclus_free_request(MPI_Request *request);
void mpiclus_open_id(uint64_t id);
void mpiclus_drain(void);
int mpiclus_exchange(const uint64_t *mine, int n, int size, int *counts, uint64_t **all);
void mpiclus_count_anew(MPI_Comm comm);
int mpiclus_end_comm(MPI_Comm comm);
int mpiclus_comm_index(MPI_Comm comm);
int mpiclus_dup_of(int all, MPI_Comm *made);

int mpiclus_compare(uint64_t a, uint64_t b, int *result);
int mpiclus_error(int code, char *text);

#endif
