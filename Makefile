# Two commands set everything up: `make run` and `make test`.
# They install what is missing (Debian packages; as root or with sudo), build, and do the work.

# To build: Tesseract and Leptonica headers, libclang for the bindings, a C++ toolchain. To run: the Vietnamese model.
PACKAGES := g++ make pkg-config libclang-dev libtesseract-dev libleptonica-dev tesseract-ocr-vie
# To test also: a browser, and readers of what is written. Where one is missing its tests say so and pass.
TEST_PACKAGES := chromium poppler-utils qpdf libxml2-utils
SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo)
VANTHU := target/release/vanthu

.DEFAULT_GOAL := help
.PHONY: help run test bench build deps check doctor

help: ## show these targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

run: build ## read the scans in fixtures/scans into out/ and show what was found
	$(VANTHU) run fixtures/scans --out out --summary

test: PACKAGES += $(TEST_PACKAGES)
test: deps ## run every test
	cargo test --locked

bench: build ## time the parts, and the whole beside plain Tesseract and OCRmyPDF
	cargo bench --locked
	benches/side_by_side.py --vanthu $(VANTHU)

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
