.PHONY: build test deps

build: deps
	swift build -j 2 --product purser

test: deps
	swift test -j 2

# The C libraries that Purser is built on; installed only where they are missing.
deps:
	@pkg-config --exists libgit2 yaml-0.1 sqlite3 libcrypto 2>/dev/null || { \
	  sudo=$$(command -v sudo || true); $$sudo apt-get update -qq && \
	  $$sudo apt-get install -y -qq --no-install-recommends pkg-config libgit2-dev libyaml-dev libsqlite3-dev libssl-dev; }
