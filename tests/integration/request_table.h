#pragma once

#include <filesystem>
#include <fstream>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace ccnproxy::integration {

/// One row of request_table.txt, its escapes and macros resolved.
struct RawRequest {
  std::string name;  ///< with the number of its failure (docs/development/failures.md)
  int status = 0;
  std::string bytes;        ///< what the client sends
  std::string origin_gets;  ///< with status 200
};

/// Reads request_table.txt, which says itself what it looks like. Throws std::invalid_argument with
/// the line's number.
class RequestTable {
 public:
  RequestTable() {
    std::ifstream file(std::filesystem::path(__FILE__).parent_path() / "request_table.txt");
    for (std::string line; std::getline(file, line);) {
      ++line_number_;
      read_line(line);
    }
    if (rows_.empty()) refuse("no rows");
  }

  const std::vector<RawRequest>& rows() const { return rows_; }

 private:
  [[noreturn]] void refuse(const std::string& why) const {
    throw std::invalid_argument("request_table.txt:" + std::to_string(line_number_) + ": " + why);
  }

  void read_line(const std::string& line) {
    if (line.empty() || line.front() == '#') return;
    const bool sends = line.starts_with("> ");
    if (!sends && !line.starts_with("< ")) return begin_row(line);
    if (rows_.empty()) refuse("bytes before the first row");
    (sends ? rows_.back().bytes : rows_.back().origin_gets) += resolve(line.substr(2));
  }

  void begin_row(const std::string& line) {
    const std::size_t space = line.find(' ');
    if (space == std::string::npos) refuse("not NAME STATUS");
    rows_.push_back({line.substr(0, space), std::stoi(line.substr(space + 1)), "", ""});
  }

  std::string resolve(std::string_view text) const {
    std::string out;
    while (!text.empty()) {
      const char c = text.front();
      text.remove_prefix(1);
      if (c == '\\') {
        out += escape(text);
      } else if (c == '{') {
        const std::size_t end = text.find('}');
        if (end == text.npos) refuse("a brace without its end");
        out += macro(text.substr(0, end));
        text.remove_prefix(end + 1);
      } else {
        out += c;
      }
    }
    return out;
  }

  /// Takes what follows a backslash off `rest`.
  char escape(std::string_view& rest) const {
    static const std::map<char, char> known = {{'r', '\r'}, {'n', '\n'}, {'t', '\t'}, {'v', '\v'},
                                               {'f', '\f'}, {'0', '\0'}, {'\\', '\\'}};
    if (rest.empty()) refuse("a backslash at the end");
    const char c = rest.front();
    rest.remove_prefix(1);
    if (c == 'x') {
      const std::string digits(rest.substr(0, 2));
      rest.remove_prefix(digits.size());
      return static_cast<char>(std::stoi(digits, nullptr, 16));
    }
    if (!known.contains(c)) refuse(std::string("an unknown escape: ") + c);
    return known.at(c);
  }

  /// What stands between braces: {NAME} or {300*text}.
  std::string macro(std::string_view text) const {
    static const std::string line = "Host: api.test.ccnproxy\r\n";
    static const std::map<std::string_view, std::string> known = {
        {"HOST", line},
        {"GET", "GET /evil HTTP/1.1\r\n" + line},
        {"POST", "POST /evil HTTP/1.1\r\n" + line},
        {"CHUNKED", "POST /evil HTTP/1.1\r\n" + line + "Transfer-Encoding: chunked\r\n\r\n"}};
    if (const auto found = known.find(text); found != known.end()) return found->second;
    const std::size_t star = text.find('*');
    if (star == text.npos) refuse("an unknown macro: " + std::string(text));
    const std::string piece = resolve(text.substr(star + 1));
    std::string out;
    for (int i = std::stoi(std::string(text.substr(0, star))); i > 0; --i) out += piece;
    return out;
  }

  std::vector<RawRequest> rows_;
  int line_number_ = 0;
};

}  // namespace ccnproxy::integration
