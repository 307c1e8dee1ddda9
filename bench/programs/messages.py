# The same measurements with mpi4py, the peer.  Run by `make bench`.
from array import array
from mpi4py import MPI

comm = MPI.COMM_WORLD
rank = comm.Get_rank()


def best(times, halves, step):
    result = 1e9
    for _ in range(5):
        comm.Barrier()
        begin = MPI.Wtime()
        for _ in range(times):
            step()
        result = min(result, (MPI.Wtime() - begin) / times / halves * 1e6)
    return result


def pingpong(size):
    a = bytearray(size)

    def step():
        if rank == 0:
            comm.Send(a, 1, 0)
            comm.Recv(a, 1, 0)
        else:
            comm.Recv(a, 0, 0)
            comm.Send(a, 0, 0)
    return step


def objects(n):
    t = [i + 0.5 for i in range(n)]

    def step():
        if rank == 0:
            comm.send(t, 1, 0)
            comm.recv(None, 1, 0)
        else:
            comm.send(comm.recv(None, 0, 0), 0, 0)
    return step


def allreduce(n):
    a, b = array("d", [1.0] * n), array("d", [0.0] * n)
    return lambda: comm.Allreduce([a, MPI.DOUBLE], [b, MPI.DOUBLE], MPI.SUM)


for name, times, halves, step in [
    ("pingpong-8", 20000, 2, pingpong(8)),
    ("pingpong-65536", 2000, 2, pingpong(65536)),
    ("pingpong-4194304", 50, 2, pingpong(4194304)),
    ("table-131072", 5, 2, objects(131072)),
    ("allreduce-1", 20000, 1, allreduce(1)),
    ("allreduce-1048576", 10, 1, allreduce(1048576)),
]:
    value = best(times, halves, step)
    if rank == 0:
        print(name, value, flush=True)
