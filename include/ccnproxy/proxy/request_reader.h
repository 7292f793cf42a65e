#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>

#include "ccnproxy/base/byte_queue.h"
#include "ccnproxy/http/chunked.h"
#include "ccnproxy/http/framing.h"
#include "ccnproxy/http/head_parser.h"

namespace ccnproxy::proxy {

/// Takes one client's bytes apart into requests, one after the other. Holds no more than what came
/// and can't be used yet. Does no I/O.
class RequestReader {
 public:
  /// What became of some bytes of a body.
  struct Step {
    std::size_t consumed = 0;
    std::string_view data;                   ///< of the body
    const http::Fields* trailers = nullptr;  ///< at the body's end, without any as a rule
    std::string_view broken;                 ///< why nothing more can be understood
  };

  http::ParseResult read_head(std::string_view bytes, const http::HeadLimits& limits,
                              http::RequestHead& head);
  /// The head that was read is to be read again.
  void forget_head() { parser_.reset(); }
  /// What follows the head.
  void begin_body(const http::BodyFraming& framing, const http::HeadLimits& limits);
  /// The request is refused, and where it ends can't be known.
  void leave_unframed() noexcept { reading_ = Reading::unframed; }
  Step read_body(std::string_view bytes);
  /// The next bytes are another request's.
  void begin_next();

  /// Whether the request has been read to its end.
  bool is_complete() const noexcept { return reading_ == Reading::nothing; }
  /// Of the bytes that are being taken apart now so many are left.
  void set_at_hand(std::size_t bytes) noexcept { at_hand_ = bytes; }
  bool has_at_hand() const noexcept { return at_hand_ > 0; }
  /// Whether the client has sent more than was used.
  bool has_unread() const noexcept { return !kept_.empty() || at_hand_ > 0; }

  // What came and was not used.
  void keep(std::string_view bytes) { kept_.append(bytes); }
  std::string_view kept() const noexcept { return kept_.view(); }
  void drop_kept() { kept_.clear(); }
  ByteQueue take_kept() { return std::exchange(kept_, ByteQueue()); }
  void put_back(ByteQueue kept) { kept_ = std::move(kept); }

 private:
  enum class Reading : std::uint8_t {
    nothing,
    fixed,
    chunked,
    unframed,
  };

  Step read_chunked(std::string_view bytes);

  ByteQueue kept_;
  http::RequestHeadParser parser_;
  std::unique_ptr<http::ChunkedDecoder> chunks_;
  std::uint64_t body_left_ = 0;
  std::size_t at_hand_ = 0;
  Reading reading_ = Reading::nothing;
};

}  // namespace ccnproxy::proxy
