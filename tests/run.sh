#!/usr/bin/env bash
# Sets everything up and passes the tests:  bash tests/run.sh [ctest options, as -R regression]
set -Eeuo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

bash deploy/setup.sh
printf '\n== Tests\n'
ctest --preset ci --parallel "$(nproc)" "$@"
