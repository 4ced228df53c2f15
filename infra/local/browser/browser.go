// Package browser drives a headless Chromium for the tests of pages. It presses keys, looks for
// accessibility barriers with axe-core, and takes pictures.
package browser

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"scimserver/infra/check/node"
)

// patience is how long a page may take to show what a test waits for.
const patience = time.Minute

// Browser is a running Chromium.
type Browser struct {
	ctx context.Context
	axe string // the source of axe-core
}

// Start starts a browser that ends with the test. Without Chromium the test is skipped, but in CI it fails.
func Start(tb testing.TB) *Browser {
	tb.Helper()
	program := find(tb)
	axe, err := loadAxe(tb.Context())
	if err != nil {
		tb.Fatal(err)
	}
	options := append(
		chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(program), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("headless", "new"), chromedp.Flag("hide-scrollbars", true), chromedp.Flag("lang", "en-US"),
		chromedp.WSURLReadTimeout(patience),
	)
	allocator, end := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, closeBrowser := chromedp.NewContext(allocator)
	tb.Cleanup(func() {
		closeBrowser()
		end()
	})
	slow := time.AfterFunc(2*patience, end)
	defer slow.Stop()
	if err := chromedp.Do(ctx, chromedp.Navigate("about:blank")); err != nil { // it starts the process
		tb.Fatalf("start %s within %v: %v", program, 2*patience, err)
	}
	return &Browser{ctx, axe}
}

func find(tb testing.TB) string {
	tb.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if program, err := exec.LookPath(name); err == nil {
			return program
		}
	}
	const missing = "this test needs Chromium: install it, for example with: apt-get install chromium"
	if os.Getenv("CI") != "" {
		tb.Fatal(missing)
	}
	tb.Skip(missing)
	return ""
}

func loadAxe(ctx context.Context) (string, error) {
	_, here, _, _ := runtime.Caller(0)
	modules, err := node.Modules(ctx, filepath.Dir(here))
	if err != nil {
		return "", err
	}
	text, err := os.ReadFile(filepath.Join(modules, "node_modules", "axe-core", "axe.min.js"))
	return string(text), err
}

// Page is a tab with cookies of its own.
type Page struct {
	testing.TB
	ctx context.Context
	axe string
}

// Page opens a tab, 1440 pixels wide, that is closed with the test, and after four minutes at the latest.
func (b *Browser) Page(tb testing.TB) *Page {
	tb.Helper()
	return b.LongPage(tb, 4*patience)
}

// LongPage is Page with another limit.
func (b *Browser) LongPage(tb testing.TB, limit time.Duration) *Page {
	tb.Helper()
	tab, closeTab := chromedp.NewContext(b.ctx, chromedp.WithNewBrowserContext())
	ctx, stop := context.WithTimeout(tab, limit)
	tb.Cleanup(func() {
		stop()
		closeTab()
	})
	p := &Page{tb, ctx, b.axe}
	p.Size(1440)
	return p
}

// Do carries out actions.
func (p *Page) Do(actions ...chromedp.Action[chromedp.Void]) {
	p.Helper()
	if err := chromedp.Do(p.ctx, actions...); err != nil {
		p.Fatalf("%v; the page shows:\n%s", err, p.body())
	}
}

func (p *Page) body() string {
	text, _ := chromedp.Run(p.ctx, chromedp.Evaluate[string]("location.href + '\\n' + document.body.innerText"))
	return text
}

// Open opens an address.
func (p *Page) Open(address string) {
	p.Helper()
	p.Do(chromedp.Navigate(address))
}

// OpenUntil opens an address again and again until the page shows a text. It is for effects that the service
// has only after it has answered.
func (p *Page) OpenUntil(address, text string) {
	p.Helper()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); {
		p.Open(address)
		if strings.Contains(p.Value("document.body.innerText"), text) {
			return
		}
	}
	p.Fatalf("not within %v: %q; the page shows:\n%s", patience, text, p.body())
}

// Size sets the width of the window.
func (p *Page) Size(width int64) {
	p.Helper()
	p.Do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{
			Width: width, Height: 900, DeviceScaleFactor: 1, Mobile: width < 600,
		})
		return err
	}))
}

// Dark switches between the dark and the light colours.
func (p *Page) Dark(dark bool) {
	p.Helper()
	scheme := "light"
	if dark {
		scheme = "dark"
	}
	p.Do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{
				{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"},
			},
		})
		return err
	}))
}

// Print shows the page as it is printed. Dark ends it.
func (p *Page) Print() {
	p.Helper()
	p.Do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"})
		return err
	}))
}

// WithoutScript turns JavaScript off for the pages that are opened from now on.
func (p *Page) WithoutScript() {
	p.Helper()
	p.Do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		off := emulation.SetScriptExecutionDisabledParams{Value: true}
		_, err := cdp.Call(ctx, t, emulation.SetScriptExecutionDisabled, off)
		return err
	}))
}

// Wait waits until the page shows a text.
func (p *Page) Wait(text string) {
	p.Helper()
	p.Until("document.readyState === 'complete' && document.body.innerText.includes(" + strconv.Quote(text) + ")")
}

// Until waits until an expression in JavaScript is true, even while another page is being loaded.
func (p *Page) Until(expression string) {
	p.Helper()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		met, err := chromedp.Run(p.ctx, chromedp.Evaluate[bool](expression)) // it fails while another page is loaded
		if err == nil && met {
			return
		}
	}
	p.Fatalf("not within %v: %s; the page shows:\n%s", patience, expression, p.body())
}

// Value evaluates an expression in JavaScript that is a text.
func (p *Page) Value(expression string) string {
	p.Helper()
	return read(p, expression, chromedp.Evaluate[string](expression))
}

// read reads something from the page. That fails while another page is being loaded, so it is repeated.
func read[T any](p *Page, what string, action chromedp.Action[T]) T {
	p.Helper()
	for deadline := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		value, err := chromedp.Run(p.ctx, action)
		if err == nil {
			return value
		}
		if p.ctx.Err() != nil || time.Now().After(deadline) {
			p.Fatalf("%s: %v", what, err)
		}
	}
}

// Press presses the Tab key until the focus is on an element that begins with a text, and then the Enter key.
// So it finds only elements that can be reached with the keyboard.
func (p *Page) Press(text string) {
	p.Helper()
	const maxTabs = 80
	for range maxTabs {
		p.Do(chromedp.KeyEvent(kb.Tab))
		focused := p.Value(
			"(document.activeElement.getAttribute('aria-label') || document.activeElement.innerText || '').trim()",
		)
		if !strings.HasPrefix(focused, text) {
			continue
		}
		if !p.focusIsVisible() {
			p.Errorf("the focus on %q can't be seen", text)
		}
		p.Do(chromedp.KeyEvent(kb.Enter))
		return
	}
	p.Fatalf("the Tab key does not reach %q; the page shows:\n%s", text, p.body())
}

func (p *Page) focusIsVisible() bool {
	p.Helper()
	return p.Value("getComputedStyle(document.activeElement).outlineStyle") != "none"
}

// Violation is a barrier that axe-core found.
type Violation struct {
	ID, Impact, Help string
	Nodes            []struct{ HTML string }
}

// Barriers returns what axe-core finds on the page by the rules of WCAG 2.2 A and AA and its best practices.
func (p *Page) Barriers() []Violation {
	p.Helper()
	const run = `axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]})
		.then(result => result.violations.map(v => ({ID: v.id, Impact: v.impact, Help: v.help,
			Nodes: v.nodes.map(n => ({HTML: n.html + " " + n.failureSummary}))})))`
	load := p.axe + "\n;" // each time: another page may have been loaded
	return read(p, "axe-core", chromedp.Evaluate[[]Violation](load+run, chromedp.EvalAwaitPromise))
}

// Screenshot returns the whole page as PNG.
func (p *Page) Screenshot() []byte {
	p.Helper()
	return read(p, "a picture", chromedp.FullScreenshot(100))
}

// Picture returns the whole page as a small PNG, for a document.
func (p *Page) Picture() []byte {
	p.Helper()
	return shrink(p, p.Screenshot())
}
