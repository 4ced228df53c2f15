package scim

import (
	"cmp"
	"slices"
	"testing"
)

func TestDecimalsInOrder(t *testing.T) { // P-3.4.2.2-14
	ascending := []string{
		"-1e9999999999999999999", "-1e300", "-100.15", "-100.1", "-100", "-99", "-0.1", "-0.09", "-1e-99", "0",
		"1e-9999999999999999999", "1e-100", "0.09", "0.1", "1", "1.5", "10",
		"9007199254740992", "9007199254740993", "9007199254740993.5", "1e17", "1e300", "1.01e300",
		"1e9999999999999999999",
	}
	for i, x := range ascending {
		for j, y := range ascending {
			a, b := ParseDecimal(x), ParseDecimal(y)
			if got := a.Compare(b); got != cmp.Compare(i, j) {
				t.Errorf("%s against %s: %d", x, y, got)
			}
			if got := cmp.Compare(a.Bytes(20), b.Bytes(20)); got != cmp.Compare(i, j) {
				t.Errorf("bytes of %s against bytes of %s: %d", x, y, got)
			}
		}
	}
	same := []string{"0", "-0", "0.00", "0e5", "-0.0e-7"}
	if slices.ContainsFunc(same, func(s string) bool { return ParseDecimal(s).Compare(ParseDecimal("0")) != 0 }) {
		t.Error("different texts for zero are not equal")
	}
	if ParseDecimal("12345.00").Bytes(4) != ParseDecimal("1.2346e4").Bytes(4) {
		t.Error("digits after the fourth make a difference")
	}
}
