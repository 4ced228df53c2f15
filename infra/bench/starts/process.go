package starts

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"time"
)

// start is what one start of a process took.
type start struct {
	wall, cpu time.Duration
	memory    int64
}

// measure starts a program with a Runtime API of its own, and ends it when it asks for its
// first event.
func measure(ctx context.Context, program string, env []string) (start, error) {
	asked := make(chan time.Time, 1)
	api, err := serve(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/2018-06-01/runtime/invocation/next" {
			asked <- time.Now()
			<-r.Context().Done() // there is no event
		}
	}))
	if err != nil {
		return start{}, err
	}
	defer api.stop()
	var printed bytes.Buffer
	cmd := exec.CommandContext(ctx, program)
	cmd.Env = append([]string{"AWS_LAMBDA_RUNTIME_API=" + api.address}, env...)
	cmd.Stdout, cmd.Stderr = &printed, &printed
	begin := time.Now()
	if err := cmd.Start(); err != nil {
		return start{}, err
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	select {
	case at := <-asked:
		memory, err := resident(cmd.Process.Pid)
		_ = cmd.Process.Kill()
		<-ended
		state := cmd.ProcessState
		return start{wall: at.Sub(begin), cpu: state.UserTime() + state.SystemTime(), memory: memory}, err
	case err := <-ended:
		return start{}, fmt.Errorf("it ended before it asked for an event: %w\n%s", err, &printed)
	}
}

// resident returns the most memory that a process has had in use, as Linux counts it.
func resident(pid int) (int64, error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	m := regexp.MustCompile(`(?m)^VmHWM:\s*(\d+) kB$`).FindSubmatch(status)
	if m == nil {
		return 0, errors.New("the system does not say how much memory a process uses")
	}
	kilobytes, err := strconv.ParseInt(string(m[1]), 10, 64)
	return kilobytes << 10, err
}

// service is an HTTP server on this machine.
type service struct {
	address, url string
	stop         func()
}

func serve(h http.Handler) (service, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return service{}, err
	}
	server := &http.Server{Handler: h, ReadHeaderTimeout: time.Minute}
	go func() { _ = server.Serve(l) }()
	address := l.Addr().String()
	return service{address: address, url: "http://" + address, stop: func() { _ = server.Close() }}, nil
}
