#include "yaml_fault.h"

#include <algorithm>
#include <array>
#include <sstream>

#include <yaml-cpp/depthguard.h>
#include <yaml-cpp/eventhandler.h>

#include "text_lines.h"

namespace ccnproxy::config {
namespace {

constexpr std::size_t max_word = 60;

/// A piece of the file as it can stand in a message.
std::string shown(std::string_view text) {
  std::string out(text.substr(0, max_word));
  if (text.size() > max_word) out += "...";
  return out;
}

/// In double quotes, as YAML takes it.
std::string in_quotes(std::string_view word) {
  std::string out = "\"";
  for (const char c : word.substr(0, max_word)) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

std::size_t indentation(std::string_view line) noexcept {
  return std::min(line.find_first_not_of(" \t"), line.size());
}

bool is_name_byte(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-';
}

/// The parser's complaint about one text.
class Complaint {
 public:
  Complaint(std::string_view text, const YAML::Exception& error)
      : lines_(text),
        line_(std::clamp(error.mark.line, 0, std::max(lines_.count() - 1, 0))),
        column_(std::max(error.mark.column, 0)),
        error_(error) {}

  YamlFault explain() const {
    if (const auto fault = tab(line_)) return *fault;
    const auto before = lines_.before(line_);
    if (const auto fault = before ? tab(*before) : std::nullopt) return *fault;
    if (const auto fault = explain_kind()) return *fault;
    if (dynamic_cast<const YAML::DeepRecursion*>(&error_) != nullptr)
      return here("maps and lists stand inside of each other too many times");
    return unreadable();
  }

 private:
  struct Kind {
    std::string_view begins;  ///< of the parser's message
    YamlFault (Complaint::*explain)() const;
  };
  static const std::array<Kind, 28> kinds;

  std::optional<YamlFault> explain_kind() const;

  static YamlFault at(int line, std::size_t column, std::string what) {
    return {line + 1, static_cast<int>(column) + 1, std::move(what)};
  }
  YamlFault here(std::string what) const {
    return at(line_, static_cast<std::size_t>(column_), std::move(what));
  }

  std::optional<YamlFault> tab(int number) const {
    const auto line = lines_.at(number);
    const auto found = line.substr(0, indentation(line)).find('\t');
    if (found == line.npos || is_blank(line)) return std::nullopt;
    return at(number, found, "a tab stands in the indentation; write spaces");
  }

  /// `word:value`, where YAML sees one word.
  std::optional<YamlFault> missing_space(int number) const {
    const auto line = lines_.at(number);
    auto start = indentation(line);
    if (line.substr(start).starts_with("- ")) start += 2;
    auto end = start;
    while (end < line.size() && is_name_byte(line[end])) ++end;
    if (end == start || end + 1 >= line.size() || line[end] != ':') return std::nullopt;
    const auto value = line.substr(end + 1);
    if (value.front() == ' ' || value.starts_with("//")) return std::nullopt;
    return at(number, end,
              "a space is missing after the colon: write `" +
                  shown(line.substr(start, end - start)) + ": " + shown(value) + '`');
  }

  /// The word around the byte `mark` that stands nearest before the place of the complaint.
  YamlFault reserved(char mark, const char* meaning) const {
    const auto line = lines_.at(line_);
    const auto start = line.rfind(mark, static_cast<std::size_t>(column_));
    if (start == line.npos) return unreadable();
    const auto end = std::min(line.find_first_of(" \t,]}", start), line.size());
    const auto word = line.substr(start, end - start);
    return at(line_, start,
              '`' + shown(word) + "` begins with `" + mark + "`, which " + meaning +
                  "; quote it: " + in_quotes(word));
  }
  YamlFault alias() const { return reserved('*', "YAML takes for an alias"); }
  YamlFault anchor() const { return reserved('&', "YAML takes for an anchor"); }
  YamlFault tag() const { return reserved('!', "YAML takes for a tag"); }
  YamlFault token() const {
    const auto line = lines_.at(line_);
    const auto column = static_cast<std::size_t>(column_);
    return column < line.size() ? reserved(line[column], "no value may begin with") : unreadable();
  }

  YamlFault value() const {
    const auto before = lines_.before(line_);
    if (const auto fault = missing_space(line_)) return *fault;
    if (const auto fault = before ? missing_space(*before) : std::nullopt) return *fault;
    const auto line = lines_.at(line_);
    const auto column = std::min(static_cast<std::size_t>(column_), line.size());
    if (line.substr(0, column).find(": ") != line.npos)
      return here("a second colon stands in this value; quote the value, as in key: \"a: b\"");
    return here(
        "no key can stand here: it must be indented as the keys beside it, and the line before "
        "must end in `:` or hold a whole `key: value`");
  }

  YamlFault end_of_map() const {
    const auto line = lines_.at(line_);
    const auto start_of_line = line.substr(indentation(line));
    if (start_of_line.size() > 1 && start_of_line[0] == '-' && is_name_byte(start_of_line[1]) &&
        start_of_line[1] != '-')
      return at(line_, indentation(line), "a space is missing after the dash: write `- `");
    const auto column = std::min(static_cast<std::size_t>(column_), line.size());
    const auto start = line.find(": ");
    const bool behind_value = start != line.npos && start + 2 < column;
    if (!behind_value)
      return here("this line is indented otherwise than the keys beside it, or is no `key: value`");
    auto whole = line.substr(start + 2);
    if (const auto comment = whole.find(" #"); comment != whole.npos)
      whole = whole.substr(0, comment);
    return here("more text stands behind the end of a value; quote the whole: " +
                (whole.find('"') == whole.npos ? in_quotes(whole) : '\'' + shown(whole) + '\''));
  }

  YamlFault open_bracket() const {
    const auto opener = find_opener(lines_, line_);
    if (!opener) return unreadable();
    if (opener->kind == '"' || opener->kind == '\'') return open_quote();
    const std::string_view what = opener->kind == '['
                                      ? "a `[` is opened here and not closed by `]`"
                                      : "a `{` is opened here and not closed by `}`";
    return at(opener->line, static_cast<std::size_t>(opener->column), std::string(what));
  }

  YamlFault open_quote() const {
    const auto opener = find_opener(lines_, lines_.count());
    if (!opener) return here("a quote is opened and not closed");
    return at(opener->line, static_cast<std::size_t>(opener->column),
              "a quote is opened here and not closed");
  }

  YamlFault closing() const { return here("a closing bracket stands here, and none is open"); }
  YamlFault list() const {
    return here(
        "a list can't begin in this place; put each `- ` on a line of its own below its key");
  }
  YamlFault question() const { return here("a `?` can't stand here; quote the value"); }
  YamlFault escape() const {
    return here(
        "no escape that YAML knows; write a backslash in double quotes as `\\\\`, or use single "
        "quotes");
  }
  YamlFault directive() const { return here("a line that begins with `%` can't be used here"); }
  YamlFault unreadable() const {
    return here(
        "it can't be read from here on; look at the indentation, quotes and brackets of this line "
        "and the one before");
  }

  TextLines lines_;
  int line_;
  int column_;
  const YAML::Exception& error_;
};

const std::array<Complaint::Kind, 28> Complaint::kinds = {{
    {YAML::ErrorMsg::UNKNOWN_ANCHOR, &Complaint::alias},
    {YAML::ErrorMsg::ALIAS_NOT_FOUND, &Complaint::alias},
    {YAML::ErrorMsg::CHAR_IN_ALIAS, &Complaint::alias},
    {YAML::ErrorMsg::ANCHOR_NOT_FOUND, &Complaint::anchor},
    {YAML::ErrorMsg::CHAR_IN_ANCHOR, &Complaint::anchor},
    {YAML::ErrorMsg::CHAR_IN_TAG_HANDLE, &Complaint::tag},
    {YAML::ErrorMsg::TAG_WITH_NO_SUFFIX, &Complaint::tag},
    {YAML::ErrorMsg::END_OF_VERBATIM_TAG, &Complaint::tag},
    {YAML::ErrorMsg::UNKNOWN_TOKEN, &Complaint::token},
    {YAML::ErrorMsg::MAP_VALUE, &Complaint::value},
    {YAML::ErrorMsg::END_OF_MAP_FLOW, &Complaint::open_bracket},
    {YAML::ErrorMsg::END_OF_SEQ_FLOW, &Complaint::open_bracket},
    {YAML::ErrorMsg::END_OF_MAP, &Complaint::end_of_map},
    {YAML::ErrorMsg::END_OF_SEQ, &Complaint::end_of_map},
    {YAML::ErrorMsg::FLOW_END, &Complaint::closing},
    {YAML::ErrorMsg::BLOCK_ENTRY, &Complaint::list},
    {YAML::ErrorMsg::MAP_KEY, &Complaint::question},
    {YAML::ErrorMsg::EOF_IN_SCALAR, &Complaint::open_quote},
    {YAML::ErrorMsg::DOC_IN_SCALAR, &Complaint::open_quote},
    {YAML::ErrorMsg::INVALID_ESCAPE, &Complaint::escape},
    {YAML::ErrorMsg::INVALID_HEX, &Complaint::escape},
    {YAML::ErrorMsg::INVALID_UNICODE, &Complaint::escape},
    {YAML::ErrorMsg::YAML_DIRECTIVE_ARGS, &Complaint::directive},
    {YAML::ErrorMsg::YAML_VERSION, &Complaint::directive},
    {YAML::ErrorMsg::YAML_MAJOR_VERSION, &Complaint::directive},
    {YAML::ErrorMsg::REPEATED_YAML_DIRECTIVE, &Complaint::directive},
    {YAML::ErrorMsg::TAG_DIRECTIVE_ARGS, &Complaint::directive},
    {YAML::ErrorMsg::REPEATED_TAG_DIRECTIVE, &Complaint::directive},
}};

std::optional<YamlFault> Complaint::explain_kind() const {
  for (const auto& [begins, explain] : kinds) {
    if (error_.msg.starts_with(begins)) return (this->*explain)();
  }
  return std::nullopt;
}

/// How many bytes the UTF-8 sequence at `i` has; 0 if there is none (RFC 3629 §4).
std::size_t utf8_length(std::string_view text, std::size_t i) noexcept {
  const auto byte = [&](std::size_t n) {
    return i + n < text.size() ? static_cast<unsigned char>(text[i + n]) : 0U;
  };
  const unsigned lead = byte(0);
  const std::size_t length = lead < 0x80                    ? 1
                             : lead >= 0xc2 && lead <= 0xdf ? 2
                             : lead >= 0xe0 && lead <= 0xef ? 3
                             : lead >= 0xf0 && lead <= 0xf4 ? 4
                                                            : 0;
  for (std::size_t n = 1; n < length; ++n) {
    if ((byte(n) & 0xc0) != 0x80) return 0;
  }
  const bool overlong = (lead == 0xe0 && byte(1) < 0xa0) || (lead == 0xf0 && byte(1) < 0x90);
  const bool beyond = (lead == 0xed && byte(1) > 0x9f) || (lead == 0xf4 && byte(1) > 0x8f);
  return overlong || beyond ? 0 : length;
}

std::string hex(unsigned byte) {
  constexpr const char* digits = "0123456789abcdef";
  return std::string("0x") + digits[byte >> 4 & 15] + digits[byte & 15];
}

bool is_utf16(std::string_view text) noexcept {
  return text.starts_with("\xfe\xff") || text.starts_with("\xff\xfe");
}

bool in_comment(std::string_view line_so_far) noexcept {
  return is_blank(line_so_far) ? line_so_far.find('#') != line_so_far.npos
                               : line_so_far.find(" #") != line_so_far.npos;
}

/// What is odd about the byte at `i`; empty if nothing is. `next` becomes where to go on.
std::string oddity(std::string_view text, std::size_t i, std::size_t line_start,
                   std::size_t& next) {
  const auto byte = static_cast<unsigned char>(text[i]);
  const std::size_t length = utf8_length(text, i);
  next = i + std::max<std::size_t>(length, 1);
  // YAML 1.2 §5.1 allows none of them, but yaml-cpp would take a 0x04 for the end of the file.
  if ((byte < 0x20 && byte != '\t' && byte != '\r' && byte != '\n') || byte == 0x7f)
    return "a control byte (" + std::to_string(byte) + ") stands here; this is no text file";
  if (length != 0 || in_comment(text.substr(line_start, i - line_start))) return "";
  return "a byte (" + hex(byte) + ") that is no UTF-8 stands here; save the file as UTF-8";
}

/// Looks at nothing: for what the parser itself complains of.
class NoEvents : public YAML::EventHandler {
 public:
  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
  void OnAlias(const YAML::Mark&, YAML::anchor_t) override {}
  void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t,
                const std::string&) override {}
  void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {}
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                  YAML::EmitterStyle::value) override {}
  void OnMapEnd() override {}
};

}  // namespace

YamlFault explain_yaml_error(std::string_view text, const YAML::Exception& error) {
  return Complaint(text, error).explain();
}

std::optional<YamlFault> find_odd_byte(std::string_view text) {
  if (is_utf16(text)) return YamlFault{1, 1, "the file is UTF-16; save it as UTF-8"};
  int line = 1;
  std::size_t line_start = 0;
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t at = i;
    auto what = oddity(text, at, line_start, i);
    if (!what.empty())
      return YamlFault{line, static_cast<int>(at - line_start) + 1, std::move(what)};
    if (text[at] != '\n') continue;
    ++line;
    line_start = at + 1;
  }
  return {};
}

std::optional<YamlFault> find_open_quote(const std::string& text) {
  try {
    // The start of a document can't stand inside of quotes: behind an open one it is an error.
    std::istringstream in(text + "\n---\n");
    NoEvents events;
    YAML::Parser(in).HandleNextDocument(events);
  } catch (const YAML::Exception& error) {
    if (error.msg == YAML::ErrorMsg::DOC_IN_SCALAR) return explain_yaml_error(text, error);
  }
  return {};
}

}  // namespace ccnproxy::config
