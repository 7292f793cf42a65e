#include "yaml_text.h"

#include <array>

#include "ccnproxy/observe/json_text.h"

namespace ccnproxy::admin {

std::string quoted(std::string_view value) {
  std::string text = "\"";
  observe::append_escaped(text, value);
  return text + '"';
}

std::string duration_text(config::Duration value) {
  constexpr std::array<std::pair<std::int64_t, const char*>, 5> units = {{
      {3'600'000'000'000, "h"},
      {60'000'000'000, "m"},
      {1'000'000'000, "s"},
      {1'000'000, "ms"},
      {1'000, "us"},
  }};
  const auto ns = value.count();
  if (ns == 0) return "0";
  for (const auto& [unit, name] : units) {
    if (ns % unit == 0) return std::to_string(ns / unit) + name;
  }
  char digits[48];
  std::snprintf(digits, sizeof digits, "%lld.%03dus", static_cast<long long>(ns / 1000),
                static_cast<int>(ns % 1000));
  return digits;
}

std::string size_text(std::uint64_t bytes) {
  if (bytes != 0 && bytes % (1 << 30) == 0) return std::to_string(bytes >> 30) + "GiB";
  if (bytes != 0 && bytes % (1 << 20) == 0) return std::to_string(bytes >> 20) + "MiB";
  if (bytes != 0 && bytes % (1 << 10) == 0) return std::to_string(bytes >> 10) + "KiB";
  return std::to_string(bytes);
}

YamlText& YamlText::begin(std::string_view key) {
  word(key, "");
  ++depth_;
  return *this;
}

YamlText& YamlText::end() {
  --depth_;
  return *this;
}

YamlText& YamlText::begin_element() {
  element_begun_ = true;
  ++depth_;
  return *this;
}

YamlText& YamlText::word(std::string_view key, std::string_view value) {
  if (std::exchange(element_begun_, false))
    out_.append((depth_ - 1) * 2, ' ').append("- ");
  else
    out_.append(depth_ * 2, ' ');
  out_.append(key).append(value.empty() ? ":" : ": ").append(value) += '\n';
  return *this;
}

YamlText& YamlText::text(std::string_view key, std::string_view value) {
  return word(key, quoted(value));
}

YamlText& YamlText::number(std::string_view key, std::uint64_t value) {
  return word(key, std::to_string(value));
}

YamlText& YamlText::duration(std::string_view key, config::Duration value) {
  return word(key, duration_text(value));
}

YamlText& YamlText::size(std::string_view key, std::uint64_t bytes) {
  return word(key, size_text(bytes));
}

YamlText& YamlText::list(std::string_view key, const std::vector<std::string>& values) {
  std::string all;
  for (const auto& value : values) all += (all.empty() ? "" : ", ") + quoted(value);
  return word(key, '[' + all + ']');
}

}  // namespace ccnproxy::admin
