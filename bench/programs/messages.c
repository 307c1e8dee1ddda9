/* The same measurements in C, the floor.  Run by `make bench`. */
#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>

static int rank;

static void pingpong(double *a, double *b, int bytes)
{
	(void)b;
	if (rank == 0) {
		MPI_Send(a, bytes, MPI_BYTE, 1, 0, MPI_COMM_WORLD);
		MPI_Recv(a, bytes, MPI_BYTE, 1, 0, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
	} else {
		MPI_Recv(a, bytes, MPI_BYTE, 0, 0, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
		MPI_Send(a, bytes, MPI_BYTE, 0, 0, MPI_COMM_WORLD);
	}
}

static void exchange(double *a, double *b, int n)
{
	MPI_Request both[2];
	MPI_Irecv(b, n, MPI_DOUBLE, 1 - rank, 0, MPI_COMM_WORLD, &both[0]);
	MPI_Isend(a, n, MPI_DOUBLE, 1 - rank, 0, MPI_COMM_WORLD, &both[1]);
	MPI_Waitall(2, both, MPI_STATUSES_IGNORE);
}

static void allreduce(double *a, double *b, int n)
{
	MPI_Allreduce(a, b, n, MPI_DOUBLE, MPI_SUM, MPI_COMM_WORLD);
}

static void measure(const char *name, void (*step)(double *, double *, int), int n, int times, int halves)
{
	double *a = calloc(n + 1, sizeof *a), *b = calloc(n + 1, sizeof *b), best = 1e9;
	for (int round = 0; round < 25; round++) {
		MPI_Barrier(MPI_COMM_WORLD);
		double begin = MPI_Wtime();
		for (int i = 0; i < times; i++)
			step(a, b, n);
		double us = (MPI_Wtime() - begin) / times / halves * 1e6;
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
	measure("pingpong-8", pingpong, 8, 40000, 2);
	measure("pingpong-65536", pingpong, 65536, 400, 2);
	measure("pingpong-4194304", pingpong, 4194304, 10, 2);
	measure("exchange-1", exchange, 1, 4000, 1);
	measure("allreduce-1", allreduce, 1, 20000, 1);
	measure("allreduce-1048576", allreduce, 1048576, 2, 1);
	MPI_Finalize();
	return 0;
}
