local array, csv = require "array", require "csv"
local function write(path, text) local f = assert(io.open(path, "w")) f:write(text) f:close() end
local function read(path) local f = assert(io.open(path)) local s = f:read "*a" f:close() return s end

-- Types by what the fields are.
local t, names, rows = csv.decode "name,x,n,ok\nann,1.5,1,true\n\"b, \"\"c\"\"\",NA,2,false\n"
print(t.x, t.n, t.ok, t.name[1], t.name[2])  --> float64 array of 2 {1.5, nan}	float64 array of 2 {1, 2}	bool array of 2 {true, false}	ann	b, "c"
print(table.concat(names, " "), rows, #t.name)  --> name x n ok	2	2
print(csv.decode("i\n9007199254740993\n-1\n").i, csv.decode("i\n9007199254740993\n0.5\n").i)  --> int64 array of 2 {9007199254740993, -1}	float64 array of 2 {9.0072e+15, 0.5}
print(csv.decode("x\n1\n2\nabc\n").x[1], csv.decode("x\n\n\"\"\ntrue\n").x[2], csv.decode("x\n1\ntrue\n").x[2])  --> 1	true	true
print(csv.decode("x\n0x10\n").x[1], csv.decode("x\n1_0\n").x[1], csv.decode("x\n 1e3 \n").x[1], csv.decode("x\ninf\n").x[1])  --> 0x10	1_0	1000	inf
print(csv.decode("a,,a2\r\n1,2,3\r\n").column2, csv.decode("\239\187\191a\n1\n").a)  --> float64 array of 1 {2}	float64 array of 1 {1}
print(select(3, csv.decode ""), select(3, csv.decode "a,b\n"), csv.decode("a,b\n").b)  --> 0	0	float64 array of 0 {}
print((csv.decode("\"a\nb\"\n\"c\nd\"\n")["a\nb"][1]:gsub("\n", "|")))  --> c|d

-- Options.
local p = csv.decode("1;2\n3;4", {sep = ";", header = false})
print(p[1], p[2], #p)  --> float64 array of 2 {1, 3}	float64 array of 2 {2, 4}	2
print(csv.decode("1\t2", {sep = "\t", header = {"a", "b"}}).b)  --> float64 array of 1 {2}
local t = csv.decode("a,b,c\n1,2,3\n4,5,6\n", {columns = {"c", "a"}, types = {a = "int8", c = "string"}})
print(t.a, t.b, t.c[2])  --> int8 array of 2 {1, 4}	nil	6
print(table.concat(select(2, csv.decode("a,b,c\n1,2,3\n", {columns = {"c", "a"}})), ","))  --> c,a
print(csv.decode("1,2", {header = false, types = {[2] = "uint16"}})[2])  --> uint16 array of 1 {2}
print(csv.decode("# x\nfirst\na\n# y\n1\n?\n2", {skip = 2, comment = "#", missing = {"?"}, rows = 2}).a)  --> float64 array of 2 {1, nan}
print(csv.decode("a,b\n1,2\n3,4\n", {matrix = true}):tostring())  --> {{1, 2}, {3, 4}}
print(csv.decode("z\n1+2i\n3j\n", {types = {z = "complex128"}}).z)  --> complex128 array of 2 {1+2i, 0+3i}
print(csv.decode("f\n0.1\n\n", {types = {f = "float32"}}).f, csv.decode("u\n18446744073709551615", {types = {u = "uint64"}}).u)  --> float32 array of 1 {0.1}	uint64 array of 1 {18446744073709551615}
print(csv.decode("b\nTrue\nFALSE", {types = {b = "bool"}}).b)  --> bool array of 2 {true, false}

-- What is wrong, and where.
csv.decode("a,b\n1,2\n3,x\n", {types = {b = "float64"}})  --! bad argument #1 'text' to 'decode' \(line 3, column 2 \(b\): "x" is no float64\)
csv.decode("h\n\na,b\n\"1\n1\",300\n", {skip = 1, types = {b = "uint8"}})  --! line 5, column 2 \(b\): "300" is out of the range of uint8
csv.decode("a\n1.5\n", {types = {a = "int32"}})      --! line 2, column 1 \(a\): "1.5" is no int32
csv.decode "a,b\n1\n"                                --! line 2: its number of fields is not that of the first row
csv.decode "a,b\n1,x\"y\n"                           --! line 2, character 4: a quotation mark inside of a field
csv.decode "a,b\n1,\"xy\n"                           --! line 2, character 7: a field that begins with a quotation mark does not end with one
csv.decode "a,a\n1,2\n"                              --! columns 1 and 2 are both named "a": name them with header = \{…\} and skip = 1
csv.decode("a,b\n", {columns = {"c"}})               --! there is no column "c": there are a, b
csv.decode("a,b\n1,2", {types = {c = "int8"}})       --! types: there is no column "c": there are a, b
csv.decode("a,b\n1,2", {types = {[3] = "int8"}})     --! types: there is no column 3: there are 2
csv.decode("a,b\n1,2", {header = {"a"}})             --! the header names 1 columns, and the first row has 2
csv.decode("a,b\n1,x", {matrix = true})              --! bad argument #2 'options' to 'decode' \(matrix: column b is text
csv.decode("a", {types = {a = "double"}})            --! types: column "a": no type "double": there are string and the types of arrays
csv.decode("a", {types = {a = 5}})                   --! types: column "a": name of a type expected, got number
csv.decode("a", {sep = ",,"})                        --! sep: one character expected that is no quotation mark and no end of a line, got ",,"
csv.decode("a", {sep = "#", comment = "#"})          --! comment: it is the separator as well
csv.decode("a", {columns = {"a"}, header = false})   --! columns: the columns have no names: see the option header
csv.decode("a", {columns = {1}})                     --! columns: entry 1: string expected, got number
csv.decode("a", {header = {"x", "x"}})               --! header: the name "x" is there twice
csv.decode(5)                                        --! bad argument #1 'text' to 'decode' \(string expected, got number\)

-- Writing.
local x = array.from{1, 2.5, 0/0}
print((csv.encode({b = x, a = {"u", "v, w", "\"q\""}}):gsub("\n", "|")))  --> a,b|u,1|"v, w",2.5|"""q""",|
print((csv.encode({b = x, a = {1, true}, c = {2, nil}}, {names = {"c", "a"}, sep = ";", missing = "NA"}):gsub("\n", "|")))  --! column "a" has 2 rows, those before have 1
print((csv.encode({b = x, a = {1, true, nil}}, {names = {"b"}, missing = "NA"}):gsub("\n", "|")))  --> b|1|2.5|NA|
print((csv.encode({{1, 2}, {"x", "y"}}, {names = {"n", "s"}}):gsub("\n", "|")), (csv.encode({{1}, {2}}):gsub("\n", "|")))  --> n,s|1,x|2,y|	1,2|
print((csv.encode({a = x}, {header = false}):gsub("\n", "|")))  --> 1|2.5|""|
print((csv.encode(array.from{{1, 2}, {3, 4}}, {names = {"p", "q"}}):gsub("\n", "|")), (csv.encode(array.from{1, 2}):gsub("\n", "|")))  --> p,q|1,2|3,4|	1|2|
local big = array.zeros(1, "int64") big[1] = "9007199254740993"
print((csv.encode({i = big, z = array.from{array.complex(1, 2)}, f = array.from({0.1}, "float32"), b = array.from{true}, e = {1e300}}):gsub("\n", "|")))  --> b,e,f,i,z|true,1e+300,0.1,9007199254740993,(1+2i)|
csv.encode {}                         --! bad argument #1 'columns' to 'encode' \(there are none\)
csv.encode {a = x, b = {1}}           --! column "b" has 1 rows, those before have 3
csv.encode {a = array.eye(2)}         --! column "a" is a float64 matrix of 2x2: a column is a vector
csv.encode {a = {{}}}                 --! column "a", row 1: string, number or boolean expected, got table
csv.encode {a = 5}                    --! column "a": array or list expected, got number
csv.encode({{1}}, {names = {"a", "b"}})  --! names: 2 names for 1 columns
csv.encode(array.eye(2), {names = {"a"}}) --! names: 1 names for the 2 columns of float64 matrix of 2x2
csv.encode(5)                         --! bad argument #1 'columns' to 'encode' \(table expected, got number\)

-- Files.
csv.write("t.tsv", {a = x, s = {"p", "", "tab\there"}})
print((read "t.tsv":gsub("\n", "|"):gsub("\t", ">")))  --> a>s|1>p|2.5>|>"tab>here"|
local t = csv.read "t.tsv"
print(t.a, t.s[3])  --> float64 array of 3 {1, 2.5, nan}	tab	here
write("late.csv", "a,b,c\n" .. ("1,2,true\n"):rep(5000) .. "x,9007199254740993,false\n")
local t = csv.read "late.csv"
print(t.a[1], t.a[5001], t.b:type(), t.c:type(), #t.a)  --> 1	x	int64	bool	5001
write("wrong.csv", "a\n1\n\"2\n")
csv.read "wrong.csv"                  --! read: wrong\.csv: line 3, character 4: a field that begins with a quotation mark
csv.read "none.csv"                   --! read: none\.csv: no such file or directory
csv.read "."                          --! read: \. is a folder
csv.read(5)                           --! bad argument #1 'path' to 'read' \(path expected, got number\)
csv.write("none/t.csv", {a = x})      --! write: none/t\.csv: no such file or directory
csv.load "x"                          --! csv has no field 'load': csv\.read\(path\) gives the columns
