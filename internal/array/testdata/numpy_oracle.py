# Runs with numpy what the cases of numpy_test.go do with arrays: a program a line,
# which leaves a result; prints its shape and its values.
import sys
import warnings

import numpy as np
from numpy import inf, nan

warnings.simplefilter("ignore")


def number(v):
    v = complex(v)
    return "%r,%r" % (v.real, v.imag)


for line in sys.stdin:
    names = {"np": np, "nan": nan, "inf": inf}
    try:
        exec(line, names)
    except Exception as e:
        raise SystemExit("%s in %s" % (e, line))
    result = names["result"]
    values = np.asarray(result)
    shape = ",".join(map(str, values.shape))
    print(shape + "|" + " ".join(map(number, values.ravel())))
