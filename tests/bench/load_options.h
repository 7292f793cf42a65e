#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include <sys/types.h>

namespace ccnproxy::bench {

/// What one run of the load generator does. Filled from the command line, read-only afterwards.
struct LoadOptions {
  /// Where the proxy listens, always on 127.0.0.1.
  std::uint16_t port = 0;
  /// The Host field of every request.
  std::string host = "bench.test.ccnproxy-https";
  /// Request n asks for host number (first_host + n) % hosts, which stands in for the % of `host`.
  std::uint64_t hosts = 1;
  std::uint64_t first_host = 0;
  /// The request target.
  std::string path = "/";
  /// Client connections at once; in an open loop the most requests that can be under way.
  std::size_t connections = 1;
  /// How long requests are started; those under way are then waited for.
  std::chrono::milliseconds duration{1000};
  /// Ends the run after so many requests, whatever the duration; 0 = no such end.
  std::uint64_t requests = 0;
  /// Requests a second on a fixed schedule (open loop); 0 = the next one as an answer comes.
  double rate = 0;
  /// A new connection for every request, closed by the client after the answer.
  bool connection_each = false;
  /// Bytes of a PUT; 0 means GET.
  std::uint64_t upload_bytes = 0;
  /// Bytes that the body of every response must have.
  std::uint64_t expect_bytes = 0;
  /// Lowest and highest status that counts as a success.
  int status_from = 200;
  int status_to = 200;
  /// How long requests under way at the end may still take before they count as timed out.
  std::chrono::milliseconds drain{20000};
  /// Processes whose scheduler time is read just before the first and just after the last request.
  std::vector<pid_t> watch;
};

/// Reads the command line.
/// @throws std::invalid_argument naming the option that is wrong.
LoadOptions parse_load_options(int argc, char** argv);

/// What --help prints.
std::string load_usage();

}  // namespace ccnproxy::bench
