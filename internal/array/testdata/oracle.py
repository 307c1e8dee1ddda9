# Computes with plain Python what the rows of oracle_test.go compute with
# arrays: reads variables and expressions, prints numbers as "re im".
import cmath, math, statistics, sys
from fractions import Fraction
from itertools import accumulate


def eliminate(a, b):
    """Solves a x = b exactly; gives the determinant and x."""
    n, det = len(a), Fraction(1)
    m = [[Fraction(v) for v in ra + rb] for ra, rb in zip(a, b)]
    for k in range(n):
        p = next(r for r in range(k, n) if m[r][k] != 0)
        if p != k:
            m[k], m[p], det = m[p], m[k], -det
        det *= m[k][k]
        m[k] = [v / m[k][k] for v in m[k]]
        for r in range(n):
            if r != k:
                m[r] = [v - m[r][k] * w for v, w in zip(m[r], m[k])]
    return det, [row[n:] for row in m]


def each(f, *lists):
    return [f(*v) for v in zip(*lists)]


def identity(n):
    return [[int(i == j) for j in range(n)] for i in range(n)]


def matmul(a, b):
    return [[sum(x * y for x, y in zip(row, col)) for col in zip(*b)] for row in a]


def flat(v):
    if isinstance(v, (list, tuple)):
        return [w for u in v for w in flat(u)]
    return [v]


def text(v):
    if isinstance(v, Fraction):
        v = float(v)
    if isinstance(v, complex):
        return repr(v.real) + " " + repr(v.imag)
    return repr(int(v) if isinstance(v, bool) else v) + " 0"


for line in sys.stdin:
    name, _, source = line.rstrip("\n").partition(" = ")
    if name == "?":
        print(",".join(text(v) for v in flat(eval(source))))
    else:
        globals()[name] = eval(source)
