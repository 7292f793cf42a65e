// Any bytes from an HTTP/1.1 origin, in pieces, to one request after the other on one connection: a
// response is what the bytes that came since its request are in one piece, and none of another's.
//
// Input: a byte of options, a byte for the size of pieces, then what the origin sends.

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>

#include "ccnproxy/http/chunked.h"
#include "ccnproxy/http/framing.h"
#include "ccnproxy/http1/http1_connection.h"

#include "origin_side.h"

namespace {

using namespace ccnproxy;
using namespace ccnproxy::fuzz;

constexpr http::HeadLimits limits{.head_bytes = 2048, .fields = 16, .target_bytes = 256};
constexpr std::string_view methods[] = {"GET", "HEAD", "POST", "GET"};

/// The first response in `bytes`, all there: its status and body, and where it ends. Status 0:
/// there is none, or none whose end the bytes themselves show.
struct Whole {
  int status = 0;
  std::string body;
  std::size_t size = 0;
};

bool take_chunks(Whole& whole, std::string_view rest) {
  http::ChunkedDecoder decoder(limits, http::Sender::origin);
  while (!rest.empty()) {
    const auto step = decoder.step(rest);
    rest.remove_prefix(step.consumed);
    whole.size += step.consumed;
    whole.body += step.data;
    if (step.event == http::ChunkedDecoder::Event::end) return true;
    if (step.event == http::ChunkedDecoder::Event::failed) return false;
  }
  return false;
}

Whole first_response(std::string_view method, std::string_view bytes) {
  Whole whole;
  http::ResponseHead head;
  do {
    http::ResponseHeadParser parser;
    const auto result = parser.parse(bytes.substr(whole.size), limits, head);
    if (result.status != http::ParseStatus::complete) return {};
    whole.size += result.consumed;
  } while (head.status < 200);
  const auto framing = http::response_framing(method, head);
  if (!framing) return {};
  using Kind = http::BodyFraming::Kind;
  const auto rest = bytes.substr(whole.size);
  if (framing->kind == Kind::until_close) return {};
  if (framing->kind == Kind::length) {
    if (rest.size() < framing->length) return {};
    whole.body = rest.substr(0, framing->length);
    whole.size += framing->length;
  }
  if (framing->kind == Kind::chunked && !take_chunks(whole, rest)) return {};
  whole.status = head.status;
  return whole;
}

class Conversation : private OriginSide<http1::Http1Connection> {
 public:
  Conversation(unsigned options, std::size_t piece)
      : OriginSide(limits, origin::Protocol::http1), options_(options), piece_(piece) {}
  ~Conversation() { finish(); }

  void run(std::string_view bytes) {
    ask();
    while (!bytes.empty() && !listener_.closed) {
      const auto piece = bytes.substr(0, piece_);
      bytes.remove_prefix(piece.size());
      transport_->give(piece);
      since_request_ += piece;
      turn();
      if (call_->ended() && !listener_.closed) next();
    }
    end();
  }

 private:
  void ask() {
    if (connection_->capacity() == 0) return;
    http::BodyFraming body;
    const auto method = methods[asked_++ % std::size(methods)];
    if (method == "POST" && options_ & 1) body = {http::BodyFraming::Kind::length, 5, true, 5};
    call_ = std::make_unique<Call>(method, body, limits);
    call_->takes = !(options_ & 2);
    if (options_ & 4 && asked_ % 3 == 0) call_->leaves = Call::Leaves::in_body;
    since_request_.clear();
    call_->stream = &connection_->open(call_->request, *call_);
    if (call_->request.has_body() && options_ & 8) {
      call_->stream->write_body("hello");
      call_->stream->end_body({});
    }
    turn();
  }
  /// The connection is offered for another request: then all that came was the response, exactly.
  void next() {
    if (connection_->capacity() == 0) return;
    require(call_->complete);
    check();
    const auto whole = first_response(call_->request.method, since_request_);
    require(whole.size == since_request_.size());
    ask();
  }
  void end() {
    transport_->end(options_ & 16 ? tls::IoStatus::truncated : tls::IoStatus::closed);
    expect_closed();
    require(call_->ended());
    check();
    if (options_ & 16 && call_->complete)  // cut by TLS: whole only if its own end was there
      require(first_response(call_->request.method, since_request_).status != 0);
  }
  void check() const {
    if (!call_->complete) return;
    const auto whole = first_response(call_->request.method, since_request_);
    if (whole.status == 0) return;  // it had no end of its own but the connection's
    require(whole.status == call_->status && whole.body == call_->body);
  }

  unsigned options_;
  std::size_t piece_;
  std::unique_ptr<Call> call_;
  std::string since_request_;
  std::size_t asked_ = 0;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2 || size > 16 * 1024) return 0;
  Conversation(data[0], data[1] + 1u).run({reinterpret_cast<const char*>(data) + 2, size - 2});
  return 0;
}
