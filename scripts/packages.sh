#!/usr/bin/env bash

# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

# Installs what only the tests or only the benchmarks need. On Debian, as root; elsewhere what
# needs them is left out and says so.
#
# Usage: scripts/packages.sh tests|benchmarks
set -euo pipefail
wanted=()
need() { PATH="$PATH:/sbin:/usr/sbin" command -v "$1" >/dev/null || wanted+=("$2"); }
case "${1:-}" in
  tests)
    need chromium chromium # the report's page in a browser
    need chromedriver chromium-driver
    need ip iproute2 # several hosts on one machine
    ;;
  benchmarks)
    need scsynth supercollider-server # the synthesiser of the 2021 program, to compare with
    need ip iproute2
    ;;
  *)
    echo "usage: scripts/packages.sh tests|benchmarks" >&2
    exit 2
    ;;
esac
[ ${#wanted[@]} -eq 0 ] && exit 0
if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
  echo "going on without ${wanted[*]}: their $1 are left out"
  exit 0
fi
printf '\033[1m==>\033[0m installing for the %s: %s\n' "$1" "${wanted[*]}"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
export DEBIAN_FRONTEND=noninteractive
install() { apt-get install -y --no-install-recommends "${wanted[@]}" >"$log" 2>&1; }
# The package lists are fresh where the set-up has just installed something.
install || { apt-get update >"$log" 2>&1 && install; } ||
  { tail -n 5 "$log" >&2; echo "going on without ${wanted[*]}: their $1 are left out" >&2; }
