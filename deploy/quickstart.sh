#!/usr/bin/env bash
# From a fresh clone to a calibrated predictor and a served forecast, on this machine's CPU:
# sets everything up, measures blocks and networks (about two minutes), learns a latency model,
# serves it over gRPC on loopback, asks it for ResNet-18 and analyses that network. Ends by itself;
# the data directory it leaves can be served again.
#
#   bash deploy/quickstart.sh [DATA_DIR]         default: latcast-data
#   BUDGET=90s THREADS=1 bash deploy/quickstart.sh
set -Eeuo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

data=${1:-latcast-data}
budget=${BUDGET:-90s}
threads=${THREADS:-1}

step() { printf '\n== %s\n' "$*"; }

bash deploy/setup.sh latcast_cli latcast_server latcast_bench
PATH="$PWD/build/ci/bin:$PATH"
mkdir -p "$data"

step "1. Measure this CPU ($threads thread) and learn its latency model"
latcast calibrate --device cpu --threads "$threads" --budget "$budget" --out "$data/calibration"

step "2. Serve it over gRPC"
log="$data/server.log"
latcast-server --data "$data/server" --listen 127.0.0.1:0 > "$log" 2>&1 &
server=$!
trap 'kill $server 2> /dev/null || true; wait $server 2> /dev/null || true' EXIT
for _ in $(seq 100); do
  address=$(sed -n 's/.*listening on //p' "$log")
  [ -n "$address" ] && break
  kill -0 $server 2> /dev/null || break
  sleep 0.1
done
[ -n "$address" ] || { printf 'latcast quickstart: the server did not start:\n' >&2; cat "$log" >&2; exit 1; }
echo "latcast-server listens on $address, data in $data/server"
latcast profiles create "$data/calibration/profile.json" --activate --server "$address"

step "3. Forecast every block of ResNet-18 over gRPC"
latcast predict resnet18 --parts --server "$address"
echo "measured on this machine:"
awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) column[$i] = i; next }
         $column["name"] ~ /^resnet18/ { printf "  resnet18 %.1f ms\n", $column["latency_ms"] }' \
  "$data/calibration/networks.csv"

step "4. What ResNet-18 costs"
latcast analyze resnet18 --depth 2

step "What to type next"
cat << NEXT
  export PATH="$PWD/build/ci/bin:\$PATH"
  latcast predict mobilenet_v2 --profile $data/calibration/profile.json --batch 8
  latcast analyze 'block:InvertedResidual?cin=24&cout=24&h=56&w=56&expand=6' --format table
  latcast serve --data $data/server                                    # the same data, served again
  .venv/bin/python -m latcast capture torchvision.models:densenet121 --input 1x3x224x224 -o d.lcg
  latcast predict d.lcg --profile $data/calibration/profile.json
  xdg-open $data/calibration/calibration.svg                           # predicted against measured
NEXT
