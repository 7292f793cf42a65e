// Any bytes as a chunked body, the first one saying how to cut the rest: body, trailers and end are
// the same as in one piece, a body that was taken comes back when it is coded again, and what is
// taken of a client is the same when an origin sends it.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "ccnproxy/http/characters.h"
#include "ccnproxy/http/chunked.h"
#include "ccnproxy/http/field_rules.h"

#include "fit_field.h"
#include "require.h"

namespace {

using namespace ccnproxy::http;
using ccnproxy::fuzz::is_fit;
using ccnproxy::fuzz::require;
using Event = ChunkedDecoder::Event;

constexpr HeadLimits limits{.head_bytes = 512, .fields = 8, .target_bytes = 64};

struct Decoded {
  Event event = Event::need_more;
  std::size_t consumed = 0;
  std::string body;
  std::string trailers;
  std::string_view reason;
};

void feed(ChunkedDecoder& decoder, std::string_view piece, Decoded& decoded) {
  const std::string copy(piece);
  std::string_view rest = copy;
  do {
    const ChunkedDecoder::Step step = decoder.step(rest);
    require(step.consumed <= rest.size());
    require(step.event == Event::data ? !step.data.empty() : step.data.empty());
    require(step.event != Event::need_more || step.consumed == rest.size());
    decoded.event = step.event;
    decoded.body += step.data;
    decoded.reason = step.reason;
    decoded.consumed += step.consumed;
    rest.remove_prefix(step.consumed);
  } while (decoded.event == Event::data);
}

Decoded decode(std::string_view input, std::size_t piece, Sender sender) {
  ChunkedDecoder decoder(limits, sender);
  Decoded decoded;
  for (std::size_t at = 0; at < input.size() && decoded.event == Event::need_more; at += piece) {
    feed(decoder, input.substr(at, piece), decoded);
  }
  for (const Field& field : decoder.trailers()) {
    require(is_fit(field));
    require(sender == Sender::origin || (is_token(field.name) && all(field_char, field.value)));
    trailer_allowed(field);
    decoded.trailers.append(field.name).append(": ").append(field.value).append("\r\n");
  }
  return decoded;
}

void check_coded_again(const Decoded& decoded) {
  std::string text;
  if (!decoded.body.empty()) {
    append_chunk_size(text, decoded.body.size());
    text.append(decoded.body).append("\r\n");
  }
  append_chunk_size(text, 0);
  // Without the trailers, which written out ("a:b" as "a: b") may be longer than the limit.
  text.append("\r\n");
  const Decoded again = decode(text, text.size(), Sender::client);
  require(again.event == Event::end && again.body == decoded.body && again.consumed == text.size());
}

Decoded check(std::string_view input, std::size_t piece, Sender sender) {
  const Decoded whole = decode(input, input.size(), sender);
  const Decoded cut = decode(input, piece, sender);
  require(cut.event == whole.event && cut.body == whole.body);
  require(cut.trailers == whole.trailers && cut.reason == whole.reason);
  if (whole.event != Event::end) return whole;
  require(cut.consumed == whole.consumed);
  check_coded_again(whole);
  return whole;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::size_t piece = data[0] % 32 + 1u;
  const std::string_view input(reinterpret_cast<const char*>(data) + 1, size - 1);
  const Decoded of_client = check(input, piece, Sender::client);
  const Decoded of_origin = check(input, piece, Sender::origin);
  if (of_client.event != Event::end) return 0;
  require(of_origin.event == Event::end && of_origin.consumed == of_client.consumed);
  require(of_origin.body == of_client.body && of_origin.trailers == of_client.trailers);
  return 0;
}
