#pragma once

#include <cstdint>
#include <ctime>
#include <optional>
#include <string>
#include <string_view>

#include <boost/container/small_vector.hpp>

#include "ccnproxy/base/clock.h"
#include "ccnproxy/net/path_counters.h"
#include "ccnproxy/observe/metrics.h"
#include "ccnproxy/observe/origin_outcomes.h"
#include "ccnproxy/pool/breaker_report.h"

namespace ccnproxy::pool {

/// A connection as it is shown to people. Durations count from or to the time of the report; views
/// are of text that is part of the program.
struct ConnectionReport {
  std::uint64_t serial = 0;   ///< 0 while connecting
  std::string_view state;     ///< connecting, ready, busy, suspicious, leaving, draining, bound
  std::string_view protocol;  ///< h2, http/1.1, or empty while connecting
  std::string address;
  bool tls_resumed = false;
  std::string_view tls_group;  ///< of the key exchange; empty if there is none, or unknown
  std::string_view cause;      ///< why it was dialled: request, warm, replace
  Duration age{};
  Duration idle{};  ///< since its last request ended; 0 while one is in flight
  Duration rtt{};
  /// What the kernel had counted when it was last asked; nothing where it was not, as for near
  /// origins.
  std::optional<PathCounters> path;
  std::optional<Duration> ping_interval;  ///< between two PINGs at least; nothing: none are sent
  std::size_t streams = 0;
  std::size_t capacity = 0;  ///< streams it would take now
  std::uint64_t requests = 0;
  std::string_view next_action;  ///< what is planned for it; empty if nothing
  std::string_view reason;       ///< for that; empty if there is none to tell
  std::optional<Duration> due;   ///< when
};

/// What is known of the way to an origin; nothing where it was not measured.
struct PathReport {
  std::optional<Duration> rtt;
  std::optional<double> loss;  ///< share of packets, 0 to 1
};

/// What the pool decided, latest last.
struct DecisionReport {
  Duration ago{};
  std::string text;
};

/// What was learnt of when the origin closes connections; nothing where nothing is known.
struct LearnedReport {
  std::optional<Duration> idle;
  std::optional<Duration> age;
  std::optional<std::uint64_t> requests;
  std::optional<Duration> unused;  ///< without a first request
};

/// The pool of one origin in one worker, as /pools shows it.
struct PoolReport {
  std::size_t worker = 0;
  std::string origin;         ///< https://host[:port]
  std::string_view protocol;  ///< spoken last; empty if unknown
  bool kept_warm = false;
  bool warm_for_ever = false;         ///< of pool.warm
  std::size_t wanted = 0;             ///< connections that the policy wants open now
  std::size_t waiting = 0;            ///< requests without a connection
  std::size_t peak = 0;               ///< recent requests at once
  Duration last_used{};               ///< ago
  std::optional<Duration> next_dial;  ///< held back after failures until then
  std::string last_failure;
  std::uint32_t failed_dials = 0;  ///< since the last success, those made together counted as few
  std::optional<Duration> dials_failing_for;  ///< since the first of them
  std::string not_kept_ready;  ///< why it is not, although it is in use; empty if it is
  LearnedReport learned;
  PathReport path;
  // Reports of thousands of origins are made at once, and of most there is one of each.
  boost::container::small_vector<ConnectionReport, 1> connections;
  boost::container::small_vector<DecisionReport, 1> decisions;
  observe::OriginMetrics metrics;
  observe::OutcomeSummary outcomes;
  BreakerReport breaker;  ///< the same of all workers
  /// Of the chain that the last connection showed, seconds since 1970; the same of all workers.
  std::optional<std::time_t> certificate_end;
};

/// What was counted of an origin whose pool is gone.
struct GoneReport {
  std::string origin;
  observe::OriginMetrics metrics;
  observe::OutcomeSummary outcomes;
};

}  // namespace ccnproxy::pool
