package server

import (
	"bytes"
	"fmt"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"unicode/utf8"

	"scimserver/shared/scim"
)

// checkMedia accepts SCIM's media type, JSON's, and a missing one (RFC 7644 section 3.8), without
// a content coding. It ignores parameters of the media type: JSON is always UTF-8 (RFC 8259
// section 8.1), even if a client names another charset.
func checkMedia(h http.Header) error {
	for coding := range strings.SplitSeq(strings.Join(h.Values("Content-Encoding"), ","), ",") {
		if coding = strings.TrimSpace(coding); coding != "" && !strings.EqualFold(coding, "identity") {
			return scim.UnsupportedEncoding(fmt.Sprintf("%.40q", coding))
		}
	}
	header := h.Get("Content-Type")
	media, _, _ := strings.Cut(header, ";")
	media = strings.ToLower(strings.TrimSpace(media))
	if header != "" && media != scim.MediaType && media != "application/json" {
		return scim.UnsupportedMediaType(
			"the Content-Type of the body must be " + scim.MediaType + " or application/json",
		)
	}
	return nil
}

// hasReplacementCharacter reports whether a body contains U+FFFD and its media type names a charset
// other than UTF-8. API Gateway replaces bytes that are not UTF-8 with U+FFFD.
func hasReplacementCharacter(h http.Header, body []byte) bool {
	_, parameters, _ := strings.Cut(h.Get("Content-Type"), ";")
	parameters = strings.ToLower(parameters)
	foreign := strings.Contains(parameters, "charset=") && !strings.Contains(parameters, "utf")
	return foreign && bytes.ContainsRune(body, utf8.RuneError)
}

// acceptable reports whether the client accepts SCIM's media type (RFC 9110 section 12.5.1).
// A client that sends no Accept header does.
func acceptable(headers []string) bool {
	ranges := strings.Split(strings.Join(headers, ","), ",")
	blank := true
	for _, r := range ranges {
		if r = strings.TrimSpace(r); r == "" {
			continue
		}
		blank = false
		media, parameters, err := mime.ParseMediaType(r)
		if err != nil || !covers(media) {
			continue
		}
		if q, err := strconv.ParseFloat(parameters["q"], 64); err != nil || q > 0 {
			return true
		}
	}
	return blank
}

func covers(media string) bool {
	switch media {
	case scim.MediaType, "application/json", "application/*", "*/*":
		return true
	}
	return false
}
