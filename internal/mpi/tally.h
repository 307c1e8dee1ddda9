/*
 * What the script has done in its world since that was made, as far as it tells whether all of it is over: messages that
 * were sent and received, and collectives that were begun, in all and on each communicator. Sums over all ranks tell
 * whether something was left behind (tally.c). Only who is inside of MPI touches it.
 */
#ifndef MPICLUS_TALLY_H
#define MPICLUS_TALLY_H

#include <mpi.h>
#include <stdint.h>

typedef struct {
    uint64_t sent, received; /* messages: of all ranks as many, when none is under way */
    uint64_t balance;        /* of collectives: the sum over all ranks is 0 when each was begun by all of its ranks */
    uint64_t begun;          /* collectives on the world of the script, whose id is world */
    uint64_t world;
    uint64_t apart;          /* calls of which this cannot be told: on windows, files, other jobs */
} mpiclus_tally;

extern mpiclus_tally mpiclus_done;
extern uint64_t mpiclus_worlds; /* how many worlds there were so far: each renewal begins one */

/* A communicator that is counted on. */
typedef struct {
    MPI_Comm comm;
    uint64_t id;     /* the same on all of its ranks, of no other ever */
    uint64_t weight; /* what a collective adds to the balance */
    uint64_t children;
    uint64_t sent, received, balance; /* as above, here alone */
    uint64_t begun;  /* collectives, here alone */
    int size;
    int left; /* something was left on it for good */
    int open; /* something on it is not over, as of the last look */
} mpiclus_known;

/* What a line of calls.h counts as. */
enum { MPICLUS_COUNTS_NOTHING, MPICLUS_COUNTS_TOGETHER, MPICLUS_COUNTS_APART };

/* The ids of a communicator's duplicates follow from its own, of which the last bits are 0. */
enum { MPICLUS_ID_SHADOW = 1, MPICLUS_ID_BULK = 2, MPICLUS_ID_BITS = 2 };

uint64_t mpiclus_count_call(int counts, MPI_Comm comm);
mpiclus_tally mpiclus_counts(void);
void mpiclus_count_sent(MPI_Comm comm);
void mpiclus_count_received(MPI_Comm comm);
void mpiclus_know_comm(MPI_Comm comm, uint64_t id, int rank, int size);
mpiclus_known *mpiclus_find_comm(MPI_Comm comm);
int mpiclus_known_comms(mpiclus_known **list);
uint64_t mpiclus_child_id(MPI_Comm comm);
void mpiclus_forget_comm(MPI_Comm comm);

#endif
