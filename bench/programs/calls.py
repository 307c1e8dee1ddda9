# The same with mpi4py.futures.  Run by `make bench`:
# mpirun -np 3 python3 -m mpi4py.futures calls.py
from array import array
import time

from mpi4py.futures import MPIPoolExecutor


def empty():
    pass


def echo(x):
    return x


def increase(x):
    return x + 1


def report(name, times, items, step):
    step()
    best = 1e9
    for _ in range(5):
        begin = time.perf_counter()
        for _ in range(times):
            step()
        best = min(best, (time.perf_counter() - begin) / times / items * 1e6)
    print(name, best, flush=True)


if __name__ == "__main__":
    with MPIPoolExecutor() as pool:
        report("call-empty", 1000, 1, lambda: pool.submit(empty).result())
        for n in (1000, 1000000):
            a = array("d", range(1, n + 1))

            def step():
                b = pool.submit(echo, a).result()
                assert len(b) == n and b[n - 1] == n
            report(f"echo-{n}", 200 if n < 10000 else 10, 1, step)
        items = list(range(1, 5001))

        def step():
            results = list(pool.map(increase, items))
            assert results[0] == 2 and results[4999] == 5001
        report("map-5000", 1, len(items), step)
