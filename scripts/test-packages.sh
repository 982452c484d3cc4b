#!/usr/bin/env bash
# Installs what only the tests need: a browser for the report's page, and iproute2 for tests with
# several hosts on one machine. On Debian, as root; elsewhere those tests skip and say so.
set -euo pipefail
wanted=()
command -v chromium >/dev/null || wanted+=(chromium)
command -v chromedriver >/dev/null || wanted+=(chromium-driver)
PATH="$PATH:/sbin:/usr/sbin" command -v ip >/dev/null || wanted+=(iproute2)
[ ${#wanted[@]} -eq 0 ] && exit 0
if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
  echo "going on without ${wanted[*]}: their tests are skipped"
  exit 0
fi
printf '\033[1m==>\033[0m installing for the tests: %s\n' "${wanted[*]}"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
export DEBIAN_FRONTEND=noninteractive
install() { apt-get install -y --no-install-recommends "${wanted[@]}" >"$log" 2>&1; }
# The package lists are fresh where the set-up has just installed something.
install || { apt-get update >"$log" 2>&1 && install; } ||
  { tail -n 5 "$log" >&2; echo "going on without ${wanted[*]}: their tests are skipped" >&2; }
