#!/bin/sh
# Checks that an include goes only downwards: a file of include/ccnproxy/ROOM or src/ROOM may include
# headers of its own room and of those that it uses by src/ROOM/CMakeLists.txt, directly or through
# others. Also checks what some rooms know nothing of, such as sockets in pool, so that tests and the
# simulator can run them with fakes, and that the CMakeLists.txt list every source.
# Usage: check_layering.sh [ROOT]; prints each violation as FILE:LINE: text, exits 1 if there is one,
# 2 if there was nothing to check.
set -eu

root=${1:-$(dirname "$0")/../..}
cd "$root"

# What each room uses, a line each: ROOM USED...; libraries are among them.
uses=$(
  for list in src/*/CMakeLists.txt; do
    [ -f "$list" ] || continue
    awk '
      { sub(/#.*/, ""); gsub(/[()]/, " & ") }
      { for (i = 1; i <= NF; ++i) {
          if ($i == "ccnproxy_room") { room = $(i + 2); line = room; i += 2; inside = 0 }
          else if (room == "") continue
          else if ($i == "USES") inside = 1
          else if ($i == "SOURCES") inside = 0
          else if ($i == ")") { print line; room = "" }
          else if (inside) line = line " " $i
        } }' "$list"
  done
)

violations=$(
  for folder in include/ccnproxy/*/ src/*/; do
    [ -d "$folder" ] && find "$folder" -type f \( -name '*.h' -o -name '*.cc' \)
  done | LC_ALL=C sort | while IFS= read -r file; do
    list=$(dirname "$file")/CMakeLists.txt
    case $file in
      src/*.cc) grep -qsw "$(basename "$file")" "$list" || echo "$file:1: is not in $list" ;;
    esac
    awk -v file="$file" -v uses="$uses" '
      function report(text) { print file ":" FNR ": " text }
      function forbid(subject, pattern, what) {
        if (room == subject && name ~ pattern) report(subject " knows nothing of " what ": " name)
      }
      # All that `from` can use, into allowed[].
      function allow(from,    used, n, i) {
        if (from in allowed) return
        allowed[from] = 1
        n = split(direct[from], used, " ")
        for (i = 1; i <= n; ++i) if (used[i] in direct) allow(used[i])
      }
      BEGIN {
        for (i = split(uses, lines, "\n"); i > 0; --i) {
          name = lines[i]
          sub(/ .*/, "", name)
          direct[name] = substr(lines[i], length(name) + 2)
        }
        room = file
        sub(/^(include\/ccnproxy|src)\//, "", room)
        sub(/\/.*/, "", room)
        if (!(room in direct)) { print file ":1: room " room " is not declared"; exit }
        allow(room)
      }
      /^[ \t]*#[ \t]*include[ \t]*["<]/ {
        name = $0
        sub(/^[^"<]*["<]/, "", name)
        sub(/[">].*/, "", name)
        forbid("pool", "^(sys/(socket|un)\\.h|netinet/|arpa/|boost/asio/(ip|local|ssl)/)", "sockets")
        forbid("pool", "^openssl/", "TLS")
        forbid("pool", "^nghttp2/", "nghttp2")
        forbid("admin", "^ccnproxy/(proxy|route|origin|dns|tls|http)/", "requests")
        forbid("proxy", "^(openssl/|boost/asio/ssl)", "TLS")
        forbid("proxy", "^nghttp2/", "nghttp2")
        if (name ~ /(^|\/)\.\.\//) report("includes by a relative path: " name)
        if (name !~ /^ccnproxy\/[^\/]+\//) next
        target = name
        sub(/^ccnproxy\//, "", target)
        sub(/\/.*/, "", target)
        if (!(target in direct)) report("includes the unknown room " target ": " name)
        else if (!(target in allowed)) report(room " does not use " target ": " name)
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
