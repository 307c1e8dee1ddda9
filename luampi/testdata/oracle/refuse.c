/* A layer over MPI whose calls that free objects fail as long as a file exists, as a library may refuse them. */
#include <mpi.h>
#include <stdlib.h>
#include <unistd.h>

static int refused(void) { return access(getenv("REFUSE_WHILE"), F_OK) == 0; }

#define FREE(name, type) \
    int MPI_##name(type *object) { return refused() ? MPI_ERR_OTHER : PMPI_##name(object); }

FREE(Comm_free, MPI_Comm)
FREE(Group_free, MPI_Group)
FREE(Type_free, MPI_Datatype)
FREE(Info_free, MPI_Info)
FREE(Win_free, MPI_Win)
FREE(File_close, MPI_File)
