#!/usr/bin/env bash

# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

# What descant needs beside ROS 2 (image ros:jazzy, Ubuntu 24.04): for docker/Dockerfile and for CI.
# What has a rosdep key stands in package.xml; what has none is installed by pip, system-wide, as in
# a container nobody else uses it.
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive
here=$(cd "$(dirname "$0")/.." && pwd)
apt-get install -y --no-install-recommends \
  g++ python3-dev python3-pip python3-opencv jackd2 libportaudio2 libasound2-dev libjack-jackd2-dev \
  libegl1 libgl1 libgl1-mesa-dri libopengl0 libfreetype6 libxtst6 xvfb
# Ubuntu's NumPy 1.26 and OpenCV stay: what pip installs here, for rosdep too, must not pull a newer
# NumPy.
constraints=$(mktemp)
python3 -m pip freeze --all | grep -iE '^numpy==' >"$constraints"
export PIP_BREAK_SYSTEM_PACKAGES=1 PIP_NO_CACHE_DIR=1 PIP_CONSTRAINT=$constraints
rosdep update --rosdistro jazzy
rosdep install --rosdistro jazzy --from-paths "$here" --ignore-src -y
python3 -m pip install -r "$here/docker/requirements.txt"
python3 -m pip install --no-build-isolation glumpy==1.2.1
