# An empty apply_sync of ipyparallel on four engines.  Run by `make bench`.
import logging
import time

import ipyparallel


def empty():
    pass


with ipyparallel.Cluster(n=4, log_level=logging.ERROR) as client:
    view = client[:]

    def measure(times):
        begin = time.perf_counter()
        for _ in range(times):
            view.apply_sync(empty)
        return (time.perf_counter() - begin) / times * 1e6

    measure(20)
    print("mpido-empty", min(measure(100) for _ in range(5)), flush=True)
