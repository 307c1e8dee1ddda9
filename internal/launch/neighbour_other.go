//go:build !linux

package launch

import (
	"context"
	"os"
)

func ownMachine() string {
	name, _ := os.Hostname()
	return name
}

func awaitEnd(context.Context, int) (known bool, err error) { return false, nil }
