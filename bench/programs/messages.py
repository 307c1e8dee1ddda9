# The same measurements with mpi4py, the peer.  Run by `make bench`.
from array import array
from mpi4py import MPI

comm = MPI.COMM_WORLD
rank = comm.Get_rank()


def best(times, run):
    least = 1e9
    for _ in range(25):
        comm.Barrier()
        begin = MPI.Wtime()
        run(times)
        least = min(least, (MPI.Wtime() - begin) / times * 1e6)
    return least


def pingpong(size):
    a = bytearray(size)

    def run(times):
        for _ in range(times):
            if rank == 0:
                comm.Send(a, 1, 0)
                comm.Recv(a, 1, 0)
            else:
                comm.Recv(a, 0, 0)
                comm.Send(a, 0, 0)
    return run


def objects(t):
    def run(times):
        for _ in range(times):
            if rank == 0:
                comm.send(t, 1, 0)
                comm.recv(None, 1, 0)
            else:
                comm.send(comm.recv(None, 0, 0), 0, 0)
    return run


def exchange(n):
    a, b, other = array("d", [1.0] * n), array("d", [0.0] * n), 1 - rank

    def run(times):
        for _ in range(times):
            MPI.Request.Waitall([comm.Irecv([b, MPI.DOUBLE], other, 0), comm.Isend([a, MPI.DOUBLE], other, 0)])
    return run


def allreduce(n):
    a, b = array("d", [1.0] * n), array("d", [0.0] * n)

    def run(times):
        for _ in range(times):
            comm.Allreduce([a, MPI.DOUBLE], [b, MPI.DOUBLE], MPI.SUM)
    return run


for name, times, halves, run in [
    ("pingpong-8", 40000, 2, pingpong(8)),
    ("pingpong-65536", 400, 2, pingpong(65536)),
    ("pingpong-4194304", 10, 2, pingpong(4194304)),
    ("record", 400, 2, objects({"name": "point", "at": [1, 2.5, 3]})),
    ("table-131072", 1, 2, objects([i + 0.5 for i in range(131072)])),
    ("exchange-1", 4000, 1, exchange(1)),
    ("allreduce-1", 20000, 1, allreduce(1)),
    ("allreduce-1048576", 2, 1, allreduce(1048576)),
]:
    value = best(times, run) / halves
    if rank == 0:
        print(name, value, flush=True)
