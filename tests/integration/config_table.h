#pragma once

#include <filesystem>
#include <fstream>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace ccnproxy::integration {

/// One row of config_table.txt, its escapes and macros resolved.
struct ConfigRow {
  std::string name;
  std::string place;  ///< LINE:COL, or `ok`
  std::string words;  ///< that the message contains
  std::string yaml;
};

/// Reads config_table.txt, which says itself what it looks like. Throws std::invalid_argument with
/// the line's number.
class ConfigTable {
 public:
  using Macros = std::map<std::string, std::string, std::less<>>;

  explicit ConfigTable(Macros macros) : macros_(std::move(macros)) {
    std::ifstream file(std::filesystem::path(__FILE__).parent_path() / "config_table.txt");
    for (std::string line; std::getline(file, line);) {
      ++line_number_;
      if (line.empty() || line.front() == '#') continue;
      line.starts_with("> ") ? add_yaml(line.substr(2)) : begin_row(line);
    }
    if (rows_.empty()) refuse("no rows");
  }

  const std::vector<ConfigRow>& rows() const { return rows_; }

 private:
  [[noreturn]] void refuse(const std::string& why) const {
    throw std::invalid_argument("config_table.txt:" + std::to_string(line_number_) + ": " + why);
  }

  void begin_row(const std::string& line) {
    const auto name_end = line.find(' ');
    if (name_end == line.npos) refuse("not NAME PLACE WORDS");
    const auto place_end = std::min(line.find(' ', name_end + 1), line.size());
    rows_.push_back({line.substr(0, name_end), line.substr(name_end + 1, place_end - name_end - 1),
                     resolve(line.substr(std::min(place_end + 1, line.size()))), ""});
  }

  void add_yaml(std::string_view text) {
    if (rows_.empty()) refuse("a line of YAML before the first row");
    rows_.back().yaml += resolve(text) + '\n';
  }

  std::string resolve(std::string_view text) const {
    std::string out;
    while (!text.empty()) {
      const auto end = text.find('}');
      if (text.starts_with("{$") && end != text.npos) {
        const auto macro = macros_.find(text.substr(2, end - 2));
        if (macro == macros_.end()) refuse("an unknown macro");
        out += macro->second;
        text.remove_prefix(end + 1);
      } else if (text.starts_with("\\x") && text.size() >= 4) {
        out += static_cast<char>(std::stoi(std::string(text.substr(2, 2)), nullptr, 16));
        text.remove_prefix(4);
      } else if (text.starts_with("\\t")) {
        out += '\t';
        text.remove_prefix(2);
      } else {
        out += text.front();
        text.remove_prefix(1);
      }
    }
    return out;
  }

  Macros macros_;
  std::vector<ConfigRow> rows_;
  int line_number_ = 0;
};

}  // namespace ccnproxy::integration
