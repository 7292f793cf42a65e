#include "ccnproxy/http/lenient_fields.h"

#include <algorithm>

#include "ccnproxy/http/characters.h"

#include "head_reading.h"

namespace ccnproxy::http {
namespace {

bool frames(const Field& field) noexcept {
  return field.id == FieldId::content_length || field.id == FieldId::transfer_encoding;
}

// Whether some reader may take a name that is no token for one that frames the message, because it
// strips what stands around it: quotes, or what is white space in another character set.
bool disguises_framing(std::string_view name) noexcept {
  while (!name.empty() && !is(token_char, name.front())) name.remove_prefix(1);
  while (!name.empty() && !is(token_char, name.back())) name.remove_suffix(1);
  const FieldId id = field_id(name);
  return id == FieldId::content_length || id == FieldId::transfer_encoding;
}

bool may_be_name(std::string_view name) noexcept {
  return all(token_char, name) || (all(loose_name_char, name) && !disguises_framing(name));
}

/// Reads one line after the other into its memory, which must never be moved meanwhile: nothing
/// that is written is longer than what it was read from.
class LineReader {
 public:
  LineReader(std::size_t most, const HeadLimits& limits, std::string& memory, Fields& fields)
      : limits_(limits), memory_(memory), fields_(fields) {
    constexpr std::size_t beyond_small = 64;  // so that views live on where the string is moved
    memory_.clear();
    memory_.reserve(std::max(most, beyond_small));
    fields_.clear();
  }

  Verdict read(std::string_view line) {
    return is_white_space(line.front()) ? unfold(line) : read_field(line);
  }
  bool faulty() const noexcept { return faulty_; }

 private:
  // RFC 9112 §5.2: to be replaced by SP.
  Verdict unfold(std::string_view line) {
    if (fields_.empty()) return &refuse_fold;
    Field& field = fields_.back();
    faulty_ = faulty_ || frames(field);
    const std::string_view more = trim(line);
    if (more.empty()) return nullptr;
    if (!field.value.empty()) memory_ += ' ';
    memory_ += more;
    const char* const begin = field.value.empty() ? end() - more.size() : field.value.data();
    field.value = {begin, static_cast<std::size_t>(end() - begin)};
    return nullptr;
  }

  Verdict read_field(std::string_view line) {
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) return &refuse_no_colon;
    const std::string_view before = line.substr(0, colon);
    const std::string_view name = trim(before);
    if (name.empty()) return &refuse_no_name;
    if (!may_be_name(name)) return &refuse_name;
    if (fields_.size() == limits_.fields) return &refuse_field_count;
    const Field field{keep(name), keep(trim(line.substr(colon + 1))), field_id(name)};
    faulty_ = faulty_ || (frames(field) && name.size() != before.size());
    fields_.push_back(field);
    return nullptr;
  }

  const char* end() const noexcept { return memory_.data() + memory_.size(); }
  std::string_view keep(std::string_view text) {
    memory_ += text;
    return {end() - text.size(), text.size()};
  }

  const HeadLimits& limits_;
  std::string& memory_;
  Fields& fields_;
  bool faulty_ = false;
};

}  // namespace

LenientFields read_lenient_fields(std::string_view lines, const HeadLimits& limits,
                                  std::string& memory, Fields& fields) {
  LineReader reader(lines.size(), limits, memory, fields);
  bool bare = false;
  for (std::string_view line = take_lenient_line(lines, bare); !line.empty();
       line = take_lenient_line(lines, bare)) {
    if (Verdict verdict = reader.read(line)) {
      return {.refused = verdict->reason, .over_limit = verdict->status_code == 431};
    }
  }
  return {.faulty = reader.faulty()};
}

std::string_view take_lenient_line(std::string_view& text, bool& bare) noexcept {
  const std::size_t line_feed = text.find('\n');
  std::string_view line = text.substr(0, line_feed);
  text.remove_prefix(line_feed == std::string_view::npos ? text.size() : line_feed + 1);
  bare = line.empty() || line.back() != '\r';
  if (!bare) line.remove_suffix(1);
  return line;
}

LineEnds line_ends(std::string_view text) noexcept {
  LineEnds ends;
  while (!text.empty()) {
    bool bare = false;
    take_lenient_line(text, bare);
    (bare ? ends.bare : ends.pair) = true;
  }
  return ends;
}

}  // namespace ccnproxy::http
