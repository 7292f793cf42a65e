#include "json_text.h"

#include "ccnproxy/observe/json_text.h"

namespace ccnproxy::admin {

// A value ends in none of these bytes, so the last byte says whether one stands before.
void JsonText::separate() {
  if (!out_.empty() && std::string_view("{[:").find(out_.back()) == std::string_view::npos)
    out_ += ',';
}

JsonText& JsonText::open(char bracket) {
  separate();
  out_ += bracket;
  return *this;
}

JsonText& JsonText::close(char bracket) {
  out_ += bracket;
  return *this;
}

JsonText& JsonText::key(std::string_view name) {
  text(name);
  out_ += ':';
  return *this;
}

JsonText& JsonText::text(std::string_view value) {
  separate();
  out_ += '"';
  observe::append_escaped(out_, value);
  out_ += '"';
  return *this;
}

JsonText& JsonText::number(std::uint64_t value) {
  separate();
  out_ += std::to_string(value);
  return *this;
}

JsonText& JsonText::share(double value) {
  separate();
  char digits[32];
  out_.append(digits,
              static_cast<std::size_t>(std::snprintf(digits, sizeof digits, "%.6f", value)));
  return *this;
}

JsonText& JsonText::boolean(bool value) {
  separate();
  out_ += value ? "true" : "false";
  return *this;
}

JsonText& JsonText::null() {
  separate();
  out_ += "null";
  return *this;
}

JsonText& JsonText::literal(std::string_view value) {
  separate();
  out_ += value;
  return *this;
}

JsonText& JsonText::duration(Duration value, Duration unit) {
  separate();
  char digits[32];
  const double count = static_cast<double>(value.count()) / static_cast<double>(unit.count());
  out_.append(digits,
              static_cast<std::size_t>(std::snprintf(digits, sizeof digits, "%.3f", count)));
  return *this;
}

std::string JsonText::take() {
  out_ += '\n';
  return std::move(out_);
}

}  // namespace ccnproxy::admin
