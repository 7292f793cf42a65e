#!/bin/sh
# Tests check_layering.sh on small trees made here: that it finds what it should, and only that.
set -u

check=$(cd "$(dirname "$0")" && pwd)/check_layering.sh
tree=$(mktemp -d) || exit 2
trap 'rm -rf "$tree"' EXIT
failures=0

# fresh: a tree of a few rooms without a file. put FILE LINE...: a file of these lines in it.
fresh() {
  rm -rf "${tree:?}/include" "$tree/src"
  mkdir -p "$tree/include/ccnproxy"
  room base ''
  room http base
  room observe base
  room origin 'http base  # why
    OpenSSL::SSL'
  room pool 'origin observe'
  room proxy 'pool'
  room admin 'pool observe'
}
put() {
  mkdir -p "$tree/$(dirname "$1")"
  file=$1
  shift
  printf '%s\n' "$@" > "$tree/$file"
}
# room NAME USES: declares it, with a source named a.cc.
room() { put "src/$1/CMakeLists.txt" "ccnproxy_room($1" "  USES $2" '  SOURCES a.cc)'; }

# expect NAME STATUS TEXT: the check ends with STATUS and its output is exactly TEXT.
expect() {
  output=$(sh "$check" "$tree" 2>/dev/null)
  status=$?
  if [ "$status" -ne "$2" ] || [ "$output" != "$3" ]; then
    printf 'FAILED %s: status %s, wanted %s\n%s\n' "$1" "$status" "$2" "$output"
    failures=$((failures + 1))
  fi
}

fresh
put include/ccnproxy/proxy/a.h '#include "ccnproxy/base/x.h"' '#include "ccnproxy/proxy/b.h"'
put src/pool/a.cc '#include <vector>' '#include "ccnproxy/origin/origin.h"' '#include "ccnproxy/http/x.h"'
put src/origin/a.cc '#include <sys/socket.h>' '#include <nghttp2/nghttp2.h>'
put src/main.cc '#include "ccnproxy/daemon/daemon.h"'
expect 'allows what a room uses, through others too, and itself' 0 ''

fresh
put src/base/a.cc '' '  #  include <ccnproxy/observe/x.h>'
expect 'finds an include that goes up' 1 \
  'src/base/a.cc:2: base does not use observe: ccnproxy/observe/x.h'

fresh
put include/ccnproxy/observe/deep/a.h '#include "ccnproxy/http/head.h"  // why'
put src/http/a.cc '#include "ccnproxy/proxy/x.h"'
expect 'finds every one, in folders too' 1 \
"include/ccnproxy/observe/deep/a.h:1: observe does not use http: ccnproxy/http/head.h
src/http/a.cc:1: http does not use proxy: ccnproxy/proxy/x.h"

fresh
room pool 'origin observe' && printf 'ccnproxy_room(side USES pool SOURCES a.cc)\n' >> "$tree/src/pool/CMakeLists.txt"
put src/side/a.cc '#include "ccnproxy/http/x.h"' '#include "ccnproxy/proxy/x.h"'
put src/side/CMakeLists.txt '# a.cc'
expect 'reads a declaration on one line' 1 'src/side/a.cc:2: side does not use proxy: ccnproxy/proxy/x.h'

fresh
put src/pool/a.cc '#include <sys/socket.h>' '#include <openssl/ssl.h>' '#include <nghttp2/nghttp2.h>'
put src/proxy/a.cc '#include <openssl/err.h>' '#include <nghttp2/nghttp2.h>' '#include <sys/socket.h>'
put src/admin/a.cc '#include <sys/socket.h>' '#include "ccnproxy/origin/x.h"' '#include "ccnproxy/pool/x.h"'
expect 'finds what a room knows nothing of' 1 \
'src/admin/a.cc:2: admin knows nothing of requests: ccnproxy/origin/x.h
src/pool/a.cc:1: pool knows nothing of sockets: sys/socket.h
src/pool/a.cc:2: pool knows nothing of TLS: openssl/ssl.h
src/pool/a.cc:3: pool knows nothing of nghttp2: nghttp2/nghttp2.h
src/proxy/a.cc:1: proxy knows nothing of TLS: openssl/err.h
src/proxy/a.cc:2: proxy knows nothing of nghttp2: nghttp2/nghttp2.h'

fresh
put src/base/a.cc '// #include "ccnproxy/proxy/x.h"' 'auto text = "#include <ccnproxy/proxy/x.h>";'
expect 'reads no include in a comment or a string' 0 ''

fresh
put src/attic/a.cc '#include "ccnproxy/base/x.h"'
put src/attic/CMakeLists.txt '# a.cc'
put src/base/a.cc '#include "../proxy/x.h"' '#include "ccnproxy/attic/x.h"'
expect 'knows every room' 1 \
'src/attic/a.cc:1: room attic is not declared
src/base/a.cc:1: includes by a relative path: ../proxy/x.h
src/base/a.cc:2: includes the unknown room attic: ccnproxy/attic/x.h'

fresh
put src/http/b.cc ''
expect 'finds a source that is not built' 1 'src/http/b.cc:1: is not in src/http/CMakeLists.txt'

rm -rf "$tree/include" "$tree/src"
expect 'does not pass for want of files' 2 ''

[ "$failures" -eq 0 ] && echo 'layering_test: all passed'
exit "$((failures > 0))"
