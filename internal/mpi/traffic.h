/*
 * Messages of the software's own that come and go beside the script's calls: headers that are looked for, transfers that
 * are tested, and one thread that waits for either. traffic.go calls it.
 */
#ifndef MPICLUS_TRAFFIC_H
#define MPICLUS_TRAFFIC_H

#include <mpi.h>
#include <pthread.h>
#include <stdint.h>

typedef struct {
    MPI_Comm comm;
    int tag;          /* of headers */
    MPI_Request *req; /* transfers at work */
    int n, capacity;
    int *done; /* indices in req of those that are over */
    int ndone;
    int source; /* rank whose header is here, or -1 */
    int rc;     /* the first return code that is no success */
    int32_t wake, alert, asleep;
    pthread_mutex_t mutex;
    pthread_cond_t cond;
} mpiclus_traffic;

mpiclus_traffic *mpiclus_traffic_new(uint64_t comm, int tag);
void mpiclus_traffic_free(mpiclus_traffic *t);
int mpiclus_traffic_start(mpiclus_traffic *t, uintptr_t memory, int bytes, int peer, int tag, int receive);
int mpiclus_traffic_spin(mpiclus_traffic *t, int64_t ns);
void mpiclus_traffic_wait(mpiclus_traffic *t, int64_t spin_ns, int share);
void mpiclus_traffic_signal(mpiclus_traffic *t);

#endif
