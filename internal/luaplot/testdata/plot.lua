local array, plot = require "array", require "plot"
local function lines(f, options) local t = {} for line in f:text(options):gmatch "[^\n]+" do t[#t + 1] = line end return t end

-- What is drawn: all kinds of data.
local x = array.linspace(0, 1, 20)
for _, f in ipairs {
  plot.line(x), plot.line(x, x * 2), plot.line {1, 2, 4}, plot.line({1, 2}, {3, 4}, {label = "a"}), plot.line({[0] = 1, 2, 3}), plot.line({[0] = x, x}),
  plot.line({a = x, b = {1, 2}}), plot.line(x, x:reshape(20, 1)), plot.scatter(x, x, {shape = "cross", size = 5, color = "#ff0000"}), plot.histogram(x), plot.histogram({a = x, b = x}, {bins = 3}),
  plot.bars {1, -2, 3}, plot.bars({{1, 2}, {3, 4}}, {names = {"p", "q"}}), plot.errorbars(x, x, 0.1), plot.errorbars({1, 2}, {3, 4}, {1, 1}, {dx = {1, 2}}), plot.errorbars({1}, {2}, nil, {dx = 1}),
  plot.heat(array.eye(4)), plot.heat({{1, 2}, {3, 4}}, {x = {0, 1}, y = {5, 9}, min = 0, max = 9, palette = "bluered"}), plot.contour(array.eye(4)), plot.contour(array.eye(4), {levels = {0.2, 0.5}, width = 1}),
  plot.heat(array.zeros(4):reshape(2, 2)), plot.line(x, x, {xlog = true, ylog = true}), plot.line({1}, {1}), plot.line(array.from({1, 2}, "int8")),
  plot.figure():line(x):scatter(x, x):set {title = "t", legend = "none", grid = true},
} do
  f:save "a.svg"
  assert(#lines(f, {width = 20, height = 5}) >= 7)
end
plot.line(x):save("a.png", {width = 5, height = 4, dpi = 50})
plot.line(x):save "a.PDF"
plot.panels {plot.line(x), plot.heat(array.eye(2))}:save "a.svg"
plot.panels {{plot.line(x)}, {plot.line(x), plot.bars {1}}}:save "a.svg"
print(#lines(plot.panels {plot.line(x), plot.line(x)}, {width = 10, height = 4}))  --> 12

-- As characters.
plot.bars({1, 2}, {title = "two"}):show {width = 10, height = 4}
print(lines(plot.bars({1, 2}, {title = "two", ylabel = "h"}), {width = 10, height = 4})[2])  --> h
print(lines(plot.line({1, 2}, {label = "up"}):line({2, 1}, {label = "down"}), {width = 10, height = 4})[7]:match "%S.*")  --> * up

-- What is wrong.
plot.line()                             --! bad argument #1 'y' to 'line' \(array or list of numbers expected, got nil\)
plot.line {}                            --! bad argument #1 'y' to 'line' \(it is empty\)
plot.line {1, "x"}                      --! entry 2: number expected, got string
plot.line({1, 2}, {1})                  --! bad argument #2 'y' to 'line' \(1 numbers for the 2 of x\)
plot.line({1}, {1}, {colour = "red"})   --! no option "colour": did you mean color\?
plot.line({1}, {color = "rde"})         --! color: no colour "rde": there are black, blue,
plot.line({1}, {width = 0})             --! width: number above 0 up to 1000 expected, got 0
plot.line({1}, {xmin = 0/0})            --! xmin: finite number expected
plot.line({1}, {legend = "left"})       --! legend: "left" is none of top right, top left
plot.line({[0] = 1, {1}})               --! some ranks have a number, others have many
plot.line(array.from {array.complex(1, 2)}) --! has complex numbers
plot.line({a = {1}, b = "x"})           --! entry b: array or list of numbers expected, got string
plot.scatter({1}, {1}, {shape = "star"}) --! shape: "star" is none of circle, ring
plot.errorbars({1}, {1}, {1, 2})        --! 2 numbers for 1 points
plot.histogram({0/0})                   --! there are no values
plot.histogram({1}, {bins = 0})         --! bins: whole number from 1 to 100000 expected, got 0
plot.bars({1, 2}, {names = {"a"}})      --! names: 1 names for 2 bars
plot.heat(array.zeros(3))               --! bad argument #1 'matrix' to 'heat' \(matrix expected, got float64 array of 3\)
plot.heat {{1, 2}, {3}}                 --! list of lists of equal length expected
plot.heat {{0/0}}                       --! it has no finite number
plot.heat({{1}}, {min = 2, max = 1})    --! min: the colours cannot go from 2 to 1
plot.heat({{1, 2, 3}}, {x = {3, 2, 1}}) --! x: rising finite numbers expected
plot.heat({{1, 2, 3}}, {x = {3}})       --! x: 3 places expected, or the first and the last, got 1
plot.contour {{1, 2}}                   --! a float64 matrix of 1x2 has too few rows or columns
plot.contour({{1, 2}, {3, 4}}, {levels = {2, 1}})  --! levels: rising finite numbers expected
plot.panels {}                          --! list of figures, or of rows of them, expected
plot.panels {1}                         --! figure expected, got number
plot.panels {plot.line {1}}:line {1}    --! a picture of panels has no method 'line'
plot.figure():save "a.svg"              --! save: a\.svg: there is nothing to draw
plot.figure():text()                    --! text: there is nothing to draw
plot.line({-1}, {ylog = true}):save "a.svg"  --! there is nothing to draw: a logarithmic axis has numbers above 0 alone
plot.line {1}:save "a.gif"              --! a\.gif ends in none of \.svg, \.png, \.pdf
plot.line {1}:save "none/a.svg"         --! none/a\.svg: no such file or directory
plot.line {1}:save("a.svg", {width = 1})  --! width: 2 to 200 centimetres expected, got 1
plot.line {1}:save("a.png", {width = 200, height = 200, dpi = 600})  --! million dots, more than 50 million
plot.line {1}:show {width = 5}          --! width: whole number from 10 to 1000 expected, got 5
plot.line {1}.save()                    --! bad self to 'save' \(figure expected, got nil
plot.plot {1}                           --! plot has no field 'plot': plot\.line\(x, y\) draws lines
plot.line {1}:lien {1}                  --! a figure has no method 'lien': did you mean line\?
