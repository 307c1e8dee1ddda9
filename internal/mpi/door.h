/*
 * The one door into MPI. The library is used by one thread at a time: whoever calls it enters here and leaves here, be it
 * for a call of the script, for the frames of the link, or for the session itself through gompi.
 */
#ifndef MPICLUS_DOOR_H
#define MPICLUS_DOOR_H

#include <stdint.h>

/* Who is inside: the number of a frame's Go object, or one of these. */
enum { MPICLUS_NOBODY = -1, MPICLUS_SESSION = -2, MPICLUS_LINK = -3 };

extern int32_t mpiclus_lock;  /* 1 while somebody is inside */
extern int32_t mpiclus_owner; /* who that is: an op that MPI runs belongs to its operation */
extern int mpiclus_looks;     /* of the library in vain, since somebody entered (turns.c) */
extern int mpiclus_nincoming; /* what is to be moved on at each visit: values (values.c), communicators (idup.c) */
void mpiclus_receive_values(void);
void mpiclus_receive_inside(int yes);
int mpiclus_receive_for_sitting(void);

/* Enters if nobody is inside: 1 when it did. It never waits. */
static inline int mpiclus_enter(int32_t owner) {
    if (__atomic_exchange_n(&mpiclus_lock, 1, __ATOMIC_ACQUIRE) != 0) return 0;
    mpiclus_owner = owner;
    mpiclus_looks = 0;
    if (mpiclus_nincoming > 0) mpiclus_receive_values();
    return 1;
}

static inline void mpiclus_leave(void) {
    mpiclus_owner = MPICLUS_NOBODY;
    __atomic_store_n(&mpiclus_lock, 0, __ATOMIC_RELEASE);
}

/* The same for Go. */
int mpiclus_door_enter(int32_t owner);
void mpiclus_door_leave(void);

#endif
