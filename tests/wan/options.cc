#include "options.h"

#include <charconv>
#include <cmath>
#include <functional>
#include <map>
#include <string_view>

namespace ccnproxy::wan {
namespace {

using Setter = std::function<bool(Options&, std::string_view)>;

// One hour of delay or a petabit are typing errors, and would overflow nanoseconds further on.
constexpr double kMaxNumber = 3.6e6;

bool read_number(std::string_view text, double& out, double max = kMaxNumber) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc() && end == text.data() + text.size() && out >= 0 && out <= max;
}

Setter milliseconds(std::chrono::nanoseconds LinkOptions::*member) {
  return [member](Options& options, std::string_view text) {
    double value = 0;
    if (!read_number(text, value)) return false;
    options.link.*member = std::chrono::nanoseconds(std::llround(value * 1e6));
    return true;
  };
}

Setter text_of(std::string Options::*member) {
  return [member](Options& options, std::string_view text) {
    options.*member = text;
    return true;
  };
}

bool set_devices(Options& options, std::string_view text) {
  options.device_a = options.device_b = text;
  return !text.empty();
}

bool set_queue(Options& options, std::string_view text) {
  double kib = 0;
  if (!read_number(text, kib)) return false;
  options.link.queue_bytes = static_cast<std::size_t>(kib * 1024);
  return true;
}

bool set_loss_burst(Options& options, std::string_view text) {
  return read_number(text, options.link.loss_burst, 1000) && options.link.loss_burst >= 1;
}

bool set_seed(Options& options, std::string_view text) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), options.seed);
  return error == std::errc() && end == text.data() + text.size();
}

const std::map<std::string_view, Setter>& setters() {
  static const std::map<std::string_view, Setter> table = {
      {"--ns-a", text_of(&Options::namespace_a)},
      {"--ns-b", text_of(&Options::namespace_b)},
      {"--dev", set_devices},
      {"--dev-a", text_of(&Options::device_a)},
      {"--dev-b", text_of(&Options::device_b)},
      {"--delay-ms", milliseconds(&LinkOptions::delay)},
      {"--jitter-ms", milliseconds(&LinkOptions::jitter)},
      {"--loss-pct",
       [](Options& o, std::string_view v) { return read_number(v, o.link.loss_percent, 100); }},
      {"--loss-burst", set_loss_burst},
      {"--rate-mbit",
       [](Options& o, std::string_view v) { return read_number(v, o.link.rate_mbit); }},
      {"--queue-kib", set_queue},
      {"--seed", set_seed},
  };
  return table;
}

}  // namespace

std::optional<Options> parse_options(std::span<const char* const> arguments) {
  Options options;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string_view name = arguments[i];
    if (name == "--reorder") {
      options.link.reorder = true;
    } else if (name == "--no-rt") {
      options.realtime = false;
    } else {
      const auto setter = setters().find(name);
      if (setter == setters().end() || i + 1 == arguments.size()) return std::nullopt;
      if (!setter->second(options, arguments[++i])) return std::nullopt;
    }
  }
  return options;
}

}  // namespace ccnproxy::wan
