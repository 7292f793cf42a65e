// Any bytes as the pipelined requests of one client, taken apart as a ClientSession does it:
// however they are cut, the same requests with the same bodies, up to the same end.
//
// Input: a byte for the size of pieces, then what the client sends.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "ccnproxy/http/chunked.h"
#include "ccnproxy/http/framing.h"
#include "ccnproxy/http/head_parser.h"
#include "ccnproxy/http/keep_alive.h"

#include "require.h"

namespace {

using namespace ccnproxy::http;
using ccnproxy::fuzz::require;

constexpr HeadLimits limits{.head_bytes = 1024, .fields = 16, .target_bytes = 256};

/// Reads requests one after the other; what it made of them is text.
class Reader {
 public:
  void feed(std::string_view bytes) {
    kept_ += bytes;
    while (!ended_) {
      const std::string input = kept_;  // its own memory, so that a view kept too long is seen
      const auto used = in_body_ ? take_body(input) : take_head(input);
      kept_.erase(0, used);
      if (used == 0 || kept_.empty()) break;
    }
  }
  const std::string& seen() const { return seen_; }
  bool in_body() const { return in_body_; }

 private:
  std::size_t take_head(std::string_view bytes) {
    RequestHead head;
    const auto result = parser_.parse(bytes, limits, head);
    if (result.status == ParseStatus::incomplete) return 0;
    parser_.reset();
    if (result.status == ParseStatus::failed) return end("refused: ", result.reason);
    require(result.consumed > 0 && result.consumed <= bytes.size());
    note(head);
    const auto framing = request_framing(head);
    if (!framing) return end("unframed: ", framing.error().reason);
    persists_ = is_persistent(head.version, head.fields);
    begin_body(*framing);
    return result.consumed;
  }
  void note(const RequestHead& head) {
    seen_.append(head.method).append(" ").append(head.target).append("\n");
    for (const auto& field : head.fields)
      seen_.append(field.name).append(": ").append(field.value).append("\n");
  }
  void begin_body(const BodyFraming& framing) {
    in_body_ = framing.kind != BodyFraming::Kind::none;
    left_ = framing.length;
    chunks_.reset();
    if (framing.kind == BodyFraming::Kind::chunked) chunks_.emplace(limits);
    if (!in_body_) finish();
  }
  std::size_t take_body(std::string_view bytes) {
    if (chunks_) return take_chunk(bytes);
    const auto n = static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size()));
    seen_.append(bytes.substr(0, n));
    if ((left_ -= n) == 0) finish();
    return n;
  }
  std::size_t take_chunk(std::string_view bytes) {
    const auto step = chunks_->step(bytes);
    require(step.consumed <= bytes.size());
    seen_.append(step.data);
    if (step.event == ChunkedDecoder::Event::failed) return end("broken: ", step.reason);
    if (step.event == ChunkedDecoder::Event::end) finish();
    return step.consumed;
  }
  void finish() {
    in_body_ = false;
    seen_ += "\nend\n";
    ended_ = !persists_;
  }
  std::size_t end(std::string_view what, std::string_view why) {
    seen_.append(what).append(why);
    ended_ = true;
    return 0;
  }

  RequestHeadParser parser_;
  std::optional<ChunkedDecoder> chunks_;
  std::string kept_;
  std::string seen_;
  std::uint64_t left_ = 0;
  bool in_body_ = false;
  bool persists_ = true;
  bool ended_ = false;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2 || size > 8192) return 0;
  const std::size_t piece = data[0] % 64 + 1u;
  const std::string_view input(reinterpret_cast<const char*>(data) + 1, size - 1);
  Reader whole, cut;
  whole.feed(input);
  for (std::size_t at = 0; at < input.size(); at += piece) cut.feed(input.substr(at, piece));
  require(whole.seen() == cut.seen() && whole.in_body() == cut.in_body());
  return 0;
}
