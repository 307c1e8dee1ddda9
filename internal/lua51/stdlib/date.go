package stdlib

import (
	"fmt"
	"time"
)

// appendDate appends what C's strftime makes of one conversion in the locale
// C. One that it does not know stays as it is.
func appendDate(b []byte, t time.Time, letter byte) []byte {
	week := int(t.Weekday())
	monday := (week + 6) % 7
	switch letter {
	case 'a':
		return append(b, t.Weekday().String()[:3]...)
	case 'A':
		return append(b, t.Weekday().String()...)
	case 'b', 'h':
		return append(b, t.Month().String()[:3]...)
	case 'B':
		return append(b, t.Month().String()...)
	case 'c':
		return fmt.Appendf(b, "%s %s %2d %s %d", t.Weekday().String()[:3], t.Month().String()[:3], t.Day(), t.Format("15:04:05"), t.Year())
	case 'C':
		return fmt.Appendf(b, "%02d", floorDiv(t.Year(), 100))
	case 'd':
		return fmt.Appendf(b, "%02d", t.Day())
	case 'D', 'x':
		return fmt.Appendf(b, "%02d/%02d/%02d", t.Month(), t.Day(), floorMod(t.Year(), 100))
	case 'e':
		return fmt.Appendf(b, "%2d", t.Day())
	case 'F':
		return fmt.Appendf(b, "%d-%02d-%02d", t.Year(), t.Month(), t.Day())
	case 'g':
		year, _ := t.ISOWeek()
		return fmt.Appendf(b, "%02d", floorMod(year, 100))
	case 'G':
		year, _ := t.ISOWeek()
		return fmt.Appendf(b, "%d", year)
	case 'V':
		_, n := t.ISOWeek()
		return fmt.Appendf(b, "%02d", n)
	case 'j':
		return fmt.Appendf(b, "%03d", t.YearDay())
	case 'm':
		return fmt.Appendf(b, "%02d", int(t.Month()))
	case 'n':
		return append(b, '\n')
	case 't':
		return append(b, '\t')
	case 's':
		at := t.Unix()
		if t.Location() == gmt { // strftime takes any date for one of the local zone
			at = fromLocal(at, 0, time.Local)
		}
		return fmt.Appendf(b, "%d", at)
	case 'u':
		return fmt.Appendf(b, "%d", monday+1)
	case 'w':
		return fmt.Appendf(b, "%d", week)
	case 'U':
		return fmt.Appendf(b, "%02d", (t.YearDay()-1-week+7)/7)
	case 'W':
		return fmt.Appendf(b, "%02d", (t.YearDay()-1-monday+7)/7)
	case 'y':
		return fmt.Appendf(b, "%02d", floorMod(t.Year(), 100))
	case 'Y':
		return fmt.Appendf(b, "%d", t.Year())
	case 'z':
		return append(b, t.Format("-0700")...)
	case 'Z':
		name, _ := t.Zone()
		return append(b, name...)
	case '%':
		return append(b, '%')
	}
	return appendClock(b, t, letter)
}

// appendClock is appendDate for the time of the day.
func appendClock(b []byte, t time.Time, letter byte) []byte {
	half := (t.Hour() + 11) % 12
	noon := [2]string{"AM", "PM"}[t.Hour()/12]
	switch letter {
	case 'H':
		return fmt.Appendf(b, "%02d", t.Hour())
	case 'I':
		return fmt.Appendf(b, "%02d", half+1)
	case 'k':
		return fmt.Appendf(b, "%2d", t.Hour())
	case 'l':
		return fmt.Appendf(b, "%2d", half+1)
	case 'M':
		return fmt.Appendf(b, "%02d", t.Minute())
	case 'p':
		return append(b, noon...)
	case 'P':
		return append(b, noon[0]|' ', 'm')
	case 'r':
		return fmt.Appendf(b, "%02d:%02d:%02d %s", half+1, t.Minute(), t.Second(), noon)
	case 'R':
		return fmt.Appendf(b, "%02d:%02d", t.Hour(), t.Minute())
	case 'S':
		return fmt.Appendf(b, "%02d", t.Second())
	case 'T', 'X':
		return fmt.Appendf(b, "%02d:%02d:%02d", t.Hour(), t.Minute(), t.Second())
	}
	width := 0 // which glibc reads, and keeps to for what it does not know
	if letter >= '1' && letter <= '9' {
		width = int(letter - '0')
	}
	return fmt.Appendf(b, "%*s", width, string([]byte{'%', letter}))
}

// gmt is the zone of dates that are asked for with "!", under C's name for it.
var gmt = time.FixedZone("GMT", 0)

func floorDiv(a, b int) int { return (a - floorMod(a, b)) / b }

func floorMod(a, b int) int { return (a%b + b) % b }

// brokenDown is a date as C's struct tm has it, but with years and months
// counted as people do. Its fields may be out of their range.
type brokenDown struct {
	year, month, day, hour, minute, second int
	daylight                               int // 1 with and 0 without daylight saving time, -1 not known
}

// time returns the seconds since 1970, as C's mktime does, and reports whether
// there is such a time.
func (d brokenDown) time(zone *time.Location) (int64, bool) {
	if d.year < -1<<31+1900 || d.year > 1<<31-1 || d.month < -1<<31+1 {
		return 0, false
	}
	months := d.month - 1
	year, month := d.year+floorDiv(months, 12), floorMod(months, 12)
	local := daysBefore(year, month)*86400 + int64(d.day-1)*86400 + int64(d.hour)*3600 + int64(d.minute)*60 + int64(d.second)
	return fromLocal(local, d.daylight, zone), true
}

// daysBefore is the number of days from 1970 to the first of a month (from 0)
// of a year.
func daysBefore(year, month int) int64 {
	y := int64(year)
	if month < 2 {
		y--
	}
	era := (y - floor64(y, 400)) / 400
	ofEra := floor64(y, 400)
	m := int64((month + 10) % 12) // March is 0
	ofYear := (153*m + 2) / 5
	return era*146097 + ofEra*365 + ofEra/4 - ofEra/100 + ofYear - 719468
}

func floor64(a, b int64) int64 { return (a%b + b) % b }

// fromLocal returns the time at which clocks of a zone show local, seconds
// since 1970 as if the zone were UTC. Where they show it twice, and daylight
// does not say which is meant, it is the one in standard time; where they skip
// it, it is as if they did not.
func fromLocal(local int64, daylight int, zone *time.Location) int64 {
	before, _ := offsetAt(local-86400, zone)
	after, _ := offsetAt(local+86400, zone)
	at := local - before
	found, isDST := offsetAt(at, zone)
	if before != after {
		later := local - after
		laterFound, laterDST := offsetAt(later, zone)
		if laterFound == after && (found != before || isDST != (daylight > 0)) {
			at, isDST = later, laterDST
		} else if found != before {
			_, isDST = offsetAt(local-86400, zone)
		}
	}
	if daylight < 0 || isDST == (daylight > 0) {
		return at
	}
	if other, ok := otherOffset(at, daylight > 0, zone); ok {
		return local - other
	}
	if daylight > 0 { // a zone without it: an hour, for glibc
		return at - 3600
	}
	return at + 3600
}

// offsetAt returns how far the clocks of a zone are ahead of UTC at a time, in
// seconds, and whether that is daylight saving time.
func offsetAt(at int64, zone *time.Location) (offset int64, daylight bool) {
	t := time.Unix(at, 0).In(zone)
	_, o := t.Zone()
	return int64(o), t.IsDST()
}

// otherOffset returns the offset of a zone with or without daylight saving time
// at the change next to a time, as far as glibc looks for one: seven years.
func otherOffset(at int64, daylight bool, zone *time.Location) (int64, bool) {
	const step, most = 601200, 457243209/2 + 601200
	for away := int64(step); away < most; away += step {
		for _, near := range []int64{at - away, at + away} {
			if offset, is := offsetAt(near, zone); is == daylight {
				return offset, true
			}
		}
	}
	return 0, false
}
