package scim

import (
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"
)

// TestFoldByDefinition compares Fold with its definition, applied to the whole text:
// every character between two others, and random texts of characters that interact.
func TestFoldByDefinition(t *testing.T) {
	for c := rune(0); c < 0x20000; c++ {
		if s := "S" + string(c) + "\u0301"; utf8.ValidRune(c) && Fold(s) != foldSegment(s) {
			t.Fatalf("%U: %+q, want %+q", c, Fold(s), foldSegment(s))
		}
	}
	alphabet := []rune("aA\u0301\u0345\u0323ßſﬁéÅΆΣςᾳᾼ각각가ｶﾞがＡᏸꭰ漢豈𝐀𐐀İıẞ\u1e9b\u034f\u200d\u0f71\u0f73ཱི🦉𑂚𑂺")
	random := rand.New(rand.NewPCG(1, 2))
	for range 20_000 {
		text := make([]rune, 1+random.IntN(12))
		for i := range text {
			text[i] = alphabet[random.IntN(len(alphabet))]
			if random.IntN(8) == 0 {
				text[i] = rune(random.IntN(0x30000))
			}
		}
		s := strings.ToValidUTF8(string(text), "")
		if Fold(s) != foldSegment(s) {
			t.Fatalf("%+q: %+q, want %+q", s, Fold(s), foldSegment(s))
		}
		n := random.IntN(len(s) + 2)
		if got, want := FoldPrefix(s, n), Fold(s); got != want[:min(n, len(want))] {
			t.Fatalf("the first %d bytes of %+q: %+q, want those of %+q", n, s, got, want)
		}
	}
}

// BenchmarkFold folds a value of 4 KB.
func BenchmarkFold(b *testing.B) {
	for _, c := range []struct{ name, of string }{
		{"ASCII", "Ab"},
		{"Latin", "é"},
		{"Han", "漢"},
		{"decomposed", "e\u0301"},
		{"mathematical", "𝐀"},
		{"marks", "\u0301"},
		{"rare", "q\u0301"},
		{"unpaged", "\U000F0000"},
	} {
		b.Run(c.name, func(b *testing.B) {
			s := strings.Repeat(c.of, 4096/len(c.of))
			b.ReportAllocs()
			for b.Loop() {
				Fold(s)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(s)), "ns/byte")
		})
	}
}
