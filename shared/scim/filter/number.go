package filter

import (
	"strconv"
	"strings"

	"scimserver/shared/scim"
)

// number is a JSON number in lowest terms: 0.digits times ten to the power of
// point. Unlike a float64 it is exact, and unlike a big.Rat it is cheap whatever
// the exponent.
type number struct {
	negative bool
	digits   string // without zeros at either end; "" for zero
	point    int64
}

// maxExponent bounds exponents: beyond it numbers differ by their digits only.
const maxExponent = 1 << 40

// parseNumber reads a number as RFC 8259 spells it.
func parseNumber(s string) number {
	s, negative := strings.CutPrefix(s, "-")
	mantissa, power, _ := strings.Cut(strings.ToLower(s), "e")
	whole, fraction, _ := strings.Cut(mantissa, ".")
	exponent, _ := strconv.ParseInt(power, 10, 64) // the nearest int64 where it does not fit
	exponent = max(-maxExponent, min(exponent, maxExponent))
	all := whole + fraction
	digits := strings.TrimLeft(all, "0")
	if digits == "" {
		return number{}
	}
	return number{
		negative: negative,
		digits:   strings.TrimRight(digits, "0"),
		point:    exponent + int64(len(whole)-(len(all)-len(digits))),
	}
}

// compare returns -1, 0 or 1 as n is less than, equal to or greater than m.
func (n number) compare(m number) int {
	if n.negative != m.negative {
		if n.negative {
			return -1
		}
		return 1
	}
	order := n.compareSize(m)
	if n.negative {
		return -order
	}
	return order
}

func (n number) compareSize(m number) int {
	switch {
	case n.digits == "" || m.digits == "":
		return strings.Compare(n.digits, m.digits)
	case n.point < m.point:
		return -1
	case n.point > m.point:
		return 1
	}
	return strings.Compare(n.digits, m.digits)
}

// numeric compares numbers by their values: 1.0 equals 1.
func numeric(op Op, literal string) test {
	want, holds := parseNumber(literal), ordered(op)
	return func(v scim.Value) bool {
		return v.Kind() == scim.Number && holds(parseNumber(v.Text()).compare(want))
	}
}
