package console

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"scimserver/infra/scimctl/apiclient"
	"scimserver/infra/scimctl/wording"
	"scimserver/shared/web"
)

// problem is an error in words for the operator.
type problem struct {
	status int
	title  string
	text   string
	steps  []string
	retry  bool // the same page may succeed later
}

var errNotFound = errors.New("there is no such page")

// explain puts an error into words. The request is that of the operator's browser.
func explain(err error, r *http.Request) problem {
	var p problem
	refused, isAnswer := errors.AsType[*apiclient.Error](err)
	_, noKey := errors.AsType[*apiclient.CredentialsError](err)
	unread, tableFailed := errors.AsType[tableError](err)
	switch {
	case errors.Is(err, errNotFound):
		return problem{status: http.StatusNotFound, title: "There is no such page", text: "The address is mistyped."}
	case tableFailed:
		return problem{
			status: http.StatusBadGateway, title: "The table can't be read", text: wording.Sentence(unread.Error()),
			retry: true,
			steps: []string{
				"Your AWS identity has to be allowed to describe, scan and read the table.",
				"If your AWS credentials have expired: log in again, for example with: `aws sso login`",
			},
		}
	case noKey, isAnswer && isExpired(refused):
		p = expiredCredentials(err)
	case isAnswer:
		p = explainAnswer(refused)
	case errors.Is(err, context.DeadlineExceeded):
		p = problem{
			status: http.StatusGatewayTimeout, title: "The operator API did not answer in time",
			text: "It may be busy, or the network slow.", retry: true,
		}
	default:
		p = problem{
			status: http.StatusBadGateway, title: "The operator API can't be reached",
			text:  unreachableText(err),
			retry: true,
			steps: []string{
				"Check this machine's network, VPN and proxy.",
				"Check that ADMIN_URL is the output AdminUrl of a stack that still exists.",
			},
		}
	}
	if r.Method == http.MethodPost && p.retry {
		const look = "It is not known whether the change was made: look before you repeat it."
		p.steps = append([]string{look}, p.steps...)
	}
	return p
}

// unreachableText is the reason why a request was not answered, without what the title says already.
func unreachableText(err error) string {
	text := err.Error()
	if _, reason, ok := strings.Cut(text, "can't be reached: "); ok {
		text = reason
	}
	return wording.Sentence(text)
}

// isExpired reports whether API Gateway refused temporary credentials that have expired.
func isExpired(e *apiclient.Error) bool {
	return e.Status == http.StatusForbidden && strings.Contains(strings.ToLower(e.Message), "expired")
}

func expiredCredentials(err error) problem {
	return problem{
		status: http.StatusUnauthorized, title: "Your AWS credentials have expired, or there are none",
		text: wording.Sentence(err.Error()), retry: true,
		steps: []string{
			"Log in again, for example with: `aws sso login`",
			"Then try again here. If it still fails, end the console with Ctrl-C and start it again.",
		},
	}
}

// explainAnswer puts an answer of the operator API other than success into words.
func explainAnswer(e *apiclient.Error) problem {
	p := problem{status: e.Status, text: wording.Sentence(e.Error()), retry: e.Status >= http.StatusInternalServerError}
	switch s := e.Status; {
	case s == http.StatusUnauthorized, s == http.StatusForbidden:
		p.title = "Your AWS identity may not do this"
		p.steps = []string{
			"Ask the person who manages IAM in this AWS account for execute-api:Invoke on this method and path.",
			"If you can usually do this: check AWS_PROFILE, and this machine's clock.",
		}
	case s == http.StatusNotFound:
		p.title = "Not found"
		p.steps = []string{"It may have been deleted, or have another id: look for it in the list."}
	case s == http.StatusTooManyRequests:
		p.title, p.retry = "Too many requests at once", true
	case isRefusal(s), s == http.StatusMethodNotAllowed:
		p.title = "The operator API refused the request"
		p.steps = []string{"Check that this scimctl and the service are of the same version: `scimctl version`"}
	default:
		p.title = fmt.Sprintf("The operator API failed (%d)", e.Status)
		p.steps = []string{
			"Try again.", "If it fails again, look at the log of function Admin in CloudWatch, and at its alarms.",
		}
	}
	return p
}

// renderProblem writes an error as a page.
func (c *console) renderProblem(w http.ResponseWriter, r *http.Request, p problem) {
	s := screen{Header: web.Header{Title: p.title, Text: p.text}, tenant: tenantIn(r)}
	if p.status == http.StatusNotFound && c.base+r.URL.EscapedPath() == c.at("tenants", s.tenant) {
		s.tenant = "" // it does not exist, so its other pages do not either
	}
	if p.steps != nil {
		s.Sections = []section{{Plain: true, Notice: &web.Notice{Tone: web.Bad, Title: "What to do", Steps: p.steps}}}
	}
	switch {
	case p.retry && r.Method == http.MethodGet:
		s.Header.Action = &web.Link{Text: "Try again", URL: c.base + r.URL.RequestURI()}
	case p.status == http.StatusNotFound:
		s.Header.Action = &web.Link{Text: "Show all tenants", URL: c.at("tenants")}
	}
	c.renderScreen(w, r, p.status, s)
}

// tenantIn is the tenant in the path of a page, "" if it has none.
func tenantIn(r *http.Request) string { return r.PathValue("tenant") }
