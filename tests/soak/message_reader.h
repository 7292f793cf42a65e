#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "ccnproxy/base/delegate.h"

namespace ccnproxy::soak {

/// Follows one HTTP/1.1 message after the other, requests or responses, with whatever framing they
/// have. Independent of the daemon's own parsers, which it judges; what is not well-formed is bad.
class MessageReader {
 public:
  enum class State : std::uint8_t { head, body, done, bad };

  /// `on_body` is given the body, without its framing.
  explicit MessageReader(Delegate<void(std::string_view)> on_body) : on_body_(on_body) {}

  /// Ready for the next message. `bodiless`: the answer to a HEAD.
  void reset(bool bodiless = false);
  /// Takes bytes up to the end of the head, or of the message, and says how many: a caller learns
  /// whose body it is before it comes.
  std::size_t take(std::string_view bytes);
  /// The sender has ended in order: the end of a body that has no other.
  void on_end();

  State state() const { return state_; }
  /// Whether any byte of the message came.
  bool started() const { return state_ != State::head || !head_.empty(); }
  /// Its first line and fields, as they came.
  const std::string& head() const { return head_; }
  int status() const { return status_; }  ///< 0 for requests
  /// Without spaces around it; empty where there is none. `name` in lower case.
  std::string field(std::string_view name) const;
  std::uint64_t body_bytes() const { return body_bytes_; }

 private:
  enum class Framing : std::uint8_t { none, length, chunked, until_end };
  enum class Chunk : std::uint8_t { size, data, after_data, trailers };

  std::size_t take_head(std::string_view bytes);
  void read_framing();
  std::size_t take_chunked(std::string_view bytes);
  bool take_line(std::string_view& bytes);
  void on_chunk_line();
  std::size_t give(std::string_view bytes);
  void fail() { state_ = State::bad; }

  Delegate<void(std::string_view)> on_body_;
  State state_ = State::head;
  Framing framing_ = Framing::none;
  Chunk chunk_ = Chunk::size;
  std::string head_;
  std::string line_;
  std::uint64_t left_ = 0;  ///< of the body, or of the chunk
  std::uint64_t body_bytes_ = 0;
  int status_ = 0;
  bool bodiless_ = false;
};

}  // namespace ccnproxy::soak
