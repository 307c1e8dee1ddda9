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

static int access_query(void *bytes, MPI_Status *st) {
    st->MPI_SOURCE = MPI_UNDEFINED;
    st->MPI_TAG = MPI_UNDEFINED;
    MPI_Status_set_cancelled(st, 0);
    return MPI_Status_set_elements_x(st, MPI_BYTE, *(MPI_Count *)bytes);
}

static int access_free(void *bytes) {
    free(bytes);
    return MPI_SUCCESS;
}

static int access_cancel(void *bytes, int complete) {
    (void)bytes, (void)complete;
    return MPI_SUCCESS;
}

/*
 * Makes the request of an access to a file that is over, with its length. The standard lets a start do all of the work,
 * and so it does here, since libraries do not survive what may happen to one that is under way: where the disk refuses a
 * write, Open MPI dies in the wait for it, and MPICH's wait never ends; Open MPI's wait for a read that reaches past the
 * end of the file never ends; when the file is closed before, Open MPI dies and MPICH's wait never ends. Those that all
 * ranks start do what each rank asks, without the others: the outcome is the same. What begins and ends in two steps is
 * done in the first, which the standard allows as well (MPI 3.1, section 13.4.5).
 */
int mpiclus_done_access(int rc, const MPI_Status *st, MPI_Request *request) {
    if (rc != MPI_SUCCESS) return rc;
    MPI_Count *bytes = malloc(sizeof *bytes);
    if (bytes == NULL) return MPI_ERR_NO_MEM;
    rc = MPI_Get_elements_x(st, MPI_BYTE, bytes);
    if (rc == MPI_SUCCESS) rc = MPI_Grequest_start(access_query, access_free, access_cancel, bytes, request);
    if (rc != MPI_SUCCESS) {
        free(bytes);
        return rc;
    }
    return MPI_Grequest_complete(*request);
}
