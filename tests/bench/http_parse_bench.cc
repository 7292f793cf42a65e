// Nanoseconds per HTTP/1 head. Not built by default:
//   c++ -std=c++20 -O2 -Iinclude tests/bench/http_parse_bench.cc src/http/head*.cc -o
//   http_parse_bench
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <string>
#include <string_view>

#include "ccnproxy/http/head_parser.h"

namespace {

using ccnproxy::http::HeadLimits;
using ccnproxy::http::ParseStatus;

constexpr std::string_view small_request =
    "GET /v1/items/42 HTTP/1.1\r\nHost: api.example.com.ccnproxy-https\r\nAccept: */*\r\n\r\n";

constexpr std::string_view php_request =
    "POST /v1/checkout/sessions?expand=line_items&locale=ja HTTP/1.1\r\n"
    "Host: api.example.com.ccnproxy-https\r\n"
    "User-Agent: GuzzleHttp/7 PHP/8.2.7 curl/7.88.1\r\n"
    "Accept: application/json\r\n"
    "Accept-Encoding: gzip, deflate\r\n"
    "Content-Type: application/json; charset=utf-8\r\n"
    "Content-Length: 512\r\n"
    "Authorization: Bearer 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\r\n"
    "Idempotency-Key: 2f9f0e9c-5f0a-4f7f-9e1c-7a8f2f6f3e11\r\n"
    "X-Request-Id: 9d4c1c3e8f2b4a10\r\n"
    "Connection: keep-alive\r\n\r\n";

constexpr std::string_view response =
    "HTTP/1.1 200 OK\r\nDate: Fri, 21 Nov 2026 10:00:00 GMT\r\nContent-Type: application/json\r\n"
    "Content-Length: 5120\r\nConnection: keep-alive\r\nCache-Control: no-store\r\n"
    "Vary: Accept-Encoding\r\nX-Request-Id: 9d4c1c3e8f2b4a10\r\nServer: nginx\r\n\r\n";

// The best of several rounds: what other processes take from the clock is not ours.
template <class Parser, class Head>
double measure(std::string_view text) {
  constexpr int rounds = 25;
  constexpr int heads = 20000;
  const std::string bytes(text);
  const HeadLimits limits;
  Parser parser;
  Head head;
  double best = 1e9;
  for (int round = 0; round < rounds; ++round) {
    const auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < heads; ++i) {
      if (parser.parse(bytes, limits, head).status != ParseStatus::complete) return -1;
    }
    const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - start;
    best = std::min(best, took.count() / heads);
  }
  return best;
}

void report(const char* name, std::size_t bytes, double nanoseconds) {
  std::printf("%-16s %4zu bytes  %6.1f ns\n", name, bytes, nanoseconds);
}

}  // namespace

int main() {
  using namespace ccnproxy::http;
  report("small request", small_request.size(),
         measure<RequestHeadParser, RequestHead>(small_request));
  report("PHP request", php_request.size(), measure<RequestHeadParser, RequestHead>(php_request));
  report("response", response.size(), measure<ResponseHeadParser, ResponseHead>(response));
}
