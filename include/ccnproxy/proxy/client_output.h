#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "ccnproxy/base/byte_queue.h"
#include "ccnproxy/proxy/output_steps.h"

namespace ccnproxy::proxy {

/// What is on its way to one client. A step of output is a head, pieces of body borrowed from where
/// they were read, and an end; flush() sends them with one system call and copies only what the
/// socket refuses.
class ClientOutput {
 public:
  /// `steps` must outlive it.
  explicit ClientOutput(OutputSteps& steps) noexcept : steps_(steps) {}

  /// Text that goes before this step's body (heads). Until flush() or clear().
  std::string& front() { return step().front; }
  /// Borrowed until flush().
  void add_body(std::string_view bytes);
  /// This step's body is framed as one chunk (RFC 9112 §7.1).
  void set_chunked(bool chunked) noexcept { chunked_ = chunked; }
  /// Text that goes after it: the last chunk and trailers. Until flush() or clear().
  std::string& back() { return step().back; }

  enum class Outcome : std::uint8_t { all_sent, held_back, failed };
  Outcome flush(int fd);

  /// Bytes that the socket has refused so far.
  std::size_t held() const noexcept { return held_.size(); }
  std::string_view held_bytes() const noexcept { return held_.view(); }
  /// Body bytes that have left since the last call.
  std::size_t take_credit() noexcept;
  bool has_step() const noexcept { return step_ && !step_->is_empty(); }
  /// Ever accepted by the socket, framing included.
  std::uint64_t written() const noexcept { return written_; }
  /// Forgets what was added since the last flush(); what was sent or is held stays.
  void drop_step();
  void clear();

 private:
  OutputStep& step();
  void end_step();
  void frame_chunk();
  void hold_from(std::size_t skip);
  Outcome send_held(int fd);

  OutputSteps& steps_;
  std::unique_ptr<OutputStep> step_;  ///< between the first byte of it and flush()
  ByteQueue held_;
  std::size_t uncredited_ = 0;  ///< body bytes added and not yet known to have left
  std::uint64_t written_ = 0;
  bool chunked_ = false;
};

}  // namespace ccnproxy::proxy
