package scim

import (
	"encoding/binary"
	"strconv"
	"strings"
)

// Decimal is a normalized JSON number: 0.digits times ten to the power of point. Unlike a
// float64 it is exact, and unlike a big.Rat it is cheap for any exponent.
type Decimal struct {
	negative bool
	digits   string // without zeros at either end; "" for zero
	point    int64
}

// maxExponent bounds exponents. Larger ones are treated as equal to it.
const maxExponent = 1 << 40

// ParseDecimal reads a number in the syntax of RFC 8259.
func ParseDecimal(s string) Decimal {
	s, negative := strings.CutPrefix(s, "-")
	mantissa, power, _ := strings.Cut(strings.ToLower(s), "e")
	whole, fraction, _ := strings.Cut(mantissa, ".")
	exponent, _ := strconv.ParseInt(power, 10, 64) // if out of range, the nearest int64
	exponent = max(-maxExponent, min(exponent, maxExponent))
	all := whole + fraction
	digits := strings.TrimLeft(all, "0")
	if digits == "" {
		return Decimal{}
	}
	return Decimal{
		negative: negative,
		digits:   strings.TrimRight(digits, "0"),
		point:    exponent + int64(len(whole)-(len(all)-len(digits))),
	}
}

// Compare returns -1, 0 or 1 as d is less than, equal to or greater than e.
func (d Decimal) Compare(e Decimal) int {
	if d.negative != e.negative {
		if d.negative {
			return -1
		}
		return 1
	}
	order := d.compareMagnitude(e)
	if d.negative {
		return -order
	}
	return order
}

func (d Decimal) compareMagnitude(e Decimal) int {
	switch {
	case d.digits == "" || e.digits == "":
		return strings.Compare(d.digits, e.digits)
	case d.point < e.point:
		return -1
	case d.point > e.point:
		return 1
	}
	return strings.Compare(d.digits, e.digits)
}

// Bytes returns a string for sorting: two strings compare bytewise as their numbers do. Only the given number of
// leading digits counts.
func (d Decimal) Bytes(digits int) string {
	const negative, zero, positive = 0, 1, 2
	if d.digits == "" {
		return string([]byte{zero})
	}
	b := binary.BigEndian.AppendUint64([]byte{positive}, uint64(d.point+2*maxExponent))
	b = append(b, d.digits[:min(digits, len(d.digits))]...)
	if !d.negative {
		return string(b)
	}
	b = append(b, 0) // if one is a prefix of the other, the longer one is the lesser number
	for i := range b {
		b[i] = ^b[i]
	}
	b[0] = negative
	return string(b)
}
