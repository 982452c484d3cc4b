#!/usr/bin/env bash

# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

# Makes .venv with everything descant needs, from a fresh checkout of a fresh machine.
#
# Usage: scripts/setup.sh [PYTHON]      (default: python3)
#
# Idempotent: a second run looks at a few time stamps and is done. System packages are named in
# docs/install.md; on Debian or Ubuntu, as root, the missing ones are installed here.
set -euo pipefail
cd "$(dirname "$0")/.."
python=${1:-python3}
venv=.venv
say() { printf '\033[1m==>\033[0m %s\n' "$*"; }
quiet() { local log; log=$(mktemp); "$@" >"$log" 2>&1 || { tail -n 40 "$log" >&2; exit 1; }; rm -f "$log"; }

system_packages() {
  local missing=() wanted=() version
  command -v g++ >/dev/null || missing+=(g++)
  command -v make >/dev/null || missing+=(make)
  version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
  "$python" -c 'import ensurepip, venv' 2>/dev/null || missing+=("python$version-venv")
  "$python" - <<'PY' || missing+=("python$version-dev")
import pathlib, sysconfig, sys
sys.exit(not (pathlib.Path(sysconfig.get_paths()["include"]) / "Python.h").exists())
PY
  # Sound, the picture, and what the tests need: without them the rest works.
  command -v jackd >/dev/null || wanted+=(jackd2)
  command -v Xvfb >/dev/null || wanted+=(xvfb)
  library libportaudio || wanted+=(libportaudio2)
  library libEGL_mesa || wanted+=(libegl1 libgl1 libgl1-mesa-dri)
  library libOpenGL || wanted+=(libopengl0)
  library libfreetype || wanted+=(libfreetype6)
  library libXtst || wanted+=(libxtst6)
  [ ${#missing[@]} -eq 0 ] && [ ${#wanted[@]} -eq 0 ] && return
  if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
    say "installing system packages: ${missing[*]} ${wanted[*]}"
    quiet apt-get update
    DEBIAN_FRONTEND=noninteractive quiet apt-get install -y --no-install-recommends \
      "${missing[@]}" "${wanted[@]}"
  elif [ ${#missing[@]} -gt 0 ]; then
    echo "missing system packages: ${missing[*]} (see docs/install.md)" >&2
    exit 1
  else
    say "going on without ${wanted[*]} (see docs/install.md)"
  fi
}

library() { # is a shared library of this name installed? ldconfig is not on every user's PATH
  PATH="$PATH:/sbin:/usr/sbin" ldconfig -p | grep -q "$1\.so"
}

newer() { # is any of the files newer than the stamp $1?
  local stamp=$1; shift
  [ ! -e "$stamp" ] || [ -n "$(find "$@" -newer "$stamp" -not -name '*.pyc' -not -name __pycache__ -print -quit)" ]
}

if ! command -v "$python" >/dev/null; then
  if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
    say "installing Python"
    quiet apt-get update
    DEBIAN_FRONTEND=noninteractive quiet apt-get install -y --no-install-recommends python3 python3-venv python3-dev
  else
    echo "no '$python' found: install Python 3.10 or later" >&2
    exit 1
  fi
fi
if newer "$venv/.system" scripts/setup.sh; then
  system_packages
fi
if [ ! -x "$venv/bin/python" ]; then
  say "making $venv"
  "$python" -m venv "$venv"
fi
[ -e "$venv/.system" ] || touch "$venv/.system"
if newer "$venv/.requirements" pyproject.toml scripts/setup.sh; then
  say "installing Python packages (about two minutes the first time)"
  quiet "$venv/bin/python" -m pip install --disable-pip-version-check -U 'setuptools>=68' wheel
  "$venv/bin/python" - >"$venv/.requirements.txt" <<'PY'
try:
    import tomllib  # Python 3.11
except ModuleNotFoundError:
    from pip._vendor import tomli as tomllib
project = tomllib.load(open("pyproject.toml", "rb"))["project"]
extras = project["optional-dependencies"]
chosen = [extras[name] for name in ("live", "film", "research", "ros", "test")]
print("\n".join(r for part in [project["dependencies"], *chosen] for r in part))
stage = [r for r in extras["stage"] if not r.startswith("glumpy")]
print("\n".join(stage))
open(".venv/.glumpy.txt", "w").write("\n".join(r for r in extras["stage"] if r not in stage))
PY
  quiet "$venv/bin/python" -m pip install --disable-pip-version-check -r "$venv/.requirements.txt"
  quiet "$venv/bin/python" -m pip install --disable-pip-version-check --no-build-isolation -r "$venv/.glumpy.txt"
  touch "$venv/.requirements" "$venv/.system"
fi
if newer "$venv/.descant" CMakeLists.txt setup.py pyproject.toml package.xml scripts/executable.in msg srv nodes src launch config share; then
  say "building descant (messages take about half a minute)"
  quiet "$venv/bin/python" -m pip install --disable-pip-version-check --no-build-isolation --no-deps --force-reinstall .
  touch "$venv/.descant"
fi
