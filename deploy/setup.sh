#!/usr/bin/env bash
# Everything latcast needs on a Debian 12 machine, and the build: system packages, .venv with the
# pinned LibTorch wheel, the programs in build/ci/bin. Idempotent: what is there is kept. Shared by
# deploy/quickstart.sh and tests/run.sh.
#
#   bash deploy/setup.sh [TARGET...]     build only these CMake targets (default: all)
set -Eeuo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

say() { printf '\n== %s\n' "$*"; }
fail() { printf '\nlatcast setup: %s\n' "$*" >&2; exit 1; }

readonly packages=(
  build-essential cmake ninja-build git ca-certificates python3 python3-venv
  libgrpc++-dev protobuf-compiler protobuf-compiler-grpc libprotobuf-dev grpc-proto libabsl-dev
  libeigen3-dev libgtest-dev libgmock-dev libcli11-dev nlohmann-json3-dev libsqlite3-dev zlib1g-dev
  libssl-dev libc-ares-dev libre2-dev pkg-config
)

install_packages() {
  command -v apt-get > /dev/null || fail "this script installs Debian packages and found no apt-get.
  Install what corresponds to: ${packages[*]}"
  local missing=()
  for package in "${packages[@]}"; do
    dpkg-query -W -f='${db:Status-Status}' "$package" 2> /dev/null | grep -qx installed ||
      missing+=("$package")
  done
  if [ ${#missing[@]} -eq 0 ]; then
    say "Debian packages: all ${#packages[@]} are installed"
    return
  fi
  say "Debian packages: installing ${missing[*]}"
  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo > /dev/null || fail "installing packages needs root or sudo.
  As root: apt-get install --no-install-recommends ${missing[*]}"
    as_root=(sudo)
  fi
  "${as_root[@]}" apt-get update -qq || fail "apt-get update failed: is the network reachable?"
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq \
    --no-install-recommends "${missing[@]}" > /dev/null ||
    fail "apt-get could not install the packages above (network, disk space or another apt?)"
}

install_python() {
  local python=/usr/bin/python3
  [ -x $python ] || python=$(command -v python3) || fail "no python3 found"
  local wanted
  wanted=$(cat deploy/requirements.txt clients/python/pyproject.toml clients/python/setup.py \
    clients/python/latcast/*.py proto/latcast/v1/graph.proto | sha256sum | cut -d' ' -f1)
  if [ "$(cat .venv/latcast-installed 2> /dev/null)" = "$wanted" ]; then
    say "Python: .venv is up to date"
    return
  fi
  say "Python: installing the pinned torch wheel and the latcast package into .venv (a minute or two)"
  if [ ! -x .venv/bin/python ]; then
    local free_gb
    free_gb=$(df --output=avail -BG . | tail -n 1 | tr -dc '0-9')
    [ "$free_gb" -ge 9 ] || fail "$free_gb GB are free in $PWD; torch and the build need 9 GB"
  fi
  $python -m venv .venv || fail "python3 -m venv .venv failed"
  .venv/bin/python -m pip install --quiet --disable-pip-version-check --retries 5 \
    -r deploy/requirements.txt || fail "pip could not install deploy/requirements.txt.
  Is the network reachable, and is there disk space (df -h .)?"
  .venv/bin/python -m pip install --quiet --disable-pip-version-check ./clients/python ||
    fail "pip could not install ./clients/python"
  echo "$wanted" > .venv/latcast-installed
}

build() {
  say "Build: ${*:-everything} on $(nproc) cores"
  local log
  log=$(mktemp)
  cmake --preset ci -DLATCAST_PYTHON="$PWD/.venv/bin/python" > "$log" 2>&1 || {
    tail -n 30 "$log" >&2
    fail "CMake could not configure the build (the whole log: $log)"
  }
  rm -f "$log"
  local targets=()
  for target in "$@"; do targets+=(--target "$target"); done
  cmake --build --preset ci "${targets[@]}" ||
    fail "the compiler failed, see above. With little memory try CMAKE_BUILD_PARALLEL_LEVEL=1"
}

install_packages
install_python
build "$@"
