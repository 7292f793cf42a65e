#include "ccnproxy/admin/counters.h"

#include <algorithm>

namespace ccnproxy::admin {
namespace {

void put(Counters& counters, Family family, std::size_t rank, std::string labels,
         std::uint64_t value) {
  counters[{family, static_cast<std::uint32_t>(rank), std::move(labels)}] += value;
}

std::string label(std::string_view name, std::string_view value) {
  std::string text(name);
  text += "=\"";
  text += label_value(value);
  text += '"';
  return text;
}

void put_response_head(Counters& counters, const observe::Histogram& histogram) {
  std::uint64_t up_to = 0;
  for (std::size_t i = 0; i < observe::Histogram::buckets; ++i) {
    up_to += histogram.count(i);
    put(counters, Family::response_head, i, label("le", bucket_bound(i)), up_to);
  }
  put(counters, Family::response_head_sum_ns, 0, "", histogram.sum_nanoseconds());
}

void put_handshakes(Counters& counters, const observe::OriginMetrics& metrics) {
  for (std::size_t resumed = 0; resumed < metrics.handshakes.size(); ++resumed) {
    for (std::size_t cause = 0; cause < observe::dial_causes; ++cause) {
      put(counters, Family::handshakes, 0,
          label("resumed", resumed ? "true" : "false") + ',' +
              label("cause", to_string(static_cast<observe::DialCause>(cause))),
          metrics.handshakes[resumed][cause]);
    }
  }
}

}  // namespace

std::string label_value(std::string_view text) {
  std::string clean;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      clean += '\\';
      clean += c;
    } else if (byte >= 0x20 && byte < 0x7f) {
      clean += c;
    } else {
      char code[8];
      clean.append(code,
                   static_cast<std::size_t>(std::snprintf(code, sizeof code, "\\\\u%04x", byte)));
    }
  }
  return clean;
}

std::string bucket_bound(std::size_t bucket) {
  if (bucket + 1 >= observe::Histogram::buckets) return "+Inf";
  char digits[32];
  std::snprintf(digits, sizeof digits, "%g", observe::Histogram::bound(bucket));
  return digits;
}

Counters counters_of(const observe::OriginMetrics& metrics) {
  Counters counters;
  for (const auto& [status, n] : metrics.requests)
    put(counters, Family::requests, 0, label("code", std::to_string(status)), n);
  put_response_head(counters, metrics.response_head);
  for (std::size_t i = 0; i < metrics.waits.size(); ++i) {
    const auto result = static_cast<observe::WaitResult>(i);
    put(counters, Family::waits, 0, label("result", to_string(result)), metrics.waits[i]);
  }
  put_handshakes(counters, metrics);
  put(counters, Family::failed_dials, 0, "", metrics.failed_dials);
  for (const auto& [reason, n] : metrics.closed.all())
    put(counters, Family::closed, 0, label("reason", reason), n);
  for (std::size_t i = 0; i < metrics.retries.size(); ++i) {
    const auto proof = static_cast<Proof>(i);
    put(counters, Family::retries, 0, label("reason", to_string(proof)), metrics.retries[i]);
  }
  for (std::size_t won = 0; won < metrics.hedges.size(); ++won)
    put(counters, Family::hedges, 0, label("won", won ? "true" : "false"), metrics.hedges[won]);
  for (const auto& [error, n] : metrics.errors) {
    put(counters, Family::errors, 0,
        label("source", to_string(error.first)) + ',' + label("type", to_string(error.second)), n);
  }
  put(counters, Family::bytes, 0, label("direction", "in"), metrics.bytes_in);
  put(counters, Family::bytes, 0, label("direction", "out"), metrics.bytes_out);
  return counters;
}

void add(Counters& to, const Counters& what) {
  for (const auto& [series, value] : what) to[series] += value;
}

void subtract(Counters& from, const Counters& what) {
  for (const auto& [series, value] : what) {
    auto& left = from[series];
    left -= std::min(left, value);
  }
}

bool goes_on(const Counters& before, const Counters& now) {
  return std::all_of(before.begin(), before.end(), [&](const auto& entry) {
    const auto found = now.find(entry.first);
    return (found == now.end() ? 0 : found->second) >= entry.second;
  });
}

}  // namespace ccnproxy::admin
