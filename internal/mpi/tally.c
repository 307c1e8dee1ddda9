#include "tally.h"

#include <stdlib.h>
#include <string.h>

mpiclus_tally mpiclus_done;

/* A communicator that collectives are counted on: each call adds its weight to the balance. The weights of its ranks,
 * numbers that look random, add up to 0. So do the balances of all ranks if, and save for a chance of 1 to 2^64 only if,
 * all ranks of each communicator have begun as many calls on it. */
typedef struct {
    MPI_Comm comm;
    uint64_t weight, id, children;
} known;

static known *comms;
static int ncomms, capacity, last;

static uint64_t mix(uint64_t x) {
    x += 0x9e3779b97f4a7c15;
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
    x = (x ^ x >> 27) * 0x94d049bb133111eb;
    return x ^ x >> 31;
}

static uint64_t weight(uint64_t id, int rank, int size) {
    if (rank != 0) return mix(mix(id) + (uint64_t)rank);
    uint64_t others = 0;
    for (int r = 1; r < size; r++) others += mix(mix(id) + (uint64_t)r);
    return -others;
}

static known *find(MPI_Comm comm) {
    if (last < ncomms && comms[last].comm == comm) return &comms[last];
    for (int i = 0; i < ncomms; i++)
        if (comms[i].comm == comm) {
            last = i;
            return &comms[i];
        }
    return NULL;
}

/* Counts collectives on a communicator from now on. All of its ranks give the same id. One that is not known for want of
 * memory counts as one of which nothing can be told. */
void mpiclus_know_comm(MPI_Comm comm, uint64_t id, int rank, int size) {
    if (ncomms == capacity) {
        int room = capacity == 0 ? 16 : 2 * capacity;
        known *more = realloc(comms, room * sizeof *more);
        if (more == NULL) return;
        comms = more;
        capacity = room;
    }
    comms[ncomms++] = (known){comm, weight(id, rank, size), id, 0};
}

/* Gives an id to a communicator that is to be made from another one, the same on all ranks, which make such ones in the
 * same order: 0 when they cannot know. */
uint64_t mpiclus_child_id(MPI_Comm comm) {
    known *k = find(comm);
    return k == NULL ? 0 : mix(k->id + ++k->children) & ~(uint64_t)1;
}

/* Ends that: the handle may be one of another communicator soon. */
void mpiclus_forget_comm(MPI_Comm comm) {
    known *k = find(comm);
    if (k != NULL) *k = comms[--ncomms];
}

void mpiclus_forget_comms(void) { ncomms = 0; }

void mpiclus_count_call(int counts, MPI_Comm comm) {
    known *k = counts == MPICLUS_COUNTS_TOGETHER ? find(comm) : NULL;
    if (k != NULL)
        mpiclus_done.balance += k->weight;
    else
        mpiclus_done.apart++;
}
