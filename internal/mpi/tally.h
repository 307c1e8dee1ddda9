/*
 * What the script has done in its world since that was made, as far as it tells whether all of it is over: messages that
 * were sent and received, and collectives that were begun. Sums over all ranks tell whether something was left behind
 * (tally.c). Only who is inside of MPI touches it.
 */
#ifndef MPICLUS_TALLY_H
#define MPICLUS_TALLY_H

#include <mpi.h>
#include <stdint.h>

typedef struct {
    uint64_t sent, received; /* messages: of all ranks as many, when none is under way */
    uint64_t balance;        /* of collectives: the sum over all ranks is 0 when each was begun by all of its ranks */
    uint64_t apart;          /* calls of which this cannot be told: on windows, files, other jobs */
} mpiclus_tally;

extern mpiclus_tally mpiclus_done;

/* What a line of calls.h counts as. */
enum { MPICLUS_COUNTS_NOTHING, MPICLUS_COUNTS_TOGETHER, MPICLUS_COUNTS_APART };

void mpiclus_count_call(int counts, MPI_Comm comm);
void mpiclus_know_comm(MPI_Comm comm, uint64_t id, int rank, int size);
uint64_t mpiclus_child_id(MPI_Comm comm);
void mpiclus_forget_comm(MPI_Comm comm);
void mpiclus_forget_comms(void);

#endif
