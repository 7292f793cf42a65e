#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "ccnproxy/base/byte_queue.h"
#include "ccnproxy/http/head.h"

namespace ccnproxy::proxy {

/// The part of a request's body that this proxy holds: what no connection has taken yet, and, as
/// long as the whole is small enough, what was already given away, so that it can be given again to
/// another connection (retries.replay_bytes).
class RequestBody {
 public:
  /// Unsent bytes beyond which the client is not read any more.
  static constexpr std::size_t high_mark = 64 * 1024;

  void reset(std::size_t replay_limit) {
    held_.clear();
    sent_ = 0;
    received_ = 0;
    replay_limit_ = replay_limit;
    complete_ = false;
    trailers_.clear();
  }
  void append(std::string_view bytes) {
    received_ += bytes.size();
    held_.append(bytes);
    if (!replayable()) drop_sent();
  }
  /// Memory is short: what was sent is dropped, and so is what will be.
  void keep_for_no_retry() {
    replay_limit_ = 0;
    if (!replayable()) drop_sent();
  }
  /// Bytes that went straight from the client to a connection, without being held. Only once
  /// nothing can be replayed any more and nothing is unsent.
  void pass(std::size_t n) { received_ += n; }
  /// The body has ended. `trailers` are copied.
  void complete(const http::Fields& trailers = {});

  std::string_view unsent() const noexcept { return held_.view().substr(sent_); }
  void sent(std::size_t n) {
    sent_ += n;
    if (!replayable()) drop_sent();
  }
  bool replayable() const noexcept { return received_ <= replay_limit_; }
  /// Whether `more` bytes could pass() by.
  bool may_pass(std::size_t more) const noexcept {
    return received_ + more > replay_limit_ && unsent().empty();
  }
  /// Gives everything again; only while replayable() or while nothing was sent.
  void rewind() noexcept { sent_ = 0; }
  bool nothing_sent() const noexcept { return received_ == unsent().size(); }

  bool is_complete() const noexcept { return complete_; }
  /// Of those that came at its end, the ones that may be passed on.
  const http::Fields& trailers() const noexcept { return trailers_; }
  std::uint64_t received() const noexcept { return received_; }
  /// Bytes in memory.
  std::size_t held() const noexcept {
    return held_.size() + (trailers_.empty() ? 0 : trailer_bytes_.size());
  }
  void release() noexcept {
    held_.clear();
    sent_ = 0;
  }

 private:
  void drop_sent() {
    if (sent_ > 0) held_.consume(sent_);
    sent_ = 0;
  }

  ByteQueue held_;
  std::size_t sent_ = 0;  ///< of what is held, from its front
  std::uint64_t received_ = 0;
  std::size_t replay_limit_ = 0;
  bool complete_ = false;
  std::string trailer_bytes_;
  http::Fields trailers_;  ///< views of trailer_bytes_
};

}  // namespace ccnproxy::proxy
