package server

import (
	"net/http"
	"strconv"

	"scimserver/shared/scim"
	"scimserver/shared/scim/bulk"
)

// bulkResult is the result of an operation.
type bulkResult struct {
	method, bulkID    string
	location, version string // "" if unknown
	status            int
	failure           scim.Value // the body of the error; null if there is none
}

func (b *bulkResult) succeeded() bool { return b.status < http.StatusBadRequest }

// refused returns the result of an operation that was refused or has failed.
func (j *bulkJob) refused(o bulk.Operation, e *scim.Error) *bulkResult {
	return &bulkResult{
		method:   o.Method,
		bulkID:   o.BulkID,
		location: j.locationOf(o),
		status:   e.Status,
		failure:  e.Value(),
	}
}

// answered returns the result of an operation that was carried out.
func (j *bulkJob) answered(o bulk.Operation, out *response, failed *scim.Error) *bulkResult {
	if failed != nil {
		return j.refused(o, failed)
	}
	result := &bulkResult{
		method:   o.Method,
		bulkID:   o.BulkID,
		location: j.locationOf(o),
		version:  out.ETag,
		status:   out.Status,
	}
	if out.Location != "" {
		result.location = out.Location
	}
	return result
}

// locationOf returns the location of the resource that an operation names. A POST names none
// (section 3.7.3).
func (j *bulkJob) locationOf(o bulk.Operation) string {
	if _, id := o.Target(); o.Method == http.MethodPost || id == "" {
		return ""
	}
	return j.r.BaseURL + o.Path
}

// message returns the BulkResponse: the results in the order of the request.
func (j *bulkJob) message() scim.Value {
	var results []scim.Value
	for _, result := range j.results {
		if result != nil {
			results = append(results, result.value())
		}
	}
	return scim.Map(
		scim.Member{Name: "schemas", Value: scim.Texts(bulk.ResponseMessage)},
		scim.Member{Name: "Operations", Value: scim.List(results...)},
	)
}

func (b *bulkResult) value() scim.Value {
	var members []scim.Member
	for _, m := range []struct{ name, text string }{
		{"method", b.method}, {"bulkId", b.bulkID}, {"location", b.location}, {"version", b.version},
	} {
		if m.text != "" {
			members = append(members, scim.Member{Name: m.name, Value: scim.Text(m.text)})
		}
	}
	members = append(members, scim.Member{Name: "status", Value: scim.Text(strconv.Itoa(b.status))})
	if b.failure.Kind() != scim.Null {
		members = append(members, scim.Member{Name: "response", Value: b.failure})
	}
	return scim.Map(members...)
}
