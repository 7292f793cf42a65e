#include "ccnproxy/dns/hosts_file.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <optional>

namespace ccnproxy::dns {
namespace {

/// The next word of `line`, which is cut off it; empty at its end.
std::string_view take_word(std::string_view& line) {
  constexpr std::string_view blank = " \t\r\v\f";
  const auto begin = std::min(line.find_first_not_of(blank), line.size());
  const auto end = std::min(line.find_first_of(blank, begin), line.size());
  const auto word = line.substr(begin, end - begin);
  line.remove_prefix(end);
  return word;
}

std::string normalised(std::string_view name) {
  if (name.ends_with('.')) name.remove_suffix(1);
  std::string lower(name);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

bool is_localhost(std::string_view name) {
  return name == "localhost" || name.ends_with(".localhost");
}

}  // namespace

HostsFile::HostsFile(std::string path) : path_(std::move(path)) {
  for (const auto* address : {"::1", "127.0.0.1"}) {
    loopback_.push_back(*Endpoint::from_literal(address, 0));
  }
  refresh();
}

void HostsFile::refresh() {
  const auto stamp = FileStamp::of(path_);
  if (stamp == stamp_) return;
  std::ifstream file(path_, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  names_ = parse(text);
  stamp_ = stamp;
}

const std::vector<Endpoint>* HostsFile::find(std::string_view name) const {
  const auto found = names_.find(name);
  if (found != names_.end()) return &found->second;
  return is_localhost(name) ? &loopback_ : nullptr;
}

HostsFile::Names HostsFile::parse(std::string_view text) {
  Names names;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    const auto line = text.substr(0, end);
    parse_line(line.substr(0, line.find('#')), names);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return names;
}

void HostsFile::parse_line(std::string_view line, Names& names) {
  const auto address = Endpoint::from_literal(take_word(line), 0);
  if (!address) return;
  for (auto name = take_word(line); !name.empty(); name = take_word(line)) {
    auto& addresses = names[normalised(name)];
    if (std::find(addresses.begin(), addresses.end(), *address) == addresses.end()) {
      addresses.push_back(*address);
    }
  }
}

}  // namespace ccnproxy::dns
