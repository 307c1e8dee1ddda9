#define _GNU_SOURCE
#include "engine.h"

#include <dlfcn.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* gompi drops the return codes of its calls: this handler, on MPI_COMM_WORLD and on what gompi makes of it, keeps the
 * first that is no success. Those of MPI_COMM_WORLD are apart: libraries give it the errors of all that has no
 * communicator, a request of the script for one, which are none of who uses the system communicator next. */
static int world_error = MPI_SUCCESS, system_error = MPI_SUCCESS;

static void record(MPI_Comm *comm, int *code, ...) {
    int *kept = *comm == MPI_COMM_WORLD ? &world_error : &system_error;
    if (*kept == MPI_SUCCESS) *kept = *code;
}

static int taken(int *kept) {
    int code = *kept;
    *kept = MPI_SUCCESS;
    return code;
}

int mpiclus_world_error(void) { return taken(&world_error); }

int mpiclus_system_error(void) { return taken(&system_error); }

/*
 * Open MPI 4 takes locks of its own in every call as soon as a thread level above SINGLE was asked for, which makes a
 * small message half as long again. mpiclus_lock lets one thread at a time into MPI, so they guard nothing here: they
 * are turned off, unless MPICLUS_MPI_LOCKS=1 or the library provides MULTIPLE (docs/adr/0006).
 */
#if defined(OPEN_MPI) && OMPI_MAJOR_VERSION == 4
static void drop_library_locks(int provided) {
    const char *keep = getenv("MPICLUS_MPI_LOCKS");
    _Bool *locks = dlsym(RTLD_DEFAULT, "opal_uses_threads");
    char version[MPI_MAX_LIBRARY_VERSION_STRING];
    int n;
    if (locks == NULL || provided > MPI_THREAD_SERIALIZED) return;
    /* What runs may be another than what this was built with: Open MPI 5 has the same soname. */
    if (MPI_Get_library_version(version, &n) != MPI_SUCCESS || strncmp(version, "Open MPI v4.", 12) != 0) return;
    if (keep == NULL || strcmp(keep, "1") != 0) *locks = 0;
}
#else
static void drop_library_locks(int provided) { (void)provided; }
#endif

extern void mpiclusExit(int code);

static int exit_code = -1;

static void leave(void) {
    if (exit_code >= 0) mpiclusExit(exit_code);
}

/* Ends the process by way of the handlers of atexit, of which ours, which is older than MPI's, comes last. */
void mpiclus_exit(int code) {
    exit_code = code;
    exit(code);
}

int mpiclus_init(int *provided) {
    MPI_Errhandler handler;
    atexit(leave);
    int rc = MPI_Init_thread(NULL, NULL, MPI_THREAD_SERIALIZED, provided);
    if (rc != MPI_SUCCESS) return rc;
    drop_library_locks(*provided);
    if ((rc = MPI_Comm_create_errhandler(record, &handler)) != MPI_SUCCESS) return rc;
    if ((rc = MPI_Comm_set_errhandler(MPI_COMM_WORLD, handler)) != MPI_SUCCESS) return rc;
    if ((rc = MPI_Errhandler_free(&handler)) != MPI_SUCCESS) return rc;
    return MPI_Comm_set_errhandler(MPI_COMM_SELF, MPI_ERRORS_RETURN);
}

int mpiclus_compare(uint64_t a, uint64_t b, int *result) {
    mpiclus_slot x = {.u = a}, y = {.u = b};
    return MPI_Comm_compare(x.comm, y.comm, result);
}

uint64_t mpiclus_world(void) {
    mpiclus_slot x = {.u = 0};
    x.comm = MPI_COMM_WORLD;
    return x.u;
}

int mpiclus_error(int code, char *text) {
    int n, class = MPI_ERR_UNKNOWN;
    MPI_Error_class(code, &class);
    if (MPI_Error_string(code, text, &n) != MPI_SUCCESS) text[0] = 0;
    return class;
}

/* Reductions with ops of the script that sit in the library. One call at a time is inside of MPI, and only that call's
 * op can run there, so one function serves all ops: it asks who is inside. */
extern void mpiclusReduce(int32_t owner, uintptr_t in, uintptr_t inout, int n, uint64_t type);

static void reduce(void *in, void *inout, int *n, MPI_Datatype *type) {
    mpiclus_slot t = {.u = 0};
    t.type = *type;
    mpiclusReduce(mpiclus_owner, (uintptr_t)in, (uintptr_t)inout, *n, t.u);
}

/* Tells whether MAX and MIN compare 1 and the number whose bits are all set as numbers of a type of that many bytes. */
int mpiclus_orders(MPI_Datatype type, int size, int is_signed) {
    for (int greatest = 0; greatest < 2; greatest++) {
        _Alignas(8) uint8_t one[8] = {0}, all[8], want[8];
        uint64_t bits = 1;
        memset(all, 0xff, sizeof all);
        if (size == 1) one[0] = 1;
        else if (size == 2) memcpy(one, &(uint16_t){1}, 2);
        else if (size == 4) memcpy(one, &(uint32_t){1}, 4);
        else memcpy(one, &bits, 8);
        memcpy(want, (greatest != 0) == (is_signed != 0) ? one : all, sizeof want);
        if (MPI_Reduce_local(one, all, 1, type, greatest ? MPI_MAX : MPI_MIN) != MPI_SUCCESS) return 0;
        if (memcmp(all, want, size) != 0) return 0;
    }
    return 1;
}

/* Makes the two ops that stand for all ops of the script: those that commute, and those that do not. */
int mpiclus_own_ops(uint64_t *commutative, uint64_t *ordered) {
    mpiclus_slot c = {.u = 0}, o = {.u = 0};
    int rc = MPI_Op_create(reduce, 1, &c.op);
    if (rc == MPI_SUCCESS) rc = MPI_Op_create(reduce, 0, &o.op);
    *commutative = c.u;
    *ordered = o.u;
    return rc;
}

int mpiclus_any(int yes) {
    int any = yes;
    MPI_Allreduce(&yes, &any, 1, MPI_INT, MPI_MAX, MPI_COMM_WORLD);
    return any;
}

/* Frees a communicator and its duplicates, of which no request is. The script's own comes first: if that fails, nothing has
 * changed. Requests are not counted on an inter-communicator: the one of its long streams is left if a value still to come
 * may need it, since the second receive of such a value may not be posted yet. */
int mpiclus_comm_free(MPI_Comm *comm, MPI_Comm *shadow, MPI_Comm *bulk) {
    MPI_Comm gone = *comm;
    int rc = MPI_Comm_free(comm);
    if (rc != MPI_SUCCESS) return rc;
    mpiclus_forget_comm(gone);
    mpiclus_forget_comm(*shadow);
    mpiclus_forget_comm(*bulk);
    int second = *shadow == MPI_COMM_NULL ? MPI_SUCCESS : MPI_Comm_free(shadow);
    int third = *bulk == MPI_COMM_NULL || mpiclus_announces_on(*bulk) ? MPI_SUCCESS : MPI_Comm_free(bulk);
    return second != MPI_SUCCESS ? second : third;
}

/* Predefined attributes are pointers to their values. Those of a communicator hold for its duplicates only. Others, which
 * belong to libraries, hold what only these know. */
int mpiclus_attribute(MPI_Comm comm, int key, int *found, int *value) {
    static const int known[] = {MPI_TAG_UB, MPI_HOST, MPI_IO, MPI_WTIME_IS_GLOBAL, MPI_UNIVERSE_SIZE, MPI_LASTUSEDCODE, MPI_APPNUM};
    int *at = NULL, predefined = 0;
    (void)comm;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) predefined |= key == known[i];
    if (!predefined) return MPI_ERR_KEYVAL;
    int rc = MPI_Comm_get_attr(MPI_COMM_WORLD, key, &at, found);
    *value = rc == MPI_SUCCESS && *found && at != NULL ? *at : 0;
    return rc;
}

int mpiclus_max_tag(void) {
    int value = 0, found = 0;
    if (mpiclus_attribute(MPI_COMM_WORLD, MPI_TAG_UB, &found, &value) != MPI_SUCCESS || !found) return 32767;
    return value;
}

/* Makes the errors of a new window return, if making it has succeeded: windows do not inherit that from their communicator. */
int mpiclus_win_made(int rc, const MPI_Win *win) { return rc != MPI_SUCCESS ? rc : MPI_Win_set_errhandler(*win, MPI_ERRORS_RETURN); }

/* Ends the epochs of a window that is left at the end: MPICH over UCX dies in MPI_Finalize otherwise. One that other ranks
 * are to end gets some time for that. */
void mpiclus_end_epochs(MPI_Win win, int locked_all, const int *locked, int nlocked, int started, int posted) {
#ifndef OPEN_MPI
    enum { LOOKS = 200 };
    int over = 0;
    if (locked_all) MPI_Win_unlock_all(win);
    for (int i = 0; i < nlocked; i++) MPI_Win_unlock(locked[i], win);
    if (started) MPI_Win_complete(win);
    for (int i = 0; posted && !over && i < LOOKS; i++) {
        struct timespec pause = {0, 1000000};
        if (MPI_Win_test(win, &over) != MPI_SUCCESS) return;
        if (!over) nanosleep(&pause, NULL);
    }
#else
    (void)win, (void)locked_all, (void)locked, (void)nlocked, (void)started, (void)posted;
#endif
}
