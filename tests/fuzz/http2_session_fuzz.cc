// Any bytes from an HTTP/2 origin, after a preface that may be a valid one, while requests are in
// flight: each hears of one end, what it is told is fit for a client, and what the connection holds
// and answers is bounded.
//
// Input: a byte of options, a byte for the size of pieces, a byte that says how clients behave,
// then what the origin sends.

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>

#include "ccnproxy/http2/http2_connection.h"

#include "origin_side.h"

namespace {

using namespace ccnproxy;
using namespace ccnproxy::fuzz;

constexpr http::HeadLimits limits{.head_bytes = 4096, .fields = 32, .target_bytes = 256};
constexpr std::string_view empty_settings{"\0\0\0\4\0\0\0\0\0", 9};
constexpr std::size_t most_calls = 24;

struct Script {
  explicit Script(std::string_view input)
      : options(static_cast<unsigned char>(input[0])),
        piece(static_cast<unsigned char>(input[1]) * 4u + 1u),
        clients(static_cast<unsigned char>(input[2])),
        bytes(input.substr(3)) {}
  bool greets() const { return options & 1; }
  bool small_socket() const { return options & 2; }
  bool drains() const { return options & 4; }
  std::size_t calls() const { return 1 + (options >> 4); }
  tls::IoStatus end() const {
    return options & 8 ? tls::IoStatus::truncated : tls::IoStatus::closed;
  }
  unsigned options;
  std::size_t piece;
  unsigned clients;
  std::string_view bytes;
};

class Session : private OriginSide<http2::Http2Connection> {
 public:
  explicit Session(const Script& script)
      : OriginSide(limits, origin::Protocol::http2), script_(script) {
    if (script.small_socket()) transport_->set_room(600);
    if (script.greets()) transport_->give(empty_settings);
    for (std::size_t i = 0; i < script.calls(); ++i) open();
    turn();
  }
  ~Session() { finish(); }

  void run() {
    auto rest = script_.bytes;
    while (!rest.empty() && !listener_.closed) {
      const auto piece = rest.substr(0, script_.piece);
      rest.remove_prefix(piece.size());
      transport_->give(piece);
      given_ += piece.size();
      turn();
      upload();
      if (calls_.size() < most_calls) open();
    }
    check_memory();
    if (script_.drains() && !listener_.closed) connection_->drain("test");
    if (!listener_.closed) transport_->end(script_.end());
    expect_closed();
    for (const auto& call : calls_) require(call->ended());
  }

 private:
  void open() {
    if (listener_.closed || connection_->capacity() == 0) return;
    static constexpr std::string_view methods[] = {"GET", "POST", "HEAD", "PUT"};
    const auto n = calls_.size();
    const auto method = methods[n % std::size(methods)];
    http::BodyFraming body;
    if (n % 2 == 1) body = {http::BodyFraming::Kind::chunked, 0, false, 0};
    auto& call = *calls_.emplace_back(std::make_unique<Call>(method, body, limits));
    call.takes = !(script_.clients & 1 << (n % 4));
    if (script_.clients & 16 << (n % 2)) call.leaves = static_cast<Call::Leaves>(n % 3);
    call.stream = &connection_->open(call.request, call);
  }
  /// Bodies that never end, a little at a time.
  void upload() {
    for (auto& call : calls_) {
      if (call->ended() || !call->request.has_body() || listener_.closed) continue;
      uploaded_ += 9 + call->stream->write_body("0123456789abcdef");  // in a frame each
    }
  }
  /// What was answered to the origin's bytes stays in proportion to them and to what was asked.
  void check_memory() const {
    require(transport_ == nullptr || listener_.closed ||
            transport_->written() <= 4096 + 64 * given_ + 512 * calls_.size() + uploaded_);
  }

  Script script_;
  std::deque<std::unique_ptr<Call>> calls_;
  std::size_t given_ = 0;
  std::size_t uploaded_ = 0;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 3 || size > 16 * 1024) return 0;
  Session(Script({reinterpret_cast<const char*>(data), size})).run();
  return 0;
}
