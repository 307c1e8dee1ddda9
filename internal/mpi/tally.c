#include "tally.h"

#include <stdlib.h>

mpiclus_tally mpiclus_done;
uint64_t mpiclus_worlds;

/* Each collective on a communicator adds its weight to the balance. The weights of its ranks, numbers that look random,
 * add up to 0. So do the balances of all ranks if, and save for a chance of 1 to 2^64 only if, all ranks of each
 * communicator have begun as many calls on it. */
static mpiclus_known *comms; /* the one asked for last is the first */
static int ncomms, capacity;

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

/* Gives what is known of a communicator, until the next call that asks; NULL if nothing is. */
mpiclus_known *mpiclus_find_comm(MPI_Comm comm) {
    if (ncomms > 0 && comms->comm == comm) return comms;
    for (int i = 1; i < ncomms; i++)
        if (comms[i].comm == comm) {
            mpiclus_known first = comms[0];
            comms[0] = comms[i];
            comms[i] = first;
            return comms;
        }
    return NULL;
}

/* Gives all that are known, and their number. */
int mpiclus_known_comms(mpiclus_known **list) {
    *list = comms;
    return ncomms;
}

/* Counts on a communicator from now on. All of its ranks give the same id. One that is not known for want of memory counts
 * as one of which nothing can be told. */
void mpiclus_know_comm(MPI_Comm comm, uint64_t id, int rank, int size) {
    if (ncomms == capacity) {
        int room = capacity == 0 ? 16 : 2 * capacity;
        mpiclus_known *more = realloc(comms, room * sizeof *more);
        if (more == NULL) return;
        comms = more;
        capacity = room;
    }
    comms[ncomms++] = (mpiclus_known){.comm = comm, .id = id, .weight = weight(id, rank, size), .size = size};
}

/* Gives an id to a communicator that is to be made from another one, the same on all ranks, which make such ones in the
 * same order: 0 when they cannot know. */
uint64_t mpiclus_child_id(MPI_Comm comm) {
    mpiclus_known *k = mpiclus_find_comm(comm);
    return k == NULL ? 0 : mix(k->id + ++k->children) >> MPICLUS_ID_BITS << MPICLUS_ID_BITS;
}

/* Ends that: the handle may be one of another communicator soon. */
void mpiclus_forget_comm(MPI_Comm comm) {
    mpiclus_known *k = mpiclus_find_comm(comm);
    if (k != NULL) *k = comms[--ncomms];
}

/* Counts a call that begins, and returns which collective it is on its communicator, from 1; 0 if that is not known. */
uint64_t mpiclus_count_call(int counts, MPI_Comm comm) {
    mpiclus_known *k = counts == MPICLUS_COUNTS_TOGETHER ? mpiclus_find_comm(comm) : NULL;
    if (k != NULL) {
        if (k->id >> MPICLUS_ID_BITS == mpiclus_done.world >> MPICLUS_ID_BITS) mpiclus_done.begun++;
        mpiclus_done.balance += k->weight;
        k->balance += k->weight;
        return ++k->begun;
    }
    mpiclus_done.apart++;
    return 0;
}

/* Gives the counts to who is not inside of MPI: each is one that it had, or is about to have. */
mpiclus_tally mpiclus_counts(void) {
    return (mpiclus_tally){
        .sent = __atomic_load_n(&mpiclus_done.sent, __ATOMIC_ACQUIRE),
        .received = __atomic_load_n(&mpiclus_done.received, __ATOMIC_ACQUIRE),
        .balance = __atomic_load_n(&mpiclus_done.balance, __ATOMIC_ACQUIRE),
        .begun = __atomic_load_n(&mpiclus_done.begun, __ATOMIC_ACQUIRE),
        .apart = __atomic_load_n(&mpiclus_done.apart, __ATOMIC_ACQUIRE),
    };
}

void mpiclus_count_sent(MPI_Comm comm) {
    mpiclus_known *k = mpiclus_find_comm(comm);
    mpiclus_done.sent++;
    if (k != NULL) k->sent++;
}

void mpiclus_count_received(MPI_Comm comm) {
    mpiclus_known *k = mpiclus_find_comm(comm);
    mpiclus_done.received++;
    if (k != NULL) k->received++;
}
