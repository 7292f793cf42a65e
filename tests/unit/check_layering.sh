#!/bin/sh
# Checks that an include goes only downwards: a file of include/ccnproxy/ROOM or src/ROOM may include
# headers of its own room and of those below it. Also checks what some rooms know nothing of, such as
# sockets in pool, so that tests and the simulator can run them with fakes.
# Usage: check_layering.sh [ROOT]; prints each violation as FILE:LINE: text, exits 1 if there is one,
# 2 if there was nothing to check.
set -eu

root=${1:-$(dirname "$0")/../..}
cd "$root"
rooms='daemon admin proxy route pool origin tls http observe config base'  # from the top

violations=$(
  for folder in include/ccnproxy/*/ src/*/; do
    [ -d "$folder" ] && find "$folder" -type f \( -name '*.h' -o -name '*.cc' \)
  done | LC_ALL=C sort | while IFS= read -r file; do
    awk -v file="$file" -v order="$rooms" '
      function report(text) { print file ":" FNR ": " text }
      function forbid(who, pattern, what) {
        if (room == who && name ~ pattern) report(who " knows nothing of " what ": " name)
      }
      BEGIN {
        for (i = split(order, names, " "); i > 0; --i) depth[names[i]] = i
        room = file
        sub(/^(include\/ccnproxy|src)\//, "", room)
        sub(/\/.*/, "", room)
        if (!(room in depth)) { print file ":1: room " room " has no place in the order"; exit }
      }
      /^[ \t]*#[ \t]*include[ \t]*["<]/ {
        name = $0
        sub(/^[^"<]*["<]/, "", name)
        sub(/[">].*/, "", name)
        forbid("pool", "^(sys/(socket|un)\\.h|netinet/|arpa/|boost/asio/(ip|local|ssl)/)", "sockets")
        forbid("pool", "^openssl/", "TLS")
        forbid("pool", "^nghttp2/", "nghttp2")
        forbid("admin", "^ccnproxy/(proxy|route|origin|tls|http)/", "requests")
        forbid("proxy", "^(openssl/|boost/asio/ssl)", "TLS")
        forbid("proxy", "^nghttp2/", "nghttp2")
        if (name ~ /(^|\/)\.\.\//) report("includes by a relative path: " name)
        if (name !~ /^ccnproxy\/[^\/]+\//) next
        target = name
        sub(/^ccnproxy\//, "", target)
        sub(/\/.*/, "", target)
        if (!(target in depth)) report("includes the unknown room " target ": " name)
        else if (depth[target] < depth[room]) report(room " includes upwards, from " target ": " name)
      }' "$file"
  done
)

if [ -n "$violations" ]; then
  printf '%s\n' "$violations"
  exit 1
fi
if [ ! -d include/ccnproxy ] || [ ! -d src ]; then
  echo "no include/ccnproxy and src in $root" >&2
  exit 2
fi
