# shellcheck shell=bash
# make_certificates DIR NAME...: a certificate authority of our own and a certificate for the names, in DIR:
# ca.pem, server.pem, server.key. Nothing leaves DIR, nothing is trusted but where it is named.
make_certificates() {
  local dir=$1
  shift
  local names="${*/#/DNS:}"
  local key=(-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes)
  if ! {
    openssl req -x509 "${key[@]}" -keyout "$dir/ca.key" -out "$dir/ca.pem" -days 30 -subj "/CN=ccnproxy trial CA" \
      -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign &&
      openssl req -new "${key[@]}" -keyout "$dir/server.key" -out "$dir/server.csr" -subj "/CN=$1" &&
      openssl x509 -req -in "$dir/server.csr" -CA "$dir/ca.pem" -CAkey "$dir/ca.key" -CAcreateserial -days 30 \
        -out "$dir/server.pem" -extfile <(echo "subjectAltName=${names// /,}")
  } 2>"$dir/openssl.log"; then
    cat "$dir/openssl.log" >&2
    return 1
  fi
}
