-- Shapes, real transforms of all lengths, and errors of array.fft.
local array = require "array"
local fft = array.fft
for n = 1, 80 do
	local x = array.randn(n)
	local full, half = fft(x), fft.rfft(x)
	assert(#half == math.floor(n / 2) + 1 and (full:view(1, #half) - half):abs():max() < 1e-12, n)
	assert((fft.irfft(half, n) - x):abs():max() < 1e-13, n)
	assert(fft.ifftshift(fft.fftshift(x)) == x)
	local f = fft.fftshift(fft.fftfreq(n))
	assert(f == f:copy():sort() and f[math.floor(n / 2) + 1] == 0)
end
local m = array.randn(6, 37)
local t = fft.fft2(m)
assert((fft.ifft2(t):re() - m):abs():max() < 1e-13)
assert((fft(m:t():matmul(array.ones(6))) - t:row(1)):abs():max() < 1e-12) -- the first row is that of the sums
print(fft(array.from({1, 2}, "int8")), fft{1, 2}, fft(array.from({1, 2}, "complex64")):type()) --> complex128 array of 2 {3+0i, -1+0i}	complex128 array of 2 {3+0i, -1+0i}	complex128
print(#fft(array.zeros(0)), fft.fft2(array.matrix(0, 3)):shape()) --> 0	0	3
fft(array.matrix(2, 2)) --! bad argument #1 'x' to 'fft' \(vector expected, got float64 matrix of 2x2\)
fft(5) --! bad argument #1 'x' to 'fft' \(array or list expected, got number\)
fft.fft2(array.zeros(2)) --! bad argument #1 'm' to 'fft2' \(matrix expected, got float64 array of 2\)
fft.rfft(array.zeros(2, "complex128")) --! bad argument #1 'x' to 'rfft' \(real numbers expected, got a complex128 array of 2\)
fft.rfft{} --! bad argument #1 'x' to 'rfft' \(at least 1 element expected, got none\)
fft.irfft({1, 2}, 5) --! bad argument #1 'x' to 'irfft' \(2 elements are the transform of no 5 real ones
fft.irfft({1}) --! bad argument #1 'x' to 'irfft'
fft.fftfreq(0) --! bad argument #1 'n' to 'fftfreq' \(0 is out of range
fft.fftfreq(4, 0) --! bad argument #2 'spacing' to 'fftfreq' \(it is 0\)
fft.fftt(1) --! array.fft has no field 'fftt': did you mean 'fft'\?
