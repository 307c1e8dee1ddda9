package array

import "slices"

// numpyRows lists all that is compared.
func numpyRows() []numpyRow { return slices.Concat(viewRows, pairRows, laneRows, pickingRows) }

// numpyRow is one thing that both can compute. $0, $1, ... are the arrays, $d a
// dimension from 1 in Lua and from 0 in Python.
type numpyRow struct {
	lua, python string
	types       []Type // of the arrays; nil: any
	tolerance   float64
	fits        func(s *scene) bool // after the arrays were drawn
}

var (
	realTypes  = []Type{Int8, Int16, Int32, Int64, Uint8, Uint16, Uint32, Uint64, Float32, Float64}
	floatTypes = []Type{Float32, Float64}
	wideTypes  = []Type{Int64, Float64, Complex128}
	notEmpty   = func(s *scene) bool { return s.arrays[0].size() > 0 }
	isMatrix   = func(s *scene) bool { return len(s.arrays[0].dims) == 2 && s.arrays[0].size() > 0 }
)

var viewRows = []numpyRow{
	{"$0", "$0", nil, 0, nil},
	{"$0:copy()", "$0", nil, 0, nil},
	{"$0 + $0", "$0 + $0", wideTypes, 0, nil},
	{"$0 * 2 - $0", "$0 * 2 - $0", wideTypes, 0, nil},
	{"$0 + $0:copy()", "$0 + $0", wideTypes, 0, nil},
	{"1 - $0", "1 - $0", wideTypes, 0, nil},
	{"-$0", "-$0", wideTypes, 0, nil},
	{"$0:lt($0:copy():fill(1))", "$0 < 1", realTypes, 0, nil},
	{"$0:eq($0)", "$0 == $0", nil, 0, nil},
	{"$0:to'complex128'", "$0.astype('complex128')", nil, 0, nil},
	{"$0:abs()", "abs($0)", []Type{Int32, Uint8, Float32, Float64, Complex128}, 1e-15, nil},
	{"$0:exp()", "np.exp($0)", []Type{Float64, Complex128}, 1e-14, nil},
	{"$0:floor()", "np.floor($0)", floatTypes, 0, nil},
	{"$0:re()", "$0.real", []Type{Float64, Complex64, Complex128}, 0, nil},
	{"$0:conj()", "$0.conj()", []Type{Complex64, Complex128}, 0, nil},
	{"$0:copy():fill(3)", "np.full_like($0, 3)", []Type{Float32, Int8}, 0, nil},
	{"$0:sum()", "$0.sum()", []Type{Int8, Uint16, Int64, Float64, Complex128, Bool}, 1e-14, nil},
	{"$0:norm()", "np.linalg.norm($0.ravel())", []Type{Float64, Complex128, Int8}, 1e-14, nil},
	{"$0:max()", "$0.max()", realTypes, 0, notEmpty},
	{"$0:argmin()", "$0.argmin() + 1", realTypes, 0, notEmpty},
	{"$0:mean()", "$0.mean()", []Type{Float64, Int16, Complex128, Bool}, 1e-14, notEmpty},
	{"$0:var()", "$0.var()", []Type{Float64, Int16, Complex128}, 1e-13, notEmpty},
	{"$0:any()", "$0.any()", nil, 0, nil},
	{"$0:all()", "$0.all()", nil, 0, nil},
	{"$0:copy():flat():cumsum()", "$0.cumsum()", []Type{Float64, Int64, Complex128}, 1e-14, nil},
	{"$0:cumsum():flat()", "$0.cumsum()", []Type{Float64, Int64, Complex128}, 1e-14, nil},
	{"$0:copy():sort():flat()", "np.sort($0, axis=None)", realTypes, 0, nil},
	{"$0:copy():reshape(-1, 1)", "$0.reshape(-1, 1)", nil, 0, notEmpty},
	{"array.concat({$0, $0}, $d)", "np.concatenate([$0, $0], axis=$d)", nil, 0, nil},
	{"array.stack({$0, $0}, $d)", "np.stack([$0, $0], axis=$d)", nil, 0, nil},
	{"$0:squeeze()", "$0.squeeze() if $0.squeeze().ndim else $0.reshape(1)", nil, 0, nil},
	{"array.from($0:totable(), $0:type())", "$0", nil, 0, notEmpty},
	{"array.frombytes($0:tobytes(), $0:type())", "$0.ravel()", nil, 0, nil},
	{"$0:t():matmul($0)", "$0.T @ $0", []Type{Int64, Float64, Complex128}, 1e-13, isMatrix},
	{"$0:matmul($0:t())", "$0 @ $0.T", []Type{Int64, Float32, Float64, Complex64, Complex128}, 1e-6, isMatrix},
	{"$0:matmul($0:row(1))", "$0 @ $0[0]", []Type{Int64, Float64, Complex128}, 1e-13, isMatrix},
	{"array.linalg.norm($0, 1)", "np.linalg.norm($0, 1)", []Type{Float64}, 1e-14, isMatrix},
	{"$0:copy():axpy(2, $0)", "$0 + 2 * $0", wideTypes, 0, nil},
	{"$0:scale(2)", "2 * $0", wideTypes, 0, nil},
	{"$0:axpy(2, $0:copy())", "$0 + 2 * $0", wideTypes, 0, nil},
	{"$0:map(function(x) return x end)", "$0", nil, 0, nil},
}

// pairRows have a second array whose shape matches that of the first, $1.
var pairRows = []numpyRow{
	{"$0 + $1", "$0 + $1", wideTypes, 0, nil},
	{"$0 * $1 - $0", "$0 * $1 - $0", wideTypes, 0, nil},
	{"$1 - $0", "$1 - $0", wideTypes, 0, nil},
	{"$1 % $0:abs():add(1)", "$1 % (abs($0) + 1)", []Type{Int64, Float64}, 0, nil},
	{"$0:lt($1)", "$0 < $1", realTypes, 0, nil},
	{"$1:ne($0)", "$1 != $0", nil, 0, nil},
	{"($0 + $1):add($1)", "$0 + $1 + $1", wideTypes, 0, nil},
	{"($0 * 2):sub($0)", "$0", wideTypes, 0, nil},
	{"array.concat({$0, $0}, $d):mul(array.concat({$0, $0}, $d))", "np.concatenate([$0, $0], axis=$d) ** 2", wideTypes, 0, nil},
	{"$0:add($0)", "$0 + $0", wideTypes, 0, nil},
	{"$0:t():add($0:t()):t()", "$0 + $0", wideTypes, 0, func(s *scene) bool { return len(s.arrays[0].dims) > 1 }},
	{"$0:div(4)", "$0 / 4", []Type{Float32, Float64, Complex128}, 0, nil},
	{"$0:pow(2)", "$0 ** 2", []Type{Float64, Complex128}, 1e-14, nil},
	{"array.where($0:gt($1), $0, $1)", "np.where($0 > $1, $0, $1)", realTypes, 0, nil},
	{"array.where($0:gt(0), $1, 7)", "np.where($0 > 0, $1, 7)", []Type{Float64, Int32}, 0, nil},
	{"$0:hypot($1)", "np.hypot($0, $1)", []Type{Float64, Int32, Float32}, 1e-6, nil},
	{"$0:atan2($1)", "np.arctan2($0, $1)", []Type{Float64, Int32}, 1e-15, nil},
	{"$0:outer($1)", "np.outer($0, $1)", wideTypes, 0, nil},
}

// laneRows reduce along a dimension.
var laneRows = []numpyRow{
	{"$0:sum($d)", "$0.sum(axis=$d)", []Type{Int8, Uint16, Int64, Float64, Complex128, Bool}, 1e-14, nil},
	{"$0:prod($d)", "$0.prod(axis=$d)", []Type{Int8, Float64, Complex128}, 1e-13, nil},
	{"$0:min($d)", "$0.min(axis=$d)", realTypes, 0, notEmpty},
	{"$0:max(-1)", "$0.max(axis=-1)", realTypes, 0, notEmpty},
	{"$0:argmin($d)", "$0.argmin(axis=$d) + 1", realTypes, 0, notEmpty},
	{"$0:argmax($d)", "$0.argmax(axis=$d) + 1", realTypes, 0, notEmpty},
	{"$0:mean($d)", "$0.mean(axis=$d)", []Type{Int16, Float32, Float64, Complex128, Bool}, 1e-6, notEmpty},
	{"$0:var(0, $d)", "$0.var(axis=$d)", []Type{Int16, Float64, Complex128}, 1e-13, notEmpty},
	{"$0:std(nil, $d)", "$0.std(axis=$d)", []Type{Float64}, 1e-13, notEmpty},
	{"$0:norm(2, $d)", "np.linalg.norm($0, axis=$d)", []Type{Float64, Complex128}, 1e-13, nil},
	{"$0:norm(1, $d)", "np.linalg.norm($0, 1, axis=$d)", []Type{Float64}, 1e-13, nil},
	{"$0:cumsum($d)", "$0.cumsum(axis=$d)", []Type{Int8, Float64, Complex128, Bool}, 1e-14, nil},
	{"$0:all($d)", "$0.all(axis=$d)", nil, 0, nil},
	{"$0:any($d)", "$0.any(axis=$d)", nil, 0, nil},
	{"$0:sort(nil, $d)", "np.sort($0, axis=$d)", realTypes, 0, nil},
	{"$0:argsort(nil, $d)", "np.argsort($0, axis=$d, kind='stable') + 1", realTypes, 0, nil},
	{"$0:diff($d)", "np.diff($0, axis=$d)", []Type{Int64, Float64, Complex128}, 0, nil},
	{"$0 - $0:mean($d):copy():reshape(kept($0, $d))", "$0 - $0.mean(axis=$d, keepdims=True)", []Type{Float64}, 1e-14,
		func(s *scene) bool { return notEmpty(s) && len(s.arrays[0].dims) > 1 }},
}

// pickingRows pick elements, or make others of them.
var pickingRows = []numpyRow{
	{"$0[$0:gt(0)]", "$0[$0 > 0]", realTypes, 0, nil},
	{"$0:where($0:ne(0))", "$0[$0 != 0]", []Type{Int8, Float64, Complex64}, 0, nil},
	{"(function() $0[$0:lt(1)] = 5 return $0 end)()", "np.where($0 < 1, 5, $0)", realTypes, 0, nil},
	{"(function() $0:set($0:lt(1), $0[$0:lt(1)] * 0) return $0 end)()", "np.where($0 < 1, $0 * 0, $0)", realTypes, 0, nil},
	{"$0:take{1, -1, 1}", "$0.ravel()[[0, -1, 0]]", nil, 0, notEmpty},
	{"$0:take({1, -1}, $d)", "np.take($0, [0, -1], axis=$d)", nil, 0, notEmpty},
	{"$0:copy():put({1, -1}, $0:take{-1, 1})", "np.concatenate([$0.ravel()[-1:], $0.ravel()[1:-1], $0.ravel()[:1]]).reshape($0.shape)", nil, 0,
		func(s *scene) bool { return s.arrays[0].size() > 1 }},
	{"$0:clip(1, 3)", "np.clip($0, 1, 3)", realTypes, 0, nil},
	{"($0:unique())", "np.unique($0)", realTypes, 0, nil},
	{"select(2, $0:unique())", "np.unique($0, return_counts=True)[1]", realTypes, 0, nil},
	{"$0:copy():flat():sort():searchsorted($0)", "np.searchsorted(np.sort($0, axis=None), $0) + 1", realTypes, 0, nil},
	{"$0:copy():flat():sort():searchsorted($0, 'right')", "np.searchsorted(np.sort($0, axis=None), $0, 'right') + 1", realTypes, 0, nil},
	{"($0:histogram(5, -2, 2))", "np.histogram($0, 5, (-2, 2))[0]", realTypes, 0, nil},
	{"($0:histogram{-2, 0, 0.5, 2})", "np.histogram($0, [-2, 0, 0.5, 2])[0]", realTypes, 0, nil},
	{"$0:kron($0)", "np.kron($0, $0)", []Type{Int64, Float64, Complex128}, 0, isMatrix},
	{"$0:diag($d - 1)", "np.diag($0, $d)", nil, 0, isMatrix},
	{"$0:diag(1 - $d)", "np.diag($0, -$d)", nil, 0, isMatrix},
	{"$0:trace()", "np.trace($0)", []Type{Int64, Float64}, 1e-14, isMatrix},
	{"(array.meshgrid($0:col(1), $0:row(1)))", "np.meshgrid($0[:, 0], $0[0])[0]", nil, 0, isMatrix},
	{"select(2, array.meshgrid($0:col(1), $0:row(1)))", "np.meshgrid($0[:, 0], $0[0])[1]", nil, 0, isMatrix},
	{"$0:sign()", "np.sign($0)", realTypes, 0, nil},
	{"$0:isnan()", "np.isnan($0)", []Type{Float32, Float64, Complex128}, 0, nil},
	{"($0 / 0):isinf()", "np.isinf($0 / 0)", []Type{Float32, Float64}, 0, nil},
	{"($0 / 0):isfinite()", "np.isfinite($0 / 0)", []Type{Float32, Float64}, 0, nil},
	{"$0:exp2()", "np.exp2($0)", []Type{Float64}, 1e-15, nil},
	{"$0:expm1()", "np.expm1($0)", []Type{Float64}, 1e-15, nil},
	{"$0:abs():log1p()", "np.log1p(abs($0))", []Type{Float64}, 1e-15, nil},
	{"$0:abs():add(1):log2()", "np.log2(abs($0) + 1)", []Type{Float64}, 1e-15, nil},
}
