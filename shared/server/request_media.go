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

// checkMedia accepts SCIM's media type, JSON's, and none at all (RFC 7644 section 3.8), without a content coding.
// The parameters of the type mean nothing: JSON is UTF-8 (RFC 8259 section 8.1), whatever charset a client names.
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
		return scim.UnsupportedMediaType("the body must be " + scim.MediaType + " or application/json")
	}
	return nil
}

// replacedByGateway reports whether a body that the client does not call UTF-8 holds the replacement character, which API
// Gateway puts in place of bytes that are not UTF-8.
func replacedByGateway(h http.Header, body []byte) bool {
	_, parameters, _ := strings.Cut(h.Get("Content-Type"), ";")
	parameters = strings.ToLower(parameters)
	foreign := strings.Contains(parameters, "charset=") && !strings.Contains(parameters, "utf")
	return foreign && bytes.ContainsRune(body, utf8.RuneError)
}

// acceptable reports whether one of the media ranges covers an answer in SCIM's
// media type. Without an Accept header everything does.
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
