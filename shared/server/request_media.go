package server

import (
	"mime"
	"strconv"
	"strings"

	"scimserver/shared/scim"
)

// checkContentType accepts SCIM's media type, JSON's, and none at all (RFC 7644
// section 3.8), in UTF-8.
func checkContentType(header string) error {
	if header == "" {
		return nil
	}
	media, parameters, err := mime.ParseMediaType(header)
	if err != nil || media != scim.MediaType && media != "application/json" {
		return scim.UnsupportedMediaType("the body must be " + scim.MediaType + " or application/json")
	}
	if charset := parameters["charset"]; charset != "" && !strings.EqualFold(charset, "utf-8") {
		return scim.UnsupportedMediaType("the body must be in UTF-8")
	}
	return nil
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
