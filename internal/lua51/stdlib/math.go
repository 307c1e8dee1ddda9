package stdlib

import (
	"math"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/lua51/vm"
)

// OpenMath puts the library math (manual, section 5.6) into the globals of an
// interpreter, with a generator of random numbers of its own.
func OpenMath(L *lua.LState, env *Env) {
	env.install(L)
	random := newRandom(L)
	library := openLibrary(L, lua.MathLibName, map[string]lua.LGFunction{
		"frexp":      mathFrexp,
		"ldexp":      mathLdexp,
		"modf":       mathModf,
		"randomseed": random.seed,
	})
	for name, f := range map[string]func(x float64) float64{
		"abs":   math.Abs,
		"acos":  within(math.Acos, 1, noNumber),
		"asin":  within(math.Asin, 1, noNumber),
		"atan":  math.Atan,
		"ceil":  math.Ceil,
		"cos":   finite(math.Cos),
		"cosh":  math.Cosh,
		"deg":   func(x float64) float64 { return x / (math.Pi / 180) },
		"exp":   math.Exp,
		"floor": math.Floor,
		"log":   logarithm,
		"log10": log10,
		"rad":   func(x float64) float64 { return x * (math.Pi / 180) },
		"sin":   finite(math.Sin),
		"sinh":  math.Sinh,
		"sqrt":  squareRoot,
		"tan":   finite(math.Tan),
		"tanh":  math.Tanh,
	} {
		setIntrinsic(L, library, &vm.Intrinsic{Name: name, F1: f}, func(L *lua.LState) int {
			if x, ok := L.Get(1).(lua.LNumber); ok {
				L.Push(numberValue(f(float64(x))))
			} else {
				L.Push(numberValue(f(checkNumber(L, 1))))
			}
			return 1
		})
	}
	for name, f := range map[string]func(x, y float64) float64{
		"atan2": math.Atan2,
		"fmod":  remainder,
		"pow":   power,
	} {
		setIntrinsic(L, library, &vm.Intrinsic{Name: name, F2: f}, func(L *lua.LState) int {
			y := checkNumber(L, 2) // C looks at this one first
			L.Push(numberValue(f(checkNumber(L, 1), y)))
			return 1
		})
	}
	setIntrinsic(L, library, &vm.Intrinsic{Name: "max"}, mathMax)
	setIntrinsic(L, library, &vm.Intrinsic{Name: "min"}, mathMin)
	setIntrinsic(L, library, &vm.Intrinsic{Name: "random", F0: random.draw}, random.next)
	library.RawSetString("mod", library.RawGetString("fmod")) // its name in Lua 5.0
	library.RawSetString("pi", lua.LNumber(math.Pi))
	library.RawSetString("huge", lua.LNumber(math.Inf(1)))
}

// setIntrinsic puts a function into the library that other code may carry out in
// its place.
func setIntrinsic(L *lua.LState, library *lua.LTable, known *vm.Intrinsic, f lua.LGFunction) {
	fn := L.NewFunction(f)
	vm.SetIntrinsic(fn, known)
	library.RawSetString(known.Name, fn)
}

// The results of operations that have none. The sign shows in print: x86 sets
// it, and some functions of C's library clear it.
var (
	noNumber       = math.NaN()
	noNumberSigned = math.Copysign(math.NaN(), -1)
)

// finite returns functions the result that C's have for infinities.
func finite(f func(float64) float64) func(float64) float64 {
	return func(x float64) float64 {
		if math.IsInf(x, 0) {
			return noNumberSigned
		}
		return f(x)
	}
}

// within returns functions a result outside of -limit to limit.
func within(f func(float64) float64, limit, outside float64) func(float64) float64 {
	return func(x float64) float64 {
		if x > limit || x < -limit {
			return outside
		}
		return f(x)
	}
}

func squareRoot(x float64) float64 {
	if x < 0 {
		return noNumberSigned
	}
	return math.Sqrt(x)
}

// logarithm is the natural one. Go's own is wrong for numbers below the normal
// ones on x86.
func logarithm(x float64) float64 {
	const normal, shift = 0x1p-1022, 64
	switch {
	case x < 0:
		return noNumberSigned
	case x > 0 && x < normal:
		return math.Log(x*(1<<shift)) - shift*math.Ln2
	}
	return math.Log(x)
}

// power is C's pow.
func power(x, y float64) float64 {
	if x < 0 && !math.IsInf(x, 0) && y == y && y != math.Floor(y) {
		return noNumberSigned
	}
	return math.Pow(x, y)
}

// remainder is C's fmod.
func remainder(x, y float64) float64 {
	switch {
	case x != x || y != y:
		return x * y // the one that is none, with its sign
	case math.IsInf(x, 0) || y == 0:
		return noNumberSigned
	}
	return math.Mod(x, y)
}

func mathFrexp(L *lua.LState) int {
	fraction, exponent := math.Frexp(checkNumber(L, 1))
	L.Push(numberValue(fraction))
	L.Push(wholeValue(exponent))
	return 2
}

func mathLdexp(L *lua.LState) int {
	exponent := checkInt(L, 2) // C looks at this one first
	L.Push(numberValue(math.Ldexp(checkNumber(L, 1), exponent)))
	return 1
}

func mathModf(L *lua.LState) int {
	x := checkNumber(L, 1)
	whole, fraction := math.Trunc(x), x
	if math.IsInf(x, 0) {
		fraction = 0
	} else {
		fraction -= whole
	}
	L.Push(numberValue(whole))
	L.Push(numberValue(math.Copysign(fraction, x)))
	return 2
}

func mathMax(L *lua.LState) int {
	most := checkNumber(L, 1)
	for i := 2; i <= L.GetTop(); i++ {
		if x := checkNumber(L, i); x > most {
			most = x
		}
	}
	L.Push(numberValue(most))
	return 1
}

func mathMin(L *lua.LState) int {
	least := checkNumber(L, 1)
	for i := 2; i <= L.GetTop(); i++ {
		if x := checkNumber(L, i); x < least {
			least = x
		}
	}
	L.Push(numberValue(least))
	return 1
}
