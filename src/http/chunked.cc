#include "ccnproxy/http/chunked.h"

#include <algorithm>
#include <charconv>

#include "ccnproxy/http/head_scan.h"
#include "ccnproxy/http/lenient_fields.h"

namespace ccnproxy::http {

// The parts below give need_more with input left over where only the state changed.
ChunkedDecoder::Step ChunkedDecoder::step(std::string_view input) {
  if (state_ == State::done) return {.event = Event::end};
  if (state_ == State::failed) return {.event = Event::failed, .reason = failure_};
  std::size_t used = 0;
  while (used < input.size()) {
    const std::string_view rest = input.substr(used);
    Step step;
    switch (state_) {
      case State::size_line:
        step = read_size_line(rest);
        break;
      case State::data:
        step = read_data(rest);
        break;
      case State::data_end:
        step = read_data_end(rest);
        break;
      case State::trailers:
        step = read_trailers(rest);
        break;
      case State::done:
      case State::failed:
        break;
    }
    used += step.consumed;
    if (step.event != Event::need_more) {
      step.consumed = used;
      return step;
    }
  }
  return {.event = Event::need_more, .consumed = used};
}

ChunkedDecoder::Step ChunkedDecoder::read_size_line(std::string_view input) {
  const ChunkSizeLine::Result line = line_.read(input);
  // Counted over the whole body: small chunks with long extensions cost the sender nothing.
  if (extension_bytes_ + line_.extension_bytes() > limits_.head_bytes) {
    return fail("chunk extensions larger than the limit");
  }
  if (line.outcome == ChunkSizeLine::Outcome::wrong) return fail(line.reason);
  if (line.outcome == ChunkSizeLine::Outcome::complete) {
    extension_bytes_ += line_.extension_bytes();
    remaining_ = line_.size();
    faulty_ = faulty_ || line_.bare();
    line_.reset();
    state_ = remaining_ == 0 ? State::trailers : State::data;
  }
  return {.consumed = line.consumed};
}

ChunkedDecoder::Step ChunkedDecoder::read_data(std::string_view input) {
  const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(remaining_, input.size()));
  remaining_ -= size;
  if (remaining_ == 0) {
    state_ = State::data_end;
    ends_in_cr_ = input[size - 1] == '\r';
  }
  return {.event = Event::data, .consumed = size, .data = input.substr(0, size)};
}

ChunkedDecoder::Step ChunkedDecoder::read_data_end(std::string_view input) {
  // Behind a CR it may be half of a CRLF, and the size wrong by one.
  const bool may_be_bare = sender_ == Sender::origin && !cr_seen_ && !ends_in_cr_;
  const bool bare = may_be_bare && input.front() == '\n';
  if (!bare && input.front() != (cr_seen_ ? '\n' : '\r')) {
    return fail("no CRLF after the data of a chunk");
  }
  faulty_ = faulty_ || bare;
  cr_seen_ = !cr_seen_ && !bare;
  if (!cr_seen_) state_ = State::size_line;
  return {.consumed = 1};
}

ChunkedDecoder::Step ChunkedDecoder::read_trailers(std::string_view input) {
  const std::size_t before = trailer_section_.size();
  trailer_section_.append(input.substr(0, limits_.head_bytes - before));
  const auto scan_section = sender_ == Sender::origin ? scan_lenient_head : scan_head;
  const HeadScan scan = scan_section(trailer_section_, searched_, true);
  searched_ = scan.length;
  if (scan.outcome == HeadScan::Outcome::wrong) return fail(describe_wrong(trailer_section_, scan));
  if (scan.outcome == HeadScan::Outcome::more) {
    if (trailer_section_.size() < limits_.head_bytes) return {.consumed = input.size()};
    return fail("the trailer section is larger than the limit");
  }
  trailer_section_.resize(scan.length);
  Step step = finish_trailers();
  if (step.event == Event::end) step.consumed = scan.length - before;
  return step;
}

ChunkedDecoder::Step ChunkedDecoder::finish_trailers() {
  std::string_view refused;
  if (sender_ == Sender::origin) {
    refused = read_lenient_fields(trailer_section_, limits_, repaired_trailers_, trailers_).refused;
    faulty_ = faulty_ || line_ends(trailer_section_).bare;
  } else {
    refused = parse_trailers(trailer_section_, limits_, trailers_).reason;
  }
  if (!refused.empty()) return fail(refused);
  state_ = State::done;
  return {.event = Event::end};
}

ChunkedDecoder::Step ChunkedDecoder::fail(std::string_view reason) {
  state_ = State::failed;
  failure_ = reason;
  return {.event = Event::failed, .reason = reason};
}

void ChunkedDecoder::reset() {
  state_ = State::size_line;
  line_.reset();
  remaining_ = 0;
  extension_bytes_ = 0;
  cr_seen_ = ends_in_cr_ = false;
  faulty_ = false;
  searched_ = 0;
  trailer_section_.clear();
  trailers_.clear();
  failure_ = {};
}

void append_chunk_size(std::string& out, std::uint64_t size) {
  constexpr std::size_t most_digits = 16;
  char digits[most_digits];
  const auto end = std::to_chars(digits, digits + most_digits, size, 16).ptr;
  out.append(digits, end);
  out.append("\r\n");
}

}  // namespace ccnproxy::http
