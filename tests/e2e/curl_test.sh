#!/bin/bash
# What curl and every client like it does, against nginx over HTTP/2 and HTTP/1.1.
# Usage: tests/e2e/curl_test.sh [DAEMON]
set -euo pipefail
# shellcheck source=tests/e2e/lib/e2e.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/e2e.sh"
find_daemon "${1:-}"
isolate "$@"
start_origin_and_daemon
echo 'a small file' >"$origin_dir/files/small"
random_file "$tap_work/body" 300000

headers_of() { through "$@" -o /dev/null -D -; }
status_of() { through "$@" -o /dev/null -w '%{http_code}'; }
# upload ORIGIN OPTIONS...: prints the hash of what the origin stored.
upload() { hash_of "$(through "$1" /upload "${@:2}")"; }

test_get_over_h2() {
  local answer; answer=$(through h2.test /echo)
  equal method GET "$(echoed method "$answer")"
  equal 'Host at the origin' h2.test "$(echoed host "$answer")"
}

test_F031_origin_that_can_is_spoken_to_in_h2() {
  equal protocol HTTP/2.0 "$(echoed protocol "$(through h2.test /echo)")"
}

test_origin_that_cannot_is_spoken_to_in_http1() {
  equal protocol HTTP/1.1 "$(echoed protocol "$(through h1.test /echo)")"
}

test_F113_head_keeps_the_length_and_has_no_body() {
  local origin answer url
  for origin in h2.test h1.test; do
    url=http://$origin.ccnproxy-https.localhost:$proxy_port/files/small
    answer=$(through "$origin" /files/small --head)
    contains status '^HTTP/1.1 200' "$answer"
    contains length '^[Cc]ontent-[Ll]ength: 13' "$answer"
    # The same connection must go on: a body there would be taken for the next answer.
    equal 'second answer' 'a small file' \
      "$(curl -sS --max-time 30 --head -o /dev/null "$url" --next -sS --max-time 30 "$url")"
  done
}

test_F113_no_content_has_no_body_and_no_framing() {
  local origin answer
  for origin in h2.test h1.test; do
    answer=$(headers_of "$origin" /empty)
    contains status '^HTTP/1.1 204' "$answer"
    lacks framing '^([Tt]ransfer-[Ee]ncoding|[Cc]ontent-[Ll]ength)' "$answer"
  done
}

test_missing_file_is_the_origins_own_404() {
  local answer; answer=$(through h2.test /files/none -D -)
  contains status '^HTTP/1.1 404' "$answer"
  contains "nginx's page" nginx "$answer"
  lacks 'our mark' '^[Pp]roxy-[Ss]tatus' "$answer"
}

test_post_with_a_length() {
  local origin
  for origin in h2.test h1.test; do
    equal "body to $origin" "$(hash_of "$tap_work/body")" \
      "$(upload "$origin" --data-binary "@$tap_work/body" -H Expect:)"
  done
}

test_F115_a_length_sent_by_the_client_reaches_the_origin() {
  local origin
  for origin in h2.test h1.test; do
    contains "length at $origin" '^[Xx]-[Bb]ody-[Ll]ength: 300000' \
      "$(headers_of "$origin" /upload --data-binary "@$tap_work/body" -H Expect:)"
  done
}

test_chunked_upload() {
  local origin
  for origin in h2.test h1.test; do
    equal "body to $origin" "$(hash_of "$tap_work/body")" \
      "$(upload "$origin" -T - -H 'Transfer-Encoding: chunked' -H Expect: <"$tap_work/body")"
  done
}

test_F111_expect_100_continue_with_a_large_body() {
  local origin answer
  random_file "$tap_work/large" 5000000
  for origin in h2.test h1.test; do
    answer=$(through "$origin" /upload -T "$tap_work/large" -H 'Expect: 100-continue' --expect100-timeout 60 -D "$tap_work/head")
    contains 'interim answer' '^HTTP/1.1 100' "$(<"$tap_work/head")"
    equal "body to $origin" "$(hash_of "$tap_work/large")" "$(hash_of "$answer")"
  done
}

test_F112_early_refusal_reaches_a_client_that_is_still_sending() {
  local origin
  truncate -s 50M "$tap_work/zeroes"
  for origin in h2.test h1.test; do
    # curl may well say that the connection broke while it was sending; the answer is what counts.
    through "$origin" /refuse -T "$tap_work/zeroes" -H Expect: -o "$tap_work/answer" -w '%{http_code}' >"$tap_work/status" || true
    equal "status from $origin" 403 "$(<"$tap_work/status")"
    equal "body from $origin" 'refused by the origin' "$(<"$tap_work/answer")"
  done
}

test_F118_path_and_query_arrive_byte_for_byte() {
  local path="/echo/a%2fb//c/../d;e=1/~%7E@:!\$&'()*+,?x=%20&y=+&z=/?%C3%A4" origin
  for origin in h2.test h1.test; do
    equal "target at $origin" "$path" "$(echoed uri "$(through "$origin" "$path" --path-as-is --globoff)")"
  done
}

test_F086_hop_by_hop_fields_stop_here() {
  local origin answer
  for origin in h2.test h1.test; do
    answer=$(through "$origin" /echo -H 'Connection: keep-alive, x-hop' -H 'X-Hop: secret' -H 'X-End: kept')
    equal "named by Connection, at $origin" '' "$(echoed x-hop "$answer")"
    equal "end-to-end, at $origin" kept "$(echoed x-end "$answer")"
  done
}

test_via_and_request_id() {
  local answer; answer=$(through h2.test /echo -D - -H 'X-Chocon-Req: abc-123')
  contains 'Via to the client' '^[Vv]ia: .*ccnproxy' "$answer"
  contains 'no Via to the origin' '^via=$' "$answer"
  contains 'CDN-Loop to the origin' '^cdn-loop=ccnproxy-' "$answer"
  contains 'request id to the client' '^[Xx]-[Cc]hocon-[Rr]eq: abc-123' "$answer"
  contains 'request id to the origin' '^request-id=abc-123' "$answer"
}

test_F142_names_of_fields_are_canonical_whatever_the_origin_speaks() {
  local origin answer
  for origin in h2.test h1.test; do
    answer=$(through "$origin" /files/small -D -)
    contains "a name of the origin's own, from $origin" '^X-Origin-Connection: [0-9]' "$answer"
    contains "ETag from $origin" '^ETag: ' "$answer"
    contains "Last-Modified from $origin" '^Last-Modified: ' "$answer"
  done
}

# What PHP code does that was written for HTTP/1.1.
test_F142_php_finds_names_as_they_are_documented() {
  # shellcheck disable=SC2016  # PHP's variables, not the shell's
  equal 'protocol by $http_response_header' HTTP/2.0 "$(php -r '
    $host = stream_context_create(["http" => ["header" => "Host: h2.test.ccnproxy-https"]]);
    file_get_contents($argv[1], false, $host);
    foreach ($http_response_header as $line)
      if (str_starts_with($line, "X-Origin-Protocol: ")) echo substr($line, 19);
  ' -- "http://127.0.0.1:$proxy_port/echo")"
}

test_request_id_is_made_where_the_client_sent_none() {
  contains 'request id to the origin' '^request-id=.+' "$(through h2.test /echo)"
}

test_client_connection_is_kept() {
  local url="http://h2.test.ccnproxy-https.localhost:$proxy_port/echo"
  equal 'connections made for three requests' '1 0 0 ' \
    "$(curl -sS --max-time 60 -w '%{num_connects} ' -o /dev/null "$url" -o /dev/null "$url" -o /dev/null "$url")"
}

test_F110_http10_and_connection_close() {
  local origin
  for origin in h2.test h1.test; do
    equal "HTTP/1.0 for $origin" 'a small file' "$(through "$origin" /files/small --http1.0)"
    equal "close for $origin" 'a small file' "$(through "$origin" /files/small -H 'Connection: close')"
  done
}

test_F014_clients_that_come_and_go_share_origin_connections() {
  local origin connections limit=$((2 * $(nproc)))
  for origin in h2.test h1.test; do
    connections=$(for _ in {1..40}; do headers_of "$origin" /echo | grep -i '^x-origin-connection'; done | sort -u | wc -l)
    ((connections > 0 && connections <= limit)) || fail "$connections connections to $origin for 40 requests in turn"
  done
}

test_F030_a_hundred_at_once() {
  local origin
  for origin in h2.test h1.test; do
    equal "answers from $origin" '100 200' \
      "$(curl -sS --max-time 60 --parallel --parallel-immediate --parallel-max 100 -o /dev/null -w '%{http_code}\n' \
        "http://$origin.ccnproxy-https.localhost:$proxy_port/files/small?[1-100]" | sort | uniq -c | xargs)"
  done
}

test_unix_socket() {
  equal body 'a small file' \
    "$(curl -sS --max-time 30 --unix-socket "$tap_work/proxy.sock" http://h2.test.ccnproxy-https/files/small)"
}

test_absolute_form_as_http_proxy() {
  equal body 'a small file' \
    "$(curl -sS --max-time 30 -x "127.0.0.1:$proxy_port" http://h2.test.ccnproxy-https/files/small)"
}

test_absolute_form_that_names_the_origin() {
  equal body 'a small file' \
    "$(curl -sS --max-time 30 --request-target https://h2.test/files/small "http://127.0.0.1:$proxy_port/")"
}

test_F122_connect_is_refused_with_words() {
  local status; status=$(curl -sS --max-time 30 -o /dev/null -w '%{http_connect}' -x "127.0.0.1:$proxy_port" https://h2.test/ || true)
  equal status 405 "$status"
}

test_F121_host_in_capitals_and_with_a_dot() {
  equal body 'a small file' \
    "$(curl -sS --max-time 30 -H 'Host: H2.Test.CCNPROXY-HTTPS.' "http://127.0.0.1:$proxy_port/files/small")"
}

test_host_without_label_is_400() {
  equal status 400 "$(curl -sS --max-time 30 -o /dev/null -w '%{http_code}' "http://127.0.0.1:$proxy_port/files/small")"
}

test_health() {
  equal body OK "$(curl -sS --max-time 30 "http://127.0.0.1:$proxy_port/hc")"
}

# refusal ORIGIN STATUS TYPE: the answer is ours, and says why in the words of RFC 9209.
refusal() {
  local answer; answer=$(through "$1" /echo -D -)
  contains status "^HTTP/1.1 $2" "$answer"
  contains reason "^[Pp]roxy-[Ss]tatus: .*error=$3" "$answer"
}

test_F040_certificate_for_another_name_is_refused() { refusal wrong-name.test 502 tls_certificate_error; }
test_F107_closed_port_has_its_own_reason() { refusal closed.test 502 connection_refused; }

test_daemon_lives_on() { process_alive "$daemon_pid"; }

run_tests
