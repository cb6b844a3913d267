.PHONY: build test lint demo install bench simulate deps servers

PREFIX ?= /usr/local
BIN = $(DESTDIR)$(PREFIX)/bin
SHARE = $(DESTDIR)$(PREFIX)/share/purser

build: deps
	swift build -j 2 --product purser

# Tests that need a server which is not installed (sshd, nginx) say that they were skipped.
test: deps
	swift test -j 2

lint:
	swift format lint --strict -r Package.swift Sources Tests

# Tells the story in a new folder, or in the one that FOLDER names.
demo: build
	.build/debug/purser demo $(or $(FOLDER),purser-demo-$(shell date +%Y%m%d-%H%M%S))

install: deps
	swift build -j 2 -c release --product purser
	install -d $(BIN) $(SHARE)
	install -m 755 .build/release/purser $(BIN)/purser
	rm -rf $(SHARE)/state $(SHARE)/templates $(SHARE)/hooks
	cp -R state templates hooks $(SHARE)/

bench: deps
	swift run -j 2 -c release Benchmarks

simulate: deps
	swift run -j 2 -c release simulate --seeds $(or $(SEEDS),1000)

# The C libraries that Purser is built on, git and ssh-keygen that make signed commits, and the time zones that calendars
# name; installed only where they are missing.
deps:
	@{ pkg-config --exists libgit2 yaml-0.1 sqlite3 libcrypto libcurl && command -v git && command -v ssh-keygen && \
	    test -e "$${TZDIR:-/usr/share/zoneinfo}/Europe/Berlin"; } \
	  >/dev/null 2>&1 || $(MAKE) --no-print-directory apt \
	  PACKAGES="pkg-config libgit2-dev libyaml-dev libsqlite3-dev libssl-dev libcurl4-openssl-dev git openssh-client tzdata"

# What the tests of remotes talk to, on loopback. Not part of deps: on a desktop these packages start their servers.
servers:
	@{ command -v sshd && command -v nginx && command -v fcgiwrap; } >/dev/null 2>&1 || \
	  $(MAKE) --no-print-directory apt PACKAGES="openssh-server nginx-light fcgiwrap"

.PHONY: apt
apt:
	@sudo=$$(command -v sudo || true); $$sudo apt-get update -qq && \
	  $$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $(PACKAGES)
