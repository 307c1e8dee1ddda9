local fs = require "fs"
local function cat(t) return table.concat(t, " ") end

-- Folders.
fs.mkdir "a"
fs.mkdir("a/b/c", {parents = true})
fs.mkdir("a/b/c", {parents = true})
fs.mkdir "a"                       --! mkdir: a: file exists
fs.mkdir "x/y"                     --! mkdir: x/y: no such file or directory
fs.mkdir("x", {parent = true})     --! no option "parent": did you mean parents\?
fs.write("a/one.csv", "1\n") fs.write("a/b/two.csv", "22") fs.write("a/b/c/three.txt", "") fs.write("a/.hidden.csv", "")
print(cat(fs.list "a"), cat(fs.list()))  --> .hidden.csv b one.csv	a
print(cat(fs.walk "a"), #fs.walk "a/b/c")  --> .hidden.csv b b/c b/c/three.txt b/two.csv one.csv	1
fs.list "none"                     --! list: none: no such file or directory
fs.list "a/one.csv"                --! list: a/one\.csv: not a directory
fs.walk "none"                     --! walk: none: no such file or directory

-- Patterns.
print(cat(fs.glob "a/*.csv"), cat(fs.glob "a/**/*.csv"), cat(fs.glob "a/.*.csv"))  --> a/one.csv	a/b/two.csv a/one.csv	a/.hidden.csv
print(cat(fs.glob "*/?/[t-u]wo.*"), cat(fs.glob "a/b"), cat(fs.glob "none/*"), cat(fs.glob "a/b/**"))  --> a/b/two.csv	a/b		a/b a/b/c a/b/c/three.txt a/b/two.csv
print(fs.glob(fs.here() .. "/*")[1] == fs.here() .. "/a", cat(fs.glob "a/b/../*.csv"), cat(fs.glob "./a"))  --> true	a/one.csv	a
fs.glob "a["                       --! bad argument #1 'pattern' to 'glob' \("a\[" is no pattern

-- What is there.
local st = fs.stat "a/one.csv"
print(st.type, st.size, math.abs(st.modified - os.time()) < 100, st.mode:sub(1, 2), st.link)  --> file	2	true	rw	nil
print(fs.stat("a").type, fs.stat "none", fs.stat "a/one.csv/x")  --> folder	nil	nil
os.execute "ln -s a/one.csv link; ln -s nowhere lost"
print(fs.stat("link").type, fs.stat("link").link, fs.stat("lost").type, fs.exists "lost")  --> file	a/one.csv	link	false
print(fs.exists "a", fs.isfile "a", fs.isfolder "a", fs.isfile "link", fs.isfile "none")  --> true	false	true	true	false
fs.stat ""                         --! a path is not empty
fs.stat(5)                         --! bad argument #1 'path' to 'stat' \(path expected, got number\)
fs.stat(("x"):rep(300))            --! file name too long

-- Changes.
fs.copy("a/one.csv", "copy.csv")
print(fs.read "copy.csv" == "1\n", fs.stat("copy.csv").mode == fs.stat("a/one.csv").mode)  --> true	true
fs.copy("a", "b")                  --! copy: a is a folder
fs.copy("copy.csv", "copy.csv")    --! are the same file
fs.rename("copy.csv", "a/moved.csv")
print(fs.exists "copy.csv", fs.read "a/moved.csv" == "1\n")  --> false	true
fs.rename("none", "b")             --! rename: none to b: no such file or directory
fs.remove "a"                      --! remove: a: directory not empty
fs.remove "none"                   --! remove: none: no such file or directory
fs.remove("none", {all = true})
fs.remove("link") fs.remove "lost"
print(fs.exists "a/one.csv")       --> true
fs.remove(".", {all = true})       --! \. holds the folder in which this process runs
fs.remove("/", {all = true})       --! / holds the folder
fs.remove("..", {all = true})      --! \.\. holds the folder
fs.remove("a", {all = true})
print(#fs.list())                  --> 0
fs.read "none"                     --! read: none: no such file or directory
fs.write("x", 5)                   --! bad argument #2 'text' to 'write' \(string expected, got number\)
fs.write("x/y", "")                --! write: x/y: no such file or directory

-- Temporary ones.
local folder, file = fs.tmp(), fs.tmp {file = true, ending = ".csv", folder = "."}
print(fs.stat(folder).mode, fs.stat(file).size, fs.ending(file), fs.tmp() ~= folder)  --> rwx------	0	.csv	true
fs.remove(folder) fs.remove(file)
fs.tmp {folder = "none"}           --! tmp: none: no such file or directory
fs.tmp {ending = "/x"}             --! ending: the end of a name expected, got "/x"

-- Paths.
print(fs.join("a", "b", "../c.txt"), fs.join("a", "/b"), fs.join(), fs.join("run", 7))  --> a/c.txt	/b	.	run/7
print(fs.name "a/b.tar.gz", fs.parent "a/b.tar.gz", fs.ending "a/b.tar.gz", fs.stem "a/b.tar.gz", fs.ending ".profile" == "", fs.stem ".profile")  --> b.tar.gz	a	.gz	b.tar	true	.profile
print(fs.full "x/../y" == fs.here() .. "/y", fs.relative("a/b", "a/c"))  --> true	../b
fs.ls "."                          --! fs has no field 'ls': fs\.list\(path\) gives the names in a folder
