package link

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

var someJoin = Join{
	Version: "1.2.3", Job: "job-7", Secret: noise(1, 32), Unix: "/tmp/mpiclus-1/s",
	TCP: []string{"10.0.0.1:4711", "[fd00::1]:4711"}, Pin: noise(2, 32), Host: "node a",
}

func TestJoinRoundTrip(t *testing.T) {
	for _, want := range []Join{{}, someJoin, {Secret: []byte{}, TCP: []string{"", "x"}}} {
		got, err := ParseJoin(want.String())
		if err != nil {
			t.Fatal(err)
		}
		if !got.Equal(want) {
			t.Errorf("%v became %v", want, got)
		}
	}
}

func TestParseJoinRefuses(t *testing.T) {
	good := someJoin.String()
	for name, text := range map[string]string{
		"empty": "", "no base64": "?", "other format": "CQ" + good[2:], "cut": good[:len(good)-9],
		"huge length": joinEncoding.EncodeToString([]byte{joinFormat, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1, 'x'}),
	} {
		if j, err := ParseJoin(text); err == nil {
			t.Errorf("%s: accepted as %v", name, j)
		} else if text != "" && strings.Contains(err.Error(), text) {
			t.Errorf("%s: the error repeats the text", name)
		}
	}
}

// A Join that is printed by mistake must not give the secret away.
func TestJoinPrintsWithoutSecret(t *testing.T) {
	var log bytes.Buffer
	logger := slog.New(slog.NewTextHandler(&log, nil))
	logger.Info("x", "join", someJoin, "at", &someJoin)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		fmt.Fprintf(&log, verb+verb+verb, someJoin, &someJoin, struct{ Join Join }{someJoin})
	}
	for _, form := range []string{string(someJoin.Secret), hex.EncodeToString(someJoin.Secret), someJoin.String(),
		fmt.Sprint([]byte(someJoin.Secret))[1:20], joinEncoding.EncodeToString(someJoin.Secret[3:27])} {
		if strings.Contains(log.String(), form) {
			t.Errorf("the secret is in %s", log.String())
		}
	}
	if !strings.Contains(log.String(), "job-7") {
		t.Error("the job is not named:", log.String())
	}
}

func FuzzParseJoin(f *testing.F) {
	f.Add(someJoin.String())
	f.Add(Join{}.String())
	f.Fuzz(func(t *testing.T, text string) {
		j, err := ParseJoin(text)
		if err != nil {
			return
		}
		again, err := ParseJoin(j.String())
		if err != nil || !again.Equal(j) {
			t.Errorf("%q: %v, %v", text, j, err)
		}
	})
}
