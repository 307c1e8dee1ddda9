/* Messages of any number of bytes, from memory in pieces: MPI's counts end at 2^31 - 1, so more goes as one element of a
 * type made for it. */
#include "engine.h"

#include <limits.h>
#include <stdlib.h>

enum { BLOCK = 1 << 30 };

/* Makes a type of many pieces of memory, each cut into blocks that a count can tell. */
static int make_type(const mpiclus_piece *pieces, int n, MPI_Datatype *type) {
    int blocks = 0;
    for (int i = 0; i < n; i++) blocks += (int)((pieces[i].bytes + BLOCK - 1) / BLOCK);
    int *lengths = malloc((blocks + 1) * sizeof *lengths);
    MPI_Aint *places = malloc((blocks + 1) * sizeof *places);
    if (lengths == NULL || places == NULL) {
        free(lengths);
        free(places);
        return MPI_ERR_NO_MEM;
    }
    int k = 0;
    for (int i = 0; i < n; i++) {
        for (uint64_t at = 0; at < pieces[i].bytes; at += BLOCK, k++) {
            uint64_t left = pieces[i].bytes - at;
            lengths[k] = left < BLOCK ? (int)left : BLOCK;
            places[k] = (MPI_Aint)(pieces[i].address + at);
        }
    }
    int rc = MPI_Type_create_hindexed(k, lengths, places, MPI_BYTE, type);
    free(lengths);
    free(places);
    if (rc == MPI_SUCCESS) rc = MPI_Type_commit(type);
    return rc;
}

/* A type goes on living until the operations with it are over. */
static int done_with(MPI_Datatype *type, int rc) {
    int freed = MPI_Type_free(type);
    return rc != MPI_SUCCESS ? rc : freed;
}

int mpiclus_isend_pieces(const mpiclus_piece *pieces, int n, int dest, int tag, MPI_Comm comm, MPI_Request *req) {
    if (n == 1 && pieces[0].bytes <= INT_MAX)
        return MPI_Isend((void *)(uintptr_t)pieces[0].address, (int)pieces[0].bytes, MPI_BYTE, dest, tag, comm, req);
    MPI_Datatype type;
    int rc = make_type(pieces, n, &type);
    if (rc != MPI_SUCCESS) return rc;
    return done_with(&type, MPI_Isend(MPI_BOTTOM, 1, type, dest, tag, comm, req));
}

int mpiclus_irecv_bytes(void *p, uint64_t bytes, int source, int tag, MPI_Comm comm, MPI_Request *req) {
    if (bytes <= INT_MAX) return MPI_Irecv(p, (int)bytes, MPI_BYTE, source, tag, comm, req);
    mpiclus_piece piece = {(uintptr_t)p, bytes};
    MPI_Datatype type;
    int rc = make_type(&piece, 1, &type);
    if (rc != MPI_SUCCESS) return rc;
    return done_with(&type, MPI_Irecv(MPI_BOTTOM, 1, type, source, tag, comm, req));
}

int mpiclus_bcast_bytes(void *p, uint64_t bytes, int root, MPI_Comm comm, MPI_Request *req) {
    if (bytes <= INT_MAX)
        return req != NULL ? MPI_Ibcast(p, (int)bytes, MPI_BYTE, root, comm, req) : MPI_Bcast(p, (int)bytes, MPI_BYTE, root, comm);
    mpiclus_piece piece = {(uintptr_t)p, bytes};
    MPI_Datatype type;
    int rc = make_type(&piece, 1, &type);
    if (rc != MPI_SUCCESS) return rc;
    return done_with(&type, req != NULL ? MPI_Ibcast(MPI_BOTTOM, 1, type, root, comm, req) : MPI_Bcast(MPI_BOTTOM, 1, type, root, comm));
}

/* A type of some bytes: the unit of collectives of more than 2 GiB. */
int mpiclus_unit(int bytes, MPI_Datatype *type) {
    int rc = MPI_Type_contiguous(bytes, MPI_BYTE, type);
    return rc != MPI_SUCCESS ? rc : MPI_Type_commit(type);
}

/* Returns the bytes of data in n elements of a type, LONG_MAX when there are more than that. */
MPI_Aint mpiclus_bytes_of(int n, MPI_Datatype type) {
    MPI_Count size = 0;
    MPI_Aint bytes;
    MPI_Type_size_x(type, &size);
    return size < 0 || __builtin_mul_overflow((MPI_Aint)n, (MPI_Aint)size, &bytes) ? LONG_MAX : bytes;
}

/* MPI_Pack_size with an error for a size that no C int holds: libraries return the lower bits of it. */
int mpiclus_pack_size(int n, MPI_Datatype type, MPI_Comm comm, int *size) {
    MPI_Aint bytes = n < 0 ? 0 : mpiclus_bytes_of(n, type);
    int rc = MPI_Pack_size(bytes > INT_MAX ? 0 : n, type, comm, size); /* also then, for its errors about type and comm */
    if (rc == MPI_SUCCESS && (bytes > INT_MAX || *size < bytes)) rc = MPI_ERR_COUNT;
    return rc;
}

/* Reports whether elements cannot fit into room bytes of the portable representation, where no type has less than a quarter
 * of its bytes: the size that a library returns for so many may have overflowed. */
static int overflows(int n, MPI_Datatype type, MPI_Aint room) { return mpiclus_bytes_of(n, type) / 4 > room; }

/* The portable representation: its data may be longer than in memory. */
int mpiclus_pack_external(const char *rep, void *in, int n, MPI_Datatype type, void *out, MPI_Aint room, MPI_Aint *at) {
    MPI_Aint bytes = 0;
    int rc = MPI_Pack_external_size(rep, n, type, &bytes);
    if (rc != MPI_SUCCESS) return rc;
    if (*at < 0 || *at > room) return MPI_ERR_ARG;
    if (bytes > room - *at || overflows(n, type, room - *at)) return MPI_ERR_TRUNCATE;
    return MPI_Pack_external(rep, in, n, type, out, room, at);
}

int mpiclus_unpack_external(const char *rep, void *in, MPI_Aint room, MPI_Aint *at, void *out, int n, MPI_Datatype type) {
    MPI_Aint bytes = 0;
    int rc = MPI_Pack_external_size(rep, n, type, &bytes);
    if (rc != MPI_SUCCESS) return rc;
    if (*at < 0 || *at > room) return MPI_ERR_ARG;
    if (bytes > room - *at || overflows(n, type, room - *at)) return MPI_ERR_TRUNCATE;
    return MPI_Unpack_external(rep, in, room, at, out, n, type);
}

int mpiclus_dims(int nodes, int n, const int *given, int *dims) {
    for (int i = 0; i < n; i++) dims[i] = given[i];
    return MPI_Dims_create(nodes, n, dims);
}

int mpiclus_pack(void *in, int n, MPI_Datatype type, void *out, MPI_Aint room, MPI_Aint at, MPI_Comm comm, MPI_Aint *after) {
    if (room > INT_MAX) room = INT_MAX;
    if (at < 0 || at > room) return MPI_ERR_ARG;
    if (mpiclus_bytes_of(n, type) > room - at) return MPI_ERR_TRUNCATE;
    int position = (int)at;
    int rc = MPI_Pack(in, n, type, out, (int)room, &position, comm);
    *after = position;
    return rc;
}

int mpiclus_unpack(void *in, MPI_Aint bytes, void *out, int n, MPI_Datatype type, MPI_Aint at, MPI_Comm comm, MPI_Aint *after) {
    if (bytes > INT_MAX) bytes = INT_MAX;
    if (at < 0 || at > bytes) return MPI_ERR_ARG;
    if (mpiclus_bytes_of(n, type) > bytes - at) return MPI_ERR_TRUNCATE;
    int position = (int)at;
    int rc = MPI_Unpack(in, (int)bytes, &position, out, n, type, comm);
    *after = position;
    return rc;
}
