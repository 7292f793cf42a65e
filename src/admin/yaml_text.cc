#include "yaml_text.h"

#include <array>

#include "ccnproxy/observe/json_text.h"

namespace ccnproxy::admin {

std::string yaml_string(std::string_view value) {
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
  line(key, "");
  path_.emplace_back(key);
  elements_.push_back(0);
  return *this;
}

YamlText& YamlText::end() {
  path_.pop_back();
  elements_.pop_back();
  return *this;
}

YamlText& YamlText::begin_element(std::string_view name) {
  element_begun_ = true;
  const auto number = elements_.back()++;
  path_.push_back('[' + (name.empty() ? std::to_string(number) : std::string(name)) + ']');
  elements_.push_back(0);
  return *this;
}

void YamlText::note(std::string_view key, std::string_view value, std::vector<std::string> items) {
  ConfigEntry entry{"", std::string(value), std::move(items)};
  for (const auto& part : path_)
    entry.key += (part.front() == '[' || entry.key.empty() ? "" : ".") + part;
  const bool in_quotes = key.front() == '"';
  entry.key +=
      (entry.key.empty() ? "" : ".") + std::string(in_quotes ? key.substr(1, key.size() - 2) : key);
  entries_.push_back(std::move(entry));
}

YamlText& YamlText::line(std::string_view key, std::string_view value) {
  const auto depth = path_.size();
  if (std::exchange(element_begun_, false))
    out_.append((depth - 1) * 2, ' ').append("- ");
  else
    out_.append(depth * 2, ' ');
  out_.append(key).append(value.empty() ? ":" : ": ").append(value) += '\n';
  return *this;
}

YamlText& YamlText::word(std::string_view key, std::string_view value) {
  note(key, value);
  return line(key, value);
}

YamlText& YamlText::text(std::string_view key, std::string_view value) {
  return word(key, yaml_string(value));
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
  std::vector<std::string> items;
  std::string all;
  for (const auto& value : values) {
    items.push_back(yaml_string(value));
    all += (all.empty() ? "" : ", ") + items.back();
  }
  const auto text = '[' + all + ']';
  note(key, text, std::move(items));
  return line(key, text);
}

}  // namespace ccnproxy::admin
