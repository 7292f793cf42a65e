#include "message_reader.h"

#include <algorithm>
#include <charconv>

namespace ccnproxy::soak {
namespace {

constexpr std::size_t longest_head = 128 * 1024;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

bool same(std::string_view text, std::string_view lower_case) {
  return text.size() == lower_case.size() &&
         std::equal(text.begin(), text.end(), lower_case.begin(),
                    [](char a, char b) { return lower(a) == b; });
}

template <class Number>
bool read_number(std::string_view text, Number& value, int base = 10) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  return error == std::errc() && end == text.data() + text.size();
}

}  // namespace

void MessageReader::reset(bool bodiless) {
  state_ = State::head;
  chunk_ = Chunk::size;
  head_.clear();
  line_.clear();
  left_ = body_bytes_ = 0;
  status_ = 0;
  bodiless_ = bodiless;
}

std::size_t MessageReader::take(std::string_view bytes) {
  if (state_ == State::head) return take_head(bytes);
  std::size_t taken = 0;
  while (taken < bytes.size() && state_ == State::body) {
    const auto rest = bytes.substr(taken);
    taken += framing_ == Framing::chunked ? take_chunked(rest) : give(rest);
    if (framing_ == Framing::length && left_ == 0) state_ = State::done;
  }
  return taken;
}

void MessageReader::on_end() {
  if (state_ == State::body && framing_ == Framing::until_end) state_ = State::done;
}

std::size_t MessageReader::take_head(std::string_view bytes) {
  const auto before = head_.size();
  head_.append(bytes.substr(0, std::min(bytes.size(), longest_head)));
  const auto end = head_.find("\r\n\r\n", before < 3 ? 0 : before - 3);
  if (end == std::string::npos) {
    if (head_.size() >= longest_head) fail();
    return head_.size() - before;
  }
  head_.resize(end + 4);
  read_framing();
  return head_.size() - before;
}

void MessageReader::read_framing() {
  const bool is_response = head_.starts_with("HTTP/1.1 ");
  if (is_response && !read_number(std::string_view(head_).substr(9, 3), status_)) return fail();
  const auto length = field("content-length");
  const auto coding = field("transfer-encoding");
  framing_ = is_response ? Framing::until_end : Framing::none;
  if (!length.empty()) framing_ = Framing::length;
  if (!length.empty() && !read_number(length, left_)) return fail();
  if (!coding.empty()) framing_ = Framing::chunked;
  if (!coding.empty() && (coding != "chunked" || !length.empty())) return fail();
  if (bodiless_ || (is_response && (status_ < 200 || status_ == 204 || status_ == 304)))
    framing_ = Framing::none;
  const bool empty = framing_ == Framing::none || (framing_ == Framing::length && left_ == 0);
  state_ = empty ? State::done : State::body;
}

std::string MessageReader::field(std::string_view name) const {
  std::string_view rest = head_;
  while (true) {
    const auto end = rest.find("\r\n");
    if (end == rest.npos) return {};
    rest.remove_prefix(end + 2);
    const auto colon = rest.find(':');
    if (colon == rest.npos) return {};
    if (!same(rest.substr(0, colon), name)) continue;
    auto value = rest.substr(colon + 1, rest.find("\r\n") - colon - 1);
    while (value.starts_with(' ')) value.remove_prefix(1);
    return std::string(value);
  }
}

std::size_t MessageReader::give(std::string_view bytes) {
  const auto n =
      framing_ == Framing::until_end ? bytes.size() : std::min<std::uint64_t>(left_, bytes.size());
  body_bytes_ += n;
  if (framing_ != Framing::until_end) left_ -= n;
  if (n > 0) on_body_(bytes.substr(0, n));
  return n;
}

std::size_t MessageReader::take_chunked(std::string_view bytes) {
  if (chunk_ == Chunk::data) {
    const auto n = give(bytes);
    if (left_ == 0) chunk_ = Chunk::after_data;
    return n;
  }
  const auto before = bytes.size();
  if (take_line(bytes)) on_chunk_line();
  return before - bytes.size();
}

/// Up to LF; true when the line is whole.
bool MessageReader::take_line(std::string_view& bytes) {
  const auto end = bytes.find('\n');
  const auto n = end == bytes.npos ? bytes.size() : end + 1;
  line_.append(bytes.substr(0, n));
  bytes.remove_prefix(n);
  if (line_.size() > longest_head) fail();
  return end != std::string_view::npos;
}

void MessageReader::on_chunk_line() {
  auto line = std::exchange(line_, {});
  if (!line.ends_with("\r\n")) return fail();
  line.resize(line.size() - 2);
  switch (chunk_) {
    case Chunk::size:
      if (!read_number(line, left_, 16)) return fail();
      chunk_ = left_ > 0 ? Chunk::data : Chunk::trailers;
      break;
    case Chunk::after_data:
      if (!line.empty()) return fail();
      chunk_ = Chunk::size;
      break;
    case Chunk::trailers:
      if (line.empty()) state_ = State::done;
      break;
    case Chunk::data:
      break;
  }
}

}  // namespace ccnproxy::soak
