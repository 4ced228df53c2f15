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
