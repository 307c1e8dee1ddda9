package link

import (
	"os"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	switch {
	case os.Getenv(echoAt) != "":
		echoFromOtherHost()
		return
	case os.Getenv(dialAs) != "":
		dialAsOther()
		return
	}
	goleak.VerifyTestMain(m)
}
