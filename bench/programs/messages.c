/* The same measurements in C, the floor.  Run by `make bench`. */
#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>

static int rank;

static void pingpong(void *a, int bytes)
{
	if (rank == 0) {
		MPI_Send(a, bytes, MPI_BYTE, 1, 0, MPI_COMM_WORLD);
		MPI_Recv(a, bytes, MPI_BYTE, 1, 0, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
	} else {
		MPI_Recv(a, bytes, MPI_BYTE, 0, 0, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
		MPI_Send(a, bytes, MPI_BYTE, 0, 0, MPI_COMM_WORLD);
	}
}

static void measure(const char *name, int n, int times, int reduce)
{
	double *a = calloc(n + 1, sizeof *a), *b = calloc(n + 1, sizeof *b), best = 1e9;
	for (int round = 0; round < 5; round++) {
		MPI_Barrier(MPI_COMM_WORLD);
		double begin = MPI_Wtime();
		for (int i = 0; i < times; i++)
			if (reduce)
				MPI_Allreduce(a, b, n, MPI_DOUBLE, MPI_SUM, MPI_COMM_WORLD);
			else
				pingpong(a, n);
		double us = (MPI_Wtime() - begin) / times / (reduce ? 1 : 2) * 1e6;
		if (us < best)
			best = us;
	}
	if (rank == 0)
		printf("%s %f\n", name, best);
	free(a);
	free(b);
}

int main(int argc, char **argv)
{
	MPI_Init(&argc, &argv);
	MPI_Comm_rank(MPI_COMM_WORLD, &rank);
	measure("pingpong-8", 8, 20000, 0);
	measure("pingpong-65536", 65536, 2000, 0);
	measure("pingpong-4194304", 4194304, 50, 0);
	measure("allreduce-1", 1, 20000, 1);
	measure("allreduce-1048576", 1048576, 10, 1);
	MPI_Finalize();
	return 0;
}
