/* Files, where a library does otherwise than its users must have it. */
#include "engine.h"

#include <stdlib.h>

/* Opens a file on a duplicate: where the file is not there, Open MPI 4.1 leaves a message on the communicator, and
 * collectives after it get each other's data. */
int mpiclus_file_open(MPI_Comm comm, const char *name, int amode, MPI_Info info, MPI_File *file) {
    MPI_Comm own;
    int rc = MPI_Comm_dup(comm, &own);
    if (rc != MPI_SUCCESS) return rc;
    rc = MPI_File_open(own, name, amode, info, file);
    int freed = MPI_Comm_free(&own);
    return rc != MPI_SUCCESS ? rc : freed;
}

static int written_query(void *bytes, MPI_Status *st) {
    st->MPI_SOURCE = MPI_UNDEFINED;
    st->MPI_TAG = MPI_UNDEFINED;
    MPI_Status_set_cancelled(st, 0);
    return MPI_Status_set_elements_x(st, MPI_BYTE, *(MPI_Count *)bytes);
}

static int written_free(void *bytes) {
    free(bytes);
    return MPI_SUCCESS;
}

static int written_cancel(void *bytes, int complete) {
    (void)bytes, (void)complete;
    return MPI_SUCCESS;
}

/*
 * Makes the request of a write that is over, with its length. Where the disk refuses a write that was started, Open MPI
 * dies in the wait for it, and MPICH's wait never ends, so none is started: the standard lets a start do all of the work.
 * Those that all ranks start write what each rank gives, without the others: the file is the same.
 */
int mpiclus_written(int rc, const MPI_Status *st, MPI_Request *request) {
    if (rc != MPI_SUCCESS) return rc;
    MPI_Count *bytes = malloc(sizeof *bytes);
    if (bytes == NULL) return MPI_ERR_NO_MEM;
    rc = MPI_Get_elements_x(st, MPI_BYTE, bytes);
    if (rc == MPI_SUCCESS) rc = MPI_Grequest_start(written_query, written_free, written_cancel, bytes, request);
    if (rc != MPI_SUCCESS) {
        free(bytes);
        return rc;
    }
    return MPI_Grequest_complete(*request);
}
