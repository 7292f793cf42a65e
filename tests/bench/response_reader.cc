#include "response_reader.h"

#include <charconv>

#include <strings.h>

namespace ccnproxy::bench {
namespace {

constexpr std::size_t max_head = 64 * 1024;

bool same(std::string_view a, std::string_view b) {
  return a.size() == b.size() && strncasecmp(a.data(), b.data(), a.size()) == 0;
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

template <typename Number>
bool read_number(std::string_view text, Number& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size();
}

}  // namespace

void ResponseReader::reset() {
  state_ = State::Head;
  head_.clear();
  status_ = 0;
  length_ = missing_ = 0;
  has_length_ = false;
  keeps_alive_ = true;
}

ResponseReader::State ResponseReader::fail() { return state_ = State::BadFraming; }

ResponseReader::State ResponseReader::feed(std::string_view bytes) {
  if (state_ == State::Done && !bytes.empty()) return fail();
  if (state_ != State::Head) return take_body(bytes);
  head_.append(bytes);
  const auto end = head_.find("\r\n\r\n");
  if (end == std::string::npos) return head_.size() > max_head ? fail() : state_;
  const std::string head = head_.substr(0, end + 2);
  const std::string rest = head_.substr(end + 4);
  if (!read_head(head)) return fail();
  if (status_ < 200) {  // 100 Continue: the real head follows
    reset();
    return feed(rest);
  }
  state_ = State::Body;
  return take_body(rest);
}

ResponseReader::State ResponseReader::take_body(std::string_view bytes) {
  if (state_ != State::Body) return state_;
  return bytes.size() > missing_ ? fail() : skip(bytes.size());
}

ResponseReader::State ResponseReader::skip(std::uint64_t bytes) {
  missing_ -= bytes;
  if (missing_ == 0) state_ = State::Done;
  return state_;
}

bool ResponseReader::read_head(std::string_view head) {
  if (!head.starts_with("HTTP/1.1 ") || head.size() < 12) return false;
  if (!read_number(head.substr(9, 3), status_) || status_ < 100) return false;
  head.remove_prefix(head.find("\r\n") + 2);
  while (!head.empty()) {
    const auto end = head.find("\r\n");
    if (!read_field(head.substr(0, end))) return false;
    head.remove_prefix(end + 2);
  }
  if (status_ == 204 || status_ == 304) has_length_ = true;
  missing_ = length_;
  return has_length_ || status_ < 200;
}

bool ResponseReader::read_field(std::string_view line) {
  const auto colon = line.find(':');
  if (colon == std::string_view::npos) return false;
  const auto name = line.substr(0, colon);
  const auto value = trim(line.substr(colon + 1));
  if (same(name, "content-length")) {
    has_length_ = true;
    return read_number(value, length_);
  }
  if (same(name, "transfer-encoding")) return false;
  if (same(name, "connection") && same(value, "close")) keeps_alive_ = false;
  return true;
}

}  // namespace ccnproxy::bench
