/* Memory for results whose length MPI tells, and the lengths of texts: nothing that the library writes can be longer than
 * what it is given. */
#include "engine.h"

#include <stdlib.h>

/* Makes memory for n entries of a list that is a result, and puts it into that result's slot: 0 when there is none. */
int mpiclus_room(mpiclus_frame *f, int result, int n, size_t size) {
    void *p = n < 0 ? NULL : calloc((size_t)n + 1, size);
    if (p == NULL) return 0;
    f->s[32 + result].p = f->rooms[f->nrooms++] = p;
    return 1;
}

void mpiclus_free_rooms(mpiclus_frame *f) {
    while (f->nrooms > 0) free(f->rooms[--f->nrooms]);
}

#define FITS(longest) _Static_assert((longest) < MPICLUS_TEXT, "a text of MPI does not fit into a frame")
FITS(MPI_MAX_PROCESSOR_NAME);
FITS(MPI_MAX_OBJECT_NAME);
FITS(MPI_MAX_ERROR_STRING);
FITS(MPI_MAX_INFO_KEY);
FITS(MPI_MAX_INFO_VAL);
FITS(MPI_MAX_DATAREP_STRING);
_Static_assert(MPI_MAX_LIBRARY_VERSION_STRING <= MPICLUS_TEXT, "the library's version does not fit into a frame");
