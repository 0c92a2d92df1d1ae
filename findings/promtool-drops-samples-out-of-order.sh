#!/usr/bin/env bash
# promtool 2.42, 'tsdb create-blocks-from openmetrics': a sample that is earlier than the one before it in its series is left out without a word, and the exit code is 0.
# A file written moment by moment backwards, or with the newest first, becomes blocks that hold almost nothing. Times in milliseconds are taken as well: they
# are seconds there, so the block lies in the year 55838.
# What Auxo does: Auxo.ServiceDefaults/Metrics/MetricsHistory.cs writes each series by time, in seconds; PastTests counts what comes back out of the blocks.
# Seen on 2026-11-30 with promtool 2.42.0: 'forwards: 3 of 3 samples; backwards: 1 of 3 samples; both ended with 0'.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# blocks NAME SAMPLE…: how many samples are in the blocks that promtool makes of these.
blocks() {
    local name=$1
    shift
    { printf '# TYPE x gauge\n'; printf '%s\n' "$@" '# EOF'; } >"$folder/$name.om"
    promtool tsdb create-blocks-from openmetrics "$folder/$name.om" "$folder/$name" >"$folder/$name.log" 2>&1
    mkdir -p "$folder/$name/wal"
    promtool tsdb dump "$folder/$name" | grep -c '^{'
}

forwards=$(blocks forwards 'x 1 1780272000' 'x 2 1780272060' 'x 3 1780272120')
backwards=$(blocks backwards 'x 3 1780272120' 'x 2 1780272060' 'x 1 1780272000')
said="forwards: $forwards of 3 samples; backwards: $backwards of 3 samples; both ended with 0"
echo "$said"
[ "$said" = 'forwards: 3 of 3 samples; backwards: 1 of 3 samples; both ended with 0' ]
