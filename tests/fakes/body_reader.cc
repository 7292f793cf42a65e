#include "fakes/body_reader.h"

#include <algorithm>
#include <charconv>
#include <stdexcept>

namespace ccnproxy::fakes {
namespace {

[[noreturn]] void refuse(const std::string& what, std::string_view line) {
  throw std::invalid_argument(what + ": '" + std::string(line) + "'");
}

std::string_view trimmed(std::string_view value) {
  while (!value.empty() && (value.front() == ' ' || value.front() == '\t')) value.remove_prefix(1);
  while (!value.empty() && (value.back() == ' ' || value.back() == '\t')) value.remove_suffix(1);
  return value;
}

void parse_field(std::string_view line, Fields& into) {
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos || colon == 0) refuse("a field without a name", line);
  const std::string_view name = line.substr(0, colon);
  if (name.find_first_of(" \t") != std::string_view::npos) refuse("a space in a field name", line);
  if (line.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos)
    refuse("a control character in a field", line);
  into.emplace_back(name, trimmed(line.substr(colon + 1)));
}

}  // namespace

Fields parse_fields(std::string_view lines) {
  Fields fields;
  while (true) {
    const std::size_t end = lines.find("\r\n");
    if (end == std::string_view::npos) refuse("fields without an empty line", lines);
    if (end == 0) break;
    parse_field(lines.substr(0, end), fields);
    lines.remove_prefix(end + 2);
  }
  if (lines.size() != 2) refuse("bytes after the fields", lines);
  return fields;
}

void BodyReader::take(std::string& bytes, const Sink& sink) {
  if (kind_ == Kind::Chunked) {
    while (!done_ && take_chunk_part(bytes, sink)) continue;
  } else if (kind_ == Kind::UntilClose) {
    if (!bytes.empty()) sink(bytes);
    bytes.clear();
  } else if (!done_) {
    take_data(bytes, sink);
    done_ = left_ == 0;
  }
}

void BodyReader::take_data(std::string& bytes, const Sink& sink) {
  const std::size_t size = static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size()));
  if (size > 0) sink(std::string_view(bytes).substr(0, size));
  bytes.erase(0, size);
  left_ -= size;
}

/// False where more input is needed.
bool BodyReader::take_chunk_part(std::string& bytes, const Sink& sink) {
  switch (part_) {
    case Part::SizeLine:
      return take_size_line(bytes);
    case Part::Data:
      take_data(bytes, sink);
      if (left_ == 0) part_ = Part::DataEnd;
      return left_ == 0;
    case Part::DataEnd:
      return take_data_end(bytes);
    case Part::Trailers:
      return take_trailers(bytes);
  }
  return false;
}

bool BodyReader::take_size_line(std::string& bytes) {
  const std::size_t end = bytes.find("\r\n");
  if (end == std::string::npos) {
    if (bytes.size() > 4096) refuse("no end of a chunk's size", bytes.substr(0, 80));
    return false;
  }
  const std::string line = bytes.substr(0, end);
  const auto [after, error] = std::from_chars(line.data(), line.data() + line.size(), left_, 16);
  const bool has_extension = after != line.data() + line.size();
  if (error != std::errc() || (has_extension && *after != ';')) refuse("bad chunk size", line);
  bytes.erase(0, end + 2);
  part_ = left_ == 0 ? Part::Trailers : Part::Data;
  return true;
}

bool BodyReader::take_data_end(std::string& bytes) {
  if (bytes.size() < 2) return false;
  if (!bytes.starts_with("\r\n")) refuse("no CRLF after a chunk", bytes.substr(0, 2));
  bytes.erase(0, 2);
  part_ = Part::SizeLine;
  return true;
}

bool BodyReader::take_trailers(std::string& bytes) {
  const std::size_t end = bytes.starts_with("\r\n") ? 0 : bytes.find("\r\n\r\n");
  if (end == std::string::npos) return false;
  const std::size_t size = end == 0 ? 2 : end + 4;
  trailers_ = parse_fields(std::string_view(bytes).substr(0, size));
  bytes.erase(0, size);
  done_ = true;
  return true;
}

std::string BodyReader::missing() const {
  if (done_) return "nothing";
  if (kind_ == Kind::UntilClose) return "the close";
  if (kind_ == Kind::Length) return std::to_string(left_) + " bytes of a body with a length";
  return "the last chunk";
}

}  // namespace ccnproxy::fakes
