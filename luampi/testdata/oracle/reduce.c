/* The same reductions as reduce.lua, in C: the two must print the same, bit for bit. */
#include <mpi.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { N = 9 };

static int rank;
static FILE *out;

static double input(int r, int i) { return ((r * 31 + i * 17) % 23 - 11) / 7.0; }

#define RUN(T, NAME, TYPE, FORMAT, VALUE, OP)                                     \
    do {                                                                          \
        T a[N], b[N], c[N], d[N];                                                 \
        for (int i = 0; i < N; i++) a[i] = VALUE(rank, i), b[i] = c[i] = d[i] = 0; \
        MPI_Allreduce(a, b, N, TYPE, MPI_##OP, MPI_COMM_WORLD);                   \
        MPI_Scan(a, c, N, TYPE, MPI_##OP, MPI_COMM_WORLD);                        \
        MPI_Exscan(a, d, N, TYPE, MPI_##OP, MPI_COMM_WORLD);                      \
        fprintf(out, "%d %s %s:", rank, NAME, #OP);                                     \
        for (int i = 0; i < N; i++) fprintf(out, " " FORMAT, b[i]);                     \
        for (int i = 0; i < N; i++) fprintf(out, " " FORMAT, c[i]);                     \
        if (rank > 0)                                                             \
            for (int i = 0; i < N; i++) fprintf(out, " " FORMAT, d[i]);                 \
        fprintf(out, "\n");                                                             \
    } while (0)

#define REAL(r, i) input(r, i)
#define WHOLE(r, i) (((r) * 7 + (i) * 3) % 5 + 1)

#define FLOATS(OP)                                          \
    RUN(double, "float64", MPI_DOUBLE, "%.17g", REAL, OP); \
    RUN(float, "float32", MPI_FLOAT, "%.17g", REAL, OP)

#define INTEGERS(OP)                                                   \
    RUN(int8_t, "int8", MPI_INT8_T, "%d", WHOLE, OP);                  \
    RUN(int16_t, "int16", MPI_INT16_T, "%d", WHOLE, OP);               \
    RUN(int32_t, "int32", MPI_INT32_T, "%d", WHOLE, OP);               \
    RUN(int64_t, "int64", MPI_INT64_T, "%" PRId64, WHOLE, OP);         \
    RUN(uint8_t, "uint8", MPI_UINT8_T, "%u", WHOLE, OP);               \
    RUN(uint16_t, "uint16", MPI_UINT16_T, "%u", WHOLE, OP);            \
    RUN(uint32_t, "uint32", MPI_UINT32_T, "%u", WHOLE, OP);            \
    RUN(uint64_t, "uint64", MPI_UINT64_T, "%" PRIu64, WHOLE, OP)

int main(void) {
    MPI_Init(NULL, NULL);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    char name[4096]; /* a file for each rank: mpirun mixes what ranks print */
    snprintf(name, sizeof name, "%s.%d", getenv("ORACLE_OUT"), rank);
    out = fopen(name, "w");
    if (out == NULL) MPI_Abort(MPI_COMM_WORLD, 2);
    FLOATS(SUM);
    FLOATS(PROD);
    FLOATS(MAX);
    FLOATS(MIN);
    INTEGERS(SUM);
    INTEGERS(PROD);
    INTEGERS(MAX);
    INTEGERS(MIN);
    INTEGERS(LAND);
    INTEGERS(LOR);
    INTEGERS(LXOR);
    INTEGERS(BAND);
    INTEGERS(BOR);
    INTEGERS(BXOR);
    fclose(out);
    MPI_Finalize();
    return 0;
}
