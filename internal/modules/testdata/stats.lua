-- The module stats against published values, numpy's, and its errors.
local stats, array = require "stats", require "array"
local function near(a, b, tolerance) -- relative
	tolerance = tolerance or 1e-12
	if array.is(a) then
		assert(#a == #b, #a .. " values")
		for i = 1, #a do near(a[i], b[i], tolerance) end
	elseif math.abs(a - b) > tolerance * math.max(math.abs(b), 1e-300) then
		error(("%.17g is not %.17g"):format(a, b), 2)
	end
end
local x, y = {2.1, 3.4, 1.9, 5.6, 4.4, 3.3, 2.8, 6.1}, {1.0, 2.2, 0.7, 4.1, 3.9, 2.0, 2.5, 4.4}

-- numpy: quantile, cov, corrcoef, lstsq.
near(stats.quantile(x, {0.1, 0.5, 0.9}), {2.04, 3.35, 5.75})
near(stats.median(x), 3.35)
near(stats.covariance(x, y), 2.0728571428571425)
near(stats.correlation(x, y), 0.9524770998033463)
near(stats.skewness(x), 0.4252058169626506)
near(stats.kurtosis(x), -1.1630800576909872)
local fit = stats.regression(x, y)
near(fit.intercept, -0.61094498, 1e-7) near(fit.slope, 0.86782297, 1e-7)
near(fit.errors, {0.45008953, 0.11330404}, 1e-7) near(fit.r2, 0.9072126256497939)
near(fit.sigma ^ 2 * 6, 1.28788876, 1e-8)
local m = array.from{x, y}:t()
near(stats.correlation(m):flat(), {1, stats.correlation(x, y), stats.correlation(x, y), 1})
near(stats.covariance(m):at(1, 2), stats.covariance(x, y))
print(stats.rank{10, 20, 10, 5}) --> float64 array of 4 {2.5, 4, 2.5, 1}
print(stats.correlation({1, 2, 3, 4}, {1, 4, 9, 16}, "spearman"), stats.correlation({1, 2, 3, 4}, {1, 3, 2, 4}, "kendall")) --> 1	0.66666666666667
near(stats.correlation({1, 2, 2, 3}, {1, 2, 3, 3}, "kendall"), 0.8)

-- NIST's certified values for the data of Longley.
local longley = array.from{
	{60323, 83.0, 234289, 2356, 1590, 107608, 1947}, {61122, 88.5, 259426, 2325, 1456, 108632, 1948}, {60171, 88.2, 258054, 3682, 1616, 109773, 1949},
	{61187, 89.5, 284599, 3351, 1650, 110929, 1950}, {63221, 96.2, 328975, 2099, 3099, 112075, 1951}, {63639, 98.1, 346999, 1932, 3594, 113270, 1952},
	{64989, 99.0, 365385, 1870, 3547, 115094, 1953}, {63761, 100.0, 363112, 3578, 3350, 116219, 1954}, {66019, 101.2, 397469, 2904, 3048, 117388, 1955},
	{67857, 104.6, 419180, 2822, 2857, 118734, 1956}, {68169, 108.4, 442769, 2936, 2798, 120445, 1957}, {66513, 110.8, 444546, 4681, 2637, 121950, 1958},
	{68655, 112.6, 482704, 3813, 2552, 123366, 1959}, {69564, 114.2, 502601, 3931, 2514, 125368, 1960}, {69331, 115.7, 518173, 4806, 2572, 127852, 1961},
	{70551, 116.9, 554894, 4007, 2827, 130081, 1962} }
local rows = {}
for i = 1, 16 do rows[i] = longley:row(i):view(2):totable() end
local fit = stats.regression(array.from(rows), longley:col(1))
near(fit.coefficients, {-3482258.63459582, 15.0618722713733, -0.358191792925910E-01, -2.02022980381683, -1.03322686717359, -0.511041056535807E-01, 1829.15146461355}, 1e-7)
near(fit.errors[1], 890420.383607373, 1e-7) near(fit.errors[7], 455.478499142212, 1e-7)
near(fit.sigma, 304.854073561965, 1e-9) near(fit.r2, 0.995479004577296)
near(fit.p[7], 0.003037, 1e-3)
print(fit.df, #fit.residuals, fit.p[7] < 0.0031, stats.regression({1, 2}, {2, 4}).t) --> 9	16	true	nil
near(stats.regression({1, 2, 3}, {2.1, 3.9, 6}, {intercept = false}).slope, 27.9 / 14)

-- Student's data on sleep, as R has it.
local a, b = {0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0}, {1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4}
local function test(want, ...) near(array.from{...}, want, 2e-4) end
test({-1.8608, 17.776, 0.07939}, stats.ttest(a, b))
test({-1.8608, 18, 0.07919}, stats.ttest(a, b, {equal_variances = true}))
test({-4.0621, 9, 0.002833}, stats.ttest(a, b, {paired = true}))
test({-4.0621, 9, 0.002833 / 2}, stats.ttest(a, b, {paired = true, alternative = "less"}))
test({-4.0621, 9, 1 - 0.002833 / 2}, stats.ttest(a, b, {paired = true, alternative = "greater"}))
test({1.3257, 9, 0.2176}, stats.ttest(a, 0))
-- Mendel's peas, and the table of parties that R's help has.
test({0.4700, 3, 0.9254}, stats.chi2test({315, 101, 108, 32}, {312.75, 104.25, 104.25, 34.75}))
test({30.07, 2, 2.954e-07}, stats.chi2test(array.from{{762, 327, 468}, {484, 239, 477}}))
-- The critical value of Kolmogorov's test for 20 numbers at 5 %, and exact values for a uniform one.
local u = {} for i = 1, 20 do u[i] = math.min(1, (i - 1) / 20 + 0.29408) end
local d, p = stats.kstest(u, stats.uniform())
near(d, 0.29408, 1e-9) near(p, 0.05, 0.02)
print(stats.kstest({1, 2, 3, 4}, {1, 2, 3, 4}), (stats.kstest({1, 2}, {3, 4}))) --> 0	1

-- Distributions: values of tables.
near(stats.normal():quantile(0.975), 1.959963984540054, 1e-14)
near(stats.student_t(10):quantile(0.975), 2.228138851986274, 1e-14)
near(stats.chi_squared(5):quantile(0.95), 11.070497693516351, 1e-13)
near(stats.f(5, 10):quantile(0.95), 3.3258, 2e-5)
near(stats.normal():survival(10), 7.61985302416e-24, 1e-10)
near(stats.f(2, 4):survival(1e8), (1 + 0.5e8) ^ -2)
near(stats.lognormal():survival(math.exp(10)), stats.normal():survival(10))
near(stats.binomial(100, 0.5):survival(99), 2 ^ -100, 1e-10) near(stats.binomial(3, 0.5):survival(1), 0.5)
near(stats.poisson(1e-10):survival(0), 1e-10, 1e-9)
print(stats.lognormal():cdf(-1), stats.f(1, 1):survival(-1), stats.poisson(1):survival(-1), stats.binomial(3, 0.5):survival(3), stats.gamma(1):pdf(-1)) --> 0	1	1	0	0
near(stats.normal(1, 2):pdf(array.from{1, 3}), {0.19947114020071635, 0.12098536225957168})
near(stats.gamma(2, 3):cdf(6), 1 - 3 * math.exp(-2))
near(stats.beta(2, 3):cdf(0.5), 0.6875)
near(stats.exponential(2):cdf(2), 1 - math.exp(-1))
near(stats.weibull(2, 3):cdf(3), 1 - math.exp(-1))
near(stats.lognormal():mean(), math.exp(0.5))
near(stats.binomial(10, 0.5):pdf(5), 252 / 1024)
near(stats.poisson(3):cdf(2), 8.5 * math.exp(-3))
print(stats.binomial(10, 0.5):quantile(0.5), stats.poisson(3):quantile{0, 0.5, 0.99}, stats.binomial(3, 0.2):quantile(1), stats.poisson(1):quantile(1)) --> 5	float64 array of 3 {0, 3, 8}	3	inf
for _, dist in ipairs{ stats.normal(3, 2), stats.student_t(4), stats.chi_squared(3), stats.f(3, 7), stats.gamma(2), stats.beta(0.5, 2), stats.exponential(), stats.uniform(-1, 2), stats.lognormal(), stats.weibull(1.5) } do
	near(dist:cdf(dist:quantile(array.from{0.001, 0.3, 0.9})), {0.001, 0.3, 0.9}, 1e-9)
	near(dist:survival(dist:quantile(0.3)), 0.7, 1e-9)
end
print(stats.student_t(3), stats.binomial(3, 0.5):mean(), stats.uniform(0, 12):std()) --> student_t distribution (df 3)	1.5	3.4641016151378

near(stats.chi_squared(2):quantile(1e-300), 2e-300, 1e-9) -- where the library gives up
-- Beside what can be, and at its ends.
local beside = array.from{-1/0, -1, 1/0}
for _, dist in ipairs{ stats.chi_squared(2), stats.f(2, 3), stats.gamma(1), stats.beta(2, 2), stats.exponential(), stats.lognormal(), stats.weibull(2), stats.poisson(2), stats.binomial(3, 0.5) } do
	assert(dist:pdf(beside) == array.zeros(3) and dist:cdf(beside) == array.from{0, 0, 1} and dist:survival(beside) == array.from{1, 1, 0}, tostring(dist))
end
print(stats.chi_squared(2):pdf(0), stats.f(2, 5):pdf(0), stats.f(1, 5):pdf(0), stats.f(3, 5):pdf(0), stats.f(2, 2):cdf(1e300), stats.binomial(3, 0):pdf(0), stats.binomial(3, 1):pdf{2, 3}) --> 0.5	1	inf	0	1	1	float64 array of 2 {0, 1}
-- Density: the kernel of one point is the normal density.
near(stats.kde({1}, {1, 3}, 2), {stats.normal(1, 2):pdf(1), stats.normal(1, 2):pdf(3)})
near(stats.kde({0, 1}, 0), (stats.normal(0, 2^-0.2 / 2^0.5):pdf(0) + stats.normal(1, 2^-0.2 / 2^0.5):pdf(0)) / 2)

stats.quantile({}, 0.5) --! bad argument #1 'x' to 'quantile' \(at least 1 numbers expected, got 0\)
stats.quantile(x, 1.5) --! bad argument #2 'p' to 'quantile' \(1.5 is out of range \(0 to 1\)\)
stats.quantile({1, 0/0}, 0.5) --! bad argument #1 'x' to 'quantile' \(finite numbers expected: element 2 is -?nan\)
stats.quantile({1, "2"}, 0.5) --! bad argument #1 'x' to 'quantile' \(a list of numbers expected: entry 2 is "2"\)
stats.median(array.zeros(2, "complex128")) --! bad argument #1 'x' to 'median' \(real numbers expected, got a complex128 array of 2\)
stats.median(5) --! bad argument #1 'x' to 'median' \(array or list expected, got number\)
stats.skewness{1, 1} --! bad argument #1 'x' to 'skewness' \(all elements are equal\)
stats.correlation(x, {1, 2}) --! bad argument #2 'y' to 'correlation' \(2 numbers, and x has 8\)
stats.correlation(x, y, "person") --! bad argument #3 'kind' to 'correlation' \("person" is not known: it is one of pearson, spearman, kendall\)
stats.covariance(x) --! bad argument #1 'x' to 'covariance' \(matrix expected, got table
stats.regression({1, 1, 1}, {1, 2, 3}) --! bad argument #1 'x' to 'regression' \(its columns do not determine
stats.regression({1}, {1}) --! bad argument #1 'x' to 'regression' \(1 observations do not determine 2 coefficients\)
stats.ttest({1, 1}, 0) --! ttest: the samples have no variance: t is inf
stats.ttest(x, 0, {paired = true}) --! bad argument #3 'options' to 'ttest' \(paired and equal_variances are for two samples\)
stats.chi2test{-1, 2} --! bad argument #1 'observed' to 'chi2test' \(element 1 is -1, which is no count\)
stats.chi2test({1, 2}, {1, 1}) --! bad argument #2 'expected' to 'chi2test' \(they sum to 2, and those observed to 3\)
stats.chi2test(array.matrix(2, 2)) --! bad argument #1 'observed' to 'chi2test' \(all counts are 0\)
stats.kstest(x, stats.poisson(1)) --! bad argument #2 'y' to 'kstest' \(a continuous distribution expected, got poisson distribution \(mean 1\)\)
stats.normal(0, 0) --! bad argument #2 'deviation' to 'normal' \(0 is out of range\)
stats.binomial(2.5, 0.5) --! bad argument #1 'n' to 'binomial' \(2.5 is no whole number\)
stats.uniform(1, 1) --! bad argument #2 'high' to 'uniform' \(1 is not above low\)
stats.normal():quantile(2) --! bad argument #1 'p' to 'quantile' \(2 is out of range
stats.normal():pfd(1) --! a distribution has no method "pfd": did you mean 'pdf'\?
stats.kde({1, 1}, 1) --! bad argument #3 'bandwidth' to 'kde' \(a number above 0 expected
stats.mean(x) --! stats has no field 'mean'
