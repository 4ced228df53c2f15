# `sam build` runs the targets below, one per function of template.yaml (Metadata: BuildMethod: makefile).
#
# The two exports are the one place that says how a function is compiled; infra/local reads them too.
# -buildvcs=false and the empty build id: the same source gives the same bytes, so a deployment replaces only the
# functions that changed.
export CGO_ENABLED = 0
export GOFLAGS = -trimpath -buildvcs=false -tags=lambda.norpc "-ldflags=-s -w -buildid="

# Lambda runs the functions on arm64. The rehearsal on an emulator builds them for the machine that it runs on.
LAMBDA_GOARCH ?= arm64

# A function's folder is its logical id in lower case, without "Function".
build-%Function:
	GOOS=linux GOARCH=$(LAMBDA_GOARCH) go build -o "$(ARTIFACTS_DIR)/bootstrap" ./functions/$(shell echo $* | tr A-Z a-z)

# `make dist` builds scimctl for the usual platforms into dist/, with their checksums. The Go toolchain records the commit.
# A binary of one commit and one Go version has always the same bytes.
PLATFORMS = linux/amd64 linux/arm64 darwin/amd64 darwin/arm64 windows/amd64 windows/arm64

.PHONY: dist
dist: GOFLAGS = -trimpath -buildvcs=true "-ldflags=-s -w"
dist:
	rm -rf dist && mkdir dist
	for platform in $(PLATFORMS); do \
		GOOS=$${platform%/*}; GOARCH=$${platform#*/}; export GOOS GOARCH; \
		go build -o "dist/scimctl-$$GOOS-$$GOARCH$$([ $$GOOS != windows ] || echo .exe)" ./infra/scimctl || exit 1; \
	done
	cd dist && { sha256sum scimctl-* 2>/dev/null || shasum -a 256 scimctl-*; } > SHA256SUMS
