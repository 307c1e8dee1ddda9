package philox

import (
	"math/rand/v2"
	"testing"

	lua "github.com/yuin/gopher-lua"
)

var _ rand.Source = (*Stream)(nil)

// TestKnownAnswers holds the block function against the test vectors that the
// authors publish with it (Random123, kat_vectors, philox4x64 10).
func TestKnownAnswers(t *testing.T) {
	const all = 1<<64 - 1
	for _, c := range []struct {
		counter [4]uint64
		key     [2]uint64
		want    [4]uint64
	}{
		{[4]uint64{}, [2]uint64{}, [4]uint64{0x16554d9eca36314c, 0xdb20fe9d672d0fdc, 0xd7e772cee186176b, 0x7e68b68aec7ba23b}},
		{[4]uint64{all, all, all, all}, [2]uint64{all, all}, [4]uint64{0x87b092c3013fe90b, 0x438c3c67be8d0224, 0x9cc7d7c69cd777b6, 0xa09caebf594f0ba0}},
		{[4]uint64{0x243f6a8885a308d3, 0x13198a2e03707344, 0xa4093822299f31d0, 0x082efa98ec4e6c89}, [2]uint64{0x452821e638d01377, 0xbe5466cf34e90c6c},
			[4]uint64{0xa528f45403e61d95, 0x38c72dbd566e9788, 0xa5a1610e72fd18b5, 0x57bd43b5e52b7fe6}},
	} {
		if got := block(c.counter, c.key); got != c.want {
			t.Errorf("counter %x, key %x: %x, want %x", c.counter, c.key, got, c.want)
		}
	}
}

// TestSeek: a place is the same whether it is reached step by step or at once.
func TestSeek(t *testing.T) {
	walk := New(Lane{Seed: 7, Rank: 3, Name: "x"})
	for i := range uint64(50) {
		if p := walk.Position(); p != i {
			t.Fatalf("position %d, want %d", p, i)
		}
		jump := New(Lane{Seed: 7, Rank: 3, Name: "x"})
		jump.Seek(1000)
		jump.Seek(i)
		if p := jump.Position(); p != i {
			t.Fatalf("position %d after Seek(%d)", p, i)
		}
		want := walk.Uint64()
		for k := range 6 {
			if got := jump.Uint64(); k == 0 && got != want {
				t.Fatalf("number %d is %x, and %x where it is sought", i, want, got)
			}
		}
	}
}

// TestLanes: no two lanes have a block in common, and each part of a lane counts.
func TestLanes(t *testing.T) {
	seen := map[[6]uint64]Lane{}
	for _, seed := range []uint64{0, 1, 1 << 63} {
		for _, group := range []int{0, 1, 1000} {
			for _, rank := range []int{Master, NoRank, 0, 1, 1 << 20} {
				for _, name := range []string{"", "a", "b", NameMath} {
					l := Lane{seed, group, rank, name}
					s := New(l)
					id := [6]uint64{s.key[0], s.key[1], s.lane[0], s.lane[1]}
					if other, twice := seen[id]; twice {
						t.Errorf("%+v is %+v", l, other)
					}
					seen[id] = l
				}
			}
		}
	}
}

// TestOrigin: an interpreter keeps one origin, and those without a seed differ.
func TestOrigin(t *testing.T) {
	one, two, given := lua.NewState(), lua.NewState(), lua.NewState()
	defer one.Close()
	defer two.Close()
	defer given.Close()
	Origin{Seed: 5, Given: true, Rank: 2}.Keep(given)
	if first, again := Of(one), Of(one); first != again || first.Seed == Of(two).Seed {
		t.Error("origins without a seed: one is to stay, and two are to differ")
	}
	if o := Of(given); o != (Origin{Seed: 5, Given: true, Rank: 2}) {
		t.Errorf("the origin that was given is %+v", o)
	}
	if Of(given).Stream("a").Uint64() != New(Lane{Seed: 5, Rank: 2, Name: "a"}).Uint64() {
		t.Error("the stream of an origin is another one than that of its lane")
	}
}

func BenchmarkUint64(b *testing.B) {
	s := New(Lane{})
	for b.Loop() {
		s.Uint64()
	}
}
