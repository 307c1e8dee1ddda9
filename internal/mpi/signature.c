/* What a type is made of: so that it can be compared with the memory that it is used on. */
#include "engine.h"

#include <stdlib.h>

enum { DEEPEST = 200, MOST = 100000 };

/* What is known so far: the one basic type that was met, and how many types were looked at. */
typedef struct {
    MPI_Datatype basic;
    int any, mixed, seen;
} walk;

static int visit(MPI_Datatype type, walk *w, int depth);

static void meet(MPI_Datatype basic, walk *w) {
    if (w->any && basic != w->basic) w->mixed = 1;
    w->basic = basic;
    w->any = 1;
}

/* Walks the types that one was made of. Blocks of a struct that are empty do not count. */
static int visit_parts(MPI_Datatype type, int ni, int na, int nt, int combiner, walk *w, int depth) {
    int *integers = malloc((ni + 1) * sizeof *integers);
    MPI_Aint *addresses = malloc((na + 1) * sizeof *addresses);
    MPI_Datatype *types = malloc((nt + 1) * sizeof *types);
    int rc = integers && addresses && types ? MPI_Type_get_contents(type, ni, na, nt, integers, addresses, types) : MPI_ERR_NO_MEM;
    if (rc == MPI_SUCCESS) {
        for (int i = 0; i < nt; i++) {
            int empty = combiner == MPI_COMBINER_STRUCT && i + 1 < ni && integers[i + 1] == 0;
            if (rc == MPI_SUCCESS && !empty && !w->mixed && !(i > 0 && types[i] == types[i - 1])) rc = visit(types[i], w, depth + 1);
        }
        for (int i = 0; i < nt; i++) {
            int a, b, c, made;
            if (MPI_Type_get_envelope(types[i], &a, &b, &c, &made) == MPI_SUCCESS && c > 0) MPI_Type_free(&types[i]);
        }
    }
    free(integers);
    free(addresses);
    free(types);
    return rc;
}

static int visit(MPI_Datatype type, walk *w, int depth) {
    int ni, na, nt, combiner;
    if (depth > DEEPEST || ++w->seen > MOST) {
        w->mixed = 1; /* nobody builds such a type to compare it */
        return MPI_SUCCESS;
    }
    int rc = MPI_Type_get_envelope(type, &ni, &na, &nt, &combiner);
    if (rc != MPI_SUCCESS) return rc;
    if (nt == 0) {
        meet(type, w);
        return MPI_SUCCESS;
    }
    return visit_parts(type, ni, na, nt, combiner, w, depth);
}

/* Gives the basic type that all elements of a type have, or MPI_DATATYPE_NULL if there are several or none. */
int mpiclus_basic(MPI_Datatype type, MPI_Datatype *basic) {
    walk w = {.basic = MPI_DATATYPE_NULL};
    int rc = visit(type, &w, 0);
    *basic = w.mixed || !w.any ? MPI_DATATYPE_NULL : w.basic;
    return rc;
}
