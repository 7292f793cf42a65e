#include "ccnproxy/proxy/request_reader.h"

#include <algorithm>

namespace ccnproxy::proxy {
namespace {

const http::Fields no_trailers;

}  // namespace

http::ParseResult RequestReader::read_head(std::string_view bytes, const http::HeadLimits& limits,
                                           http::RequestHead& head) {
  const auto result = parser_.parse(bytes, limits, head);
  if (result.status == http::ParseStatus::complete) at_hand_ = bytes.size() - result.consumed;
  return result;
}

void RequestReader::begin_body(const http::BodyFraming& framing, const http::HeadLimits& limits) {
  using Kind = http::BodyFraming::Kind;
  reading_ = framing.kind == Kind::length    ? Reading::fixed
             : framing.kind == Kind::chunked ? Reading::chunked
                                             : Reading::nothing;
  body_left_ = framing.length;
  if (reading_ == Reading::chunked) chunks_ = std::make_unique<http::ChunkedDecoder>(limits);
}

RequestReader::Step RequestReader::read_body(std::string_view bytes) {
  if (reading_ == Reading::chunked) return read_chunked(bytes);
  const auto n = static_cast<std::size_t>(std::min<std::uint64_t>(body_left_, bytes.size()));
  body_left_ -= n;
  if (body_left_ == 0) reading_ = Reading::nothing;
  return {n, bytes.substr(0, n), is_complete() ? &no_trailers : nullptr, {}};
}

RequestReader::Step RequestReader::read_chunked(std::string_view bytes) {
  using Event = http::ChunkedDecoder::Event;
  const auto step = chunks_->step(bytes);
  switch (step.event) {
    case Event::need_more:
      break;
    case Event::data:
      return {step.consumed, step.data, nullptr, {}};
    case Event::failed:
      return {bytes.size(), {}, nullptr, step.reason};
    case Event::end:
      reading_ = Reading::nothing;
      return {step.consumed, {}, &chunks_->trailers(), {}};
  }
  return {step.consumed, {}, nullptr, {}};
}

void RequestReader::begin_next() {
  parser_.reset();
  chunks_.reset();
  reading_ = Reading::nothing;
}

}  // namespace ccnproxy::proxy
