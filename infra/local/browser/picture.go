package browser

import (
	"bytes"
	"cmp"
	"image"
	"image/color"
	"image/png"
	"slices"
	"testing"
)

// shrink returns a picture with at most 64 colours, which makes it several times
// smaller.
func shrink(tb testing.TB, data []byte) []byte {
	tb.Helper()
	full, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		tb.Fatal(err)
	}
	small := image.NewPaletted(full.Bounds(), frequentColours(full))
	known := map[color.Color]uint8{}
	for y := full.Bounds().Min.Y; y < full.Bounds().Max.Y; y++ {
		for x := full.Bounds().Min.X; x < full.Bounds().Max.X; x++ {
			c := full.At(x, y)
			index, ok := known[c]
			if !ok {
				index = uint8(small.Palette.Index(c))
				known[c] = index
			}
			small.SetColorIndex(x, y, index)
		}
	}
	var out bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.BestCompression}
	if err := encoder.Encode(&out, small); err != nil {
		tb.Fatal(err)
	}
	return out.Bytes()
}

func frequentColours(picture image.Image) (palette color.Palette) {
	counts := map[color.Color]int{}
	for y := picture.Bounds().Min.Y; y < picture.Bounds().Max.Y; y++ {
		for x := picture.Bounds().Min.X; x < picture.Bounds().Max.X; x++ {
			counts[picture.At(x, y)]++
		}
	}
	for c := range counts {
		palette = append(palette, c)
	}
	slices.SortFunc(palette, func(a, b color.Color) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(code(a), code(b)))
	})
	return distinct(palette)
}

// distinct returns the first colours, and also the first colour of each hue, which would be lost among many greys.
func distinct(all color.Palette) (palette color.Palette) {
	const maxColours, frequent = 64, 24
	seen := map[uint32]bool{}
	for i, c := range all {
		hue := code(c) & 0xc0c0c0
		if i < frequent || !seen[hue] && len(palette) < maxColours {
			palette = append(palette, c)
		}
		seen[hue] = true
	}
	return palette
}

func code(c color.Color) uint32 {
	r, g, b, _ := c.RGBA()
	return r>>8<<16 | g>>8<<8 | b>>8
}
