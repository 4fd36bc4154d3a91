# Two commands set everything up: `make run` and `make test`.
# They install what is missing (Debian packages; as root or with sudo), build, and do the work.

# To build: Tesseract and Leptonica headers, libclang for the bindings, a C++ toolchain. To run: the Vietnamese model.
PACKAGES := g++ make pkg-config libclang-dev libtesseract-dev libleptonica-dev tesseract-ocr-vie
# To test also: a browser, and readers of what is written. Where one is missing its tests say so and pass.
TEST_PACKAGES := chromium poppler-utils qpdf libxml2-utils
SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo)
VANTHU := target/release/vanthu
# Where Ray, a server that stands for S3 and a checker of Kubernetes files are installed.
RUNNERS := target/runners

.DEFAULT_GOAL := help
.PHONY: help run test bench build deps check doctor run-ray test-runners

help: ## show these targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

run: build ## read the scans in fixtures/scans into out/ and show what was found
	$(VANTHU) run fixtures/scans --out out --summary

test: PACKAGES += $(TEST_PACKAGES)
test: deps ## run every test
	cargo test --locked

bench: build ## time the parts, and the whole beside plain Tesseract and OCRmyPDF
	cargo bench --locked
	benches/side_by_side.py --vanthu $(VANTHU)

run-ray: deps $(RUNNERS)/installed ## fixtures over an embedded Ray cluster, with kills, beside one run
	cargo build --locked
	$(RUNNERS)/bin/python runners/prove.py --engines ray

test-runners: PACKAGES += shellcheck
run-ray test-runners: PACKAGES += python3-venv
test-runners: deps $(RUNNERS)/installed ## test what drives shards: Ray, object store, Slurm, Kubernetes
	shellcheck runners/xargs.sh runners/slurm/vanthu.sbatch
	$(RUNNERS)/bin/kubernetes-validate --strict runners/kubernetes/job.yaml
	cd runners/ray && PYTHONPATH=. ../../$(RUNNERS)/bin/python -m pytest -q
	VANTHU_S3_SERVER=$(CURDIR)/$(RUNNERS)/bin/moto_server cargo test --locked --test it store:: -- --nocapture

$(RUNNERS)/installed: runners/requirements.txt
	python3 -m venv $(RUNNERS)
	$(RUNNERS)/bin/pip install --quiet -r $<
	touch $@

doctor: build ## is everything in place?
	$(VANTHU) doctor

check: deps ## format, lints, documentation
	cargo fmt --check
	cargo clippy --locked --all-targets -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc --locked --no-deps

build: deps
	cargo build --locked --release

# Asks dpkg first, so that a second run installs nothing and needs neither network nor sudo.
deps:
	@command -v cargo >/dev/null || { echo "cargo not found: install a Rust toolchain (1.92 or newer) with rustup" >&2; exit 69; }
	@missing=""; for p in $(PACKAGES); do \
	    dpkg-query -W -f='$${Status}' $$p 2>/dev/null | grep -q 'install ok installed' || missing="$$missing $$p"; \
	done; \
	if [ -n "$$missing" ]; then \
	    echo "installing:$$missing"; \
	    $(SUDO) apt-get update -qq && \
	    DEBIAN_FRONTEND=noninteractive $(SUDO) apt-get install -y -qq --no-install-recommends $$missing; \
	fi
