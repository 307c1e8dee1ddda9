package stdlib

import (
	"context"
	"os"
	"strings"
	"time"

	lua "github.com/yuin/gopher-lua"
	"golang.org/x/sys/unix"

	"github.com/mpiclus/mpiclus-lua/internal/lua51/number"
)

// OpenOS puts the library os into the globals (manual, section 5.8).
func OpenOS(L *lua.LState, env *Env) {
	env.install(L)
	openLibrary(L, "os", map[string]lua.LGFunction{
		"clock":     osClock,
		"date":      osDate,
		"difftime":  osDifftime,
		"execute":   func(L *lua.LState) int { return execute(L, env) },
		"exit":      func(L *lua.LState) int { return osExit(L, env) },
		"getenv":    osGetenv,
		"remove":    osRemove,
		"rename":    osRename,
		"setlocale": osSetlocale,
		"time":      osTime,
		"tmpname":   osTmpname,
	})
}

// osClock is the processor time of the process in seconds.
func osClock(L *lua.LState) int {
	var t unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_PROCESS_CPUTIME_ID, &t); err != nil {
		L.Push(lua.LNumber(-1))
		return 1
	}
	L.Push(lua.LNumber(float64(t.Nano()/1000) / 1e6)) // C's CLOCKS_PER_SEC
	return 1
}

func osDifftime(L *lua.LState) int {
	later, earlier := number.ToInteger(checkNumber(L, 1)), number.ToInteger(optNumber(L, 2, 0))
	L.Push(lua.LNumber(later - earlier))
	return 1
}

// osExit is os.exit([code]): true and false stand for success and failure, as
// in later versions of Lua.
func osExit(L *lua.LState, env *Env) int {
	code := 0
	switch v := L.Get(1).(type) {
	case lua.LBool:
		if !v {
			code = 1
		}
	default:
		code = optInt(L, 1, 0)
	}
	env.Flush(true)
	_ = env.Wait(L, func(context.Context) error { env.Exit(code); return nil })
	return 0
}

func osGetenv(L *lua.LState) int {
	if v, ok := os.LookupEnv(checkString(L, 1)); ok {
		L.Push(lua.LString(v))
	} else {
		L.Push(lua.LNil)
	}
	return 1
}

func osRemove(L *lua.LState) int {
	name := checkString(L, 1)
	return done(L, os.Remove(name), name)
}

func osRename(L *lua.LState) int {
	from, to := checkString(L, 1), checkString(L, 2)
	return done(L, unix.Rename(from, to), from)
}

// done pushes true, or what went wrong with a name.
func done(L *lua.LState, err error, name string) int {
	if err != nil {
		return failureOf(L, err, name)
	}
	L.Push(lua.LTrue)
	return 1
}

// osSetlocale knows the locale C alone, which is what the library works in.
func osSetlocale(L *lua.LState) int {
	checkOption(L, 2, "all", []string{"all", "collate", "ctype", "monetary", "numeric", "time"})
	if L.Get(1) != lua.LNil {
		switch checkString(L, 1) {
		case "", "C", "POSIX":
		default:
			L.Push(lua.LNil)
			return 1
		}
	}
	L.Push(lua.LString("C"))
	return 1
}

func osTmpname(L *lua.LState) int {
	f, err := os.CreateTemp("/tmp", "lua_")
	if err != nil {
		raise(L, "unable to generate a unique filename")
	}
	f.Close()
	L.Push(lua.LString(f.Name()))
	return 1
}

// dateLimit is the greatest time of which C's localtime knows the year.
const dateLimit = (1<<31 - 1 + 1900 - 1970 - 1) * 365.2425 * 24 * 3600

func osDate(L *lua.LState) int {
	format, _, _ := strings.Cut(optString(L, 1, "%c"), "\x00") // where C's strings end
	at := time.Now().Unix()
	if L.Get(2) != lua.LNil {
		at = number.ToInteger(checkNumber(L, 2))
	}
	if at > dateLimit || at < -dateLimit {
		L.Push(lua.LNil)
		return 1
	}
	t := time.Unix(at, 0)
	if rest, utc := strings.CutPrefix(format, "!"); utc {
		format, t = rest, t.In(gmt)
	}
	if format == "*t" {
		L.Push(dateTable(L, t))
		return 1
	}
	var b []byte
	for i := 0; i < len(format); i++ {
		if format[i] != '%' || i+1 == len(format) {
			b = append(b, format[i])
			continue
		}
		i++
		b = appendDate(b, t, format[i])
	}
	L.Push(lua.LString(b))
	return 1
}

func dateTable(L *lua.LState, t time.Time) *lua.LTable {
	d := L.CreateTable(0, 9)
	for name, n := range map[string]int{
		"sec": t.Second(), "min": t.Minute(), "hour": t.Hour(), "day": t.Day(), "month": int(t.Month()), "year": t.Year(),
		"wday": int(t.Weekday()) + 1, "yday": t.YearDay(),
	} {
		d.RawSetString(name, wholeValue(n))
	}
	d.RawSetString("isdst", lua.LBool(t.IsDST()))
	return d
}

func osTime(L *lua.LState) int {
	if L.Get(1) == lua.LNil {
		L.Push(lua.LNumber(time.Now().Unix()))
		return 1
	}
	checkTable(L, 1)
	L.SetTop(1)
	d := brokenDown{
		second: dateField(L, "sec", 0), minute: dateField(L, "min", 0), hour: dateField(L, "hour", 12),
		day: dateField(L, "day", missing), month: dateField(L, "month", missing), year: dateField(L, "year", missing),
		daylight: -1,
	}
	if v := L.GetField(L.Get(1), "isdst"); v != lua.LNil {
		d.daylight = 0
		if lua.LVAsBool(v) {
			d.daylight = 1
		}
	}
	if at, ok := d.time(time.Local); ok && at != -1 {
		L.Push(lua.LNumber(at))
	} else {
		L.Push(lua.LNil)
	}
	return 1
}

// missing is in place of the default of a field that must be there.
const missing = -1

func dateField(L *lua.LState, name string, otherwise int) int {
	x, ok := toNumber(L.GetField(L.Get(1), name))
	switch {
	case ok:
		return number.ToInt(x)
	case otherwise == missing:
		raise(L, "field '%s' missing in date table", name)
	}
	return otherwise
}
