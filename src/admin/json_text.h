#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "ccnproxy/base/clock.h"

namespace ccnproxy::admin {

/// Writes JSON (RFC 8259) front to back; the caller keeps its brackets in pairs.
class JsonText {
 public:
  JsonText& open(char bracket);
  JsonText& close(char bracket);
  JsonText& key(std::string_view name);

  JsonText& text(std::string_view value);
  JsonText& number(std::uint64_t value);
  /// Between 0 and 1, to six decimals.
  JsonText& share(double value);
  JsonText& boolean(bool value);
  JsonText& null();
  /// A number that is JSON already.
  JsonText& literal(std::string_view value);
  /// In units of `unit`, to three decimals.
  JsonText& duration(Duration value, Duration unit);
  JsonText& seconds(Duration value) { return duration(value, std::chrono::seconds(1)); }

  /// What was written, with a final newline. Ends this object's use.
  std::string take();

 private:
  void separate();
  std::string out_;
};

}  // namespace ccnproxy::admin
