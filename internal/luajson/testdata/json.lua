local array, json = require "array", require "json"

-- Scalars.
print(json.encode(true), json.encode(1), json.encode(-0.5), json.encode(1e300), json.encode "a")  --> true	1	-0.5	1e+300	"a"
print(json.encode(2^53), json.encode(1/3), json.encode(0.1))   --> 9007199254740992	0.3333333333333333	0.1
print(json.encode(json.null), tostring(json.null), json.decode "null" == json.null)   --> null	json.null	true
print(json.encode "\"\\/\b\f\n\r\t\0é€😀")  --> "\"\\/\b\f\n\r\t\u0000é€😀"
print(json.encode("é€😀", {ascii = true}))       --> "\u00e9\u20ac\ud83d\ude00"
print(json.decode [["\u00e9\ud83d\ude00\/"]])    --> é😀/
json.encode(nil)                --! bad argument #1 'value' to 'encode' \(nil has no form in JSON: json\.null stands for null\)
json.encode(print)              --! a function has no form in JSON
json.encode(0/0)                --! -?nan has no form in JSON: see the option nan
json.encode {a = {1, -1/0}}     --! \.a\[2\]: -inf has no form in JSON
print(json.encode({0/0, 1/0, 1}, {nan = json.null}), json.encode({0/0}, {nan = "NaN"}), json.encode({0/0}, {nan = 0}))  --> [null,null,1]	["NaN"]	[0]
json.encode({0/0}, {nan = 0/0}) --! the option nan is -?nan itself
json.encode({0/0}, {nan = {}})  --! nan: json\.null, number, boolean or string expected, got table
json.encode {x = "a\255"}       --! \.x: the string is not UTF-8 at byte 2
json.encode(array.complex(1, 2)) --! a complex number has no form in JSON: write \{z\.re, z\.im\}

-- Lists and objects.
print(json.encode {1, {2, "x"}, {}}, json.encode {b = 1, a = {c = false}})  --> [1,[2,"x"],{}]	{"a":{"c":false},"b":1}
print(json.encode(json.list()), json.encode(json.list {}), json.encode(json.object {10, 20}), json.encode(json.object()))  --> []	[]	{"1":10,"2":20}	{}
print(json.encode(json.decode '{"a":[],"b":{}}'))  --> {"a":[],"b":{}}
print(json.encode {1, nil, 3}, json.encode(setmetatable({}, {__jsontype = "array"})), json.encode(setmetatable({1}, {__jsontype = "object"})))  --> [1,null,3]	[]	{"1":1}
print(#json.decode "[1,null,3]", json.decode("[1,null,3]")[2] == json.null, json.decode('{"a":null}', {null = false}).a)  --> 3	true	false
json.encode {1, 2, x = 3}       --! the list has the key "x" as well: json\.object\(t\) makes an object of all keys
json.encode {1, n = 1}          --! the list has the key "n" as well
print(json.encode {n = 5})      --> {"n":5}
json.encode {[true] = 1}        --! the key true has no form in JSON
json.encode(json.object {1, ["1"] = 2})  --! it has the key "1" as a number and as a string
json.encode(setmetatable({}, {__jsontype = 5})) --! __jsontype of its metatable is 5: "array" or "object" expected
json.list(setmetatable({}, {})) --! bad argument #1 't' to 'list' \(it has a metatable already
local loop = {} loop.x = {loop}
json.encode(loop)               --! \.x\[1\]: the table stands in itself
local shared = {1}
print(json.encode {shared, shared})  --> [[1],[1]]
local deep = {} for i = 1, 1001 do deep = {deep} end
json.encode(deep)               --! more than 1000 levels of tables
json.decode(("["):rep(100000))  --! line 1, column 1001: more than 1000 levels of lists and objects
print(#json.encode(json.decode(("["):rep(1000) .. ("]"):rep(1000))))  --> 2000

-- Indentation.
print((json.encode({a = {1}, b = json.list()}, {indent = 2}):gsub("\n", "|")))     --> {|  "a": [|    1|  ],|  "b": []|}
print((json.encode({a = {1}}, {indent = "\t"}):gsub("\n", "|"):gsub("\t", "_")))   --> {|_"a": [|__1|_]|}
json.encode({}, {indent = -1})    --! bad argument #2 'options' to 'encode' \(indent: whole number from 0 to 16 expected, got -1\)
json.encode({}, {indent = "x"})   --! indent: blanks and tabs expected, got "x"
json.encode({}, {indnet = 2})     --! no option "indnet": did you mean indent\? there are indent, nan, ascii
json.encode({}, 2)                --! bad argument #2 'options' to 'encode' \(table expected, got number\)
json.encode({}, {}, 3)            --! json\.encode\(value \[, options\]\) takes 2 at most, got 3 as well

-- Numbers.
print(json.decode "9007199254740992", json.decode "1152921504606846976", json.decode(json.encode(1e18)) == 1e18, json.decode "1e2")  --> 9.007199254741e+15	1.1529215046068e+18	true	100
json.decode "[1,\n 9007199254740993]"   --! line 2, column 2: 9007199254740993 is beyond 2\^53, where numbers are not exact
print(json.decode("9007199254740993", {big = "string"}), json.decode("9007199254740993", {big = "round"}) == 2^53)  --> 9007199254740993	true
json.decode "1e400"                     --! line 1, column 1: the number 1e400 is out of range
json.decode("1", {big = "drop"})        --! big: "drop" is none of error, string, round

-- Arrays.
print(json.encode(array.from({1, 2.5})), json.encode(array.from{{1, 2}, {3, 4}}), json.encode(array.from({true}, "bool")))  --> [1,2.5]	[[1,2],[3,4]]	[true]
print(json.encode(array.zeros(0)), json.encode(array.matrix(2, 0)), json.encode(array.from({0.1}, "float32")), json.encode(array.from({255}, "uint8")))  --> []	[[],[]]	[0.1]	[255]
local big = array.zeros(1, "int64") big[1] = "-9223372036854775807"
print(json.encode {x = big})  --> {"x":[-9223372036854775807]}
json.encode {x = array.from{{1, 0/0}}}  --! \.x\[1\]\[2\]: -?nan has no form in JSON
json.encode(array.from{array.complex(1, 2)})  --! complex128 array of 1 has complex numbers, for which JSON has no form
local t = json.decode('{"a":[1,2,3],"m":[[1,2],[3,4]],"s":["x",1],"r":[[1],[2,3]],"e":[], "o":[1,null]}', {arrays = true})
print(t.a, t.m:tostring(), t.s[1], t.r[2])  --> float64 array of 3 {1, 2, 3}	{{1, 2}, {3, 4}}	x	float64 array of 2 {2, 3}
print(#t.e, array.is(t.e), t.o[1], t.o[2])  --> 0	false	1	json.null

-- Texts that are no JSON: line and column, in characters.
json.decode ""                   --! line 1, column 1: the text is empty
json.decode " \n "               --! line 2, column 2: the text is empty
json.decode '{"a": 1,\n "é": }'  --! line 2, column 7: missing value after object name
json.decode '[1, 2'              --! line 1, column 6: the text ends too early
json.decode '{"a":1,"a":2}'      --! line 1, column 8: the name "a" is there twice in one object
json.decode '[1] x'              --! line 1, column 5: a text has one value, and there is more behind it
json.decode '[1] [2]'            --! line 1, column 5: a text has one value, and there is more behind it
json.decode "[NaN]"              --! line 1, column 2: invalid character 'N'
json.decode "'a'"                --! line 1, column 1: invalid character
json.decode '"\255"'             --! line 1, column 2: invalid UTF-8
json.decode '"a\nb"'             --! line 1, column 3: invalid character
json.decode(5)                   --! bad argument #1 'text' to 'decode' \(string expected, got number\)
print(json.decode "\239\187\191[1]"[1])  --> 1
json.parse "1"                   --! json has no field 'parse': json\.decode\(text\) gives the value
local _ = json.endcode                     --! did you mean json\.encode\?
