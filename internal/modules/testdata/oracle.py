# Evaluates lines "name = expression" with numpy. Prints the numbers of each
# expression whose name is "?", "re im" each, separated by commas.
import sys
import numpy as np

scope = {"np": np}
for line in sys.stdin:
    name, expression = line.split(" = ", 1)
    value = eval(expression, scope)
    if name != "?":
        scope[name] = value
        continue
    flat = np.asarray(value, dtype=complex).ravel()
    print(",".join("%r %r" % (z.real, z.imag) for z in flat))
