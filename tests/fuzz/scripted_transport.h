#pragma once

#include <algorithm>
#include <string>
#include <string_view>

#include <sys/eventfd.h>

#include "ccnproxy/tls/transport.h"

#include "require.h"

namespace ccnproxy::fuzz {

/// An origin's bytes out of memory: gives what it was given, a piece at a time, and takes what the
/// connection writes. Its descriptor is always ready, so that each turn of the loop is a read.
class ScriptedTransport final : public tls::Transport {
 public:
  ScriptedTransport() : Transport(UniqueFd(::eventfd(1, EFD_NONBLOCK | EFD_CLOEXEC))) {}

  void give(std::string_view bytes) { input_ += bytes; }
  void end(tls::IoStatus how) { end_ = how; }
  bool all_read() const { return input_.empty(); }
  /// The socket takes so many bytes from now on.
  void set_room(std::size_t room) { room_ = room; }
  std::size_t written() const { return written_; }

  tls::IoResult read(char* into, std::size_t size) override {
    if (input_.empty()) return {end_, 0};
    const auto n = std::min(size, input_.size());
    input_.copy(into, n);
    input_.erase(0, n);
    return {tls::IoStatus::ok, n};
  }
  tls::IoResult write(std::string_view bytes) override {
    const auto n = std::min(room_, bytes.size());
    room_ -= n;
    written_ += n;
    return {n > 0 ? tls::IoStatus::ok : tls::IoStatus::would_block, n};
  }
  bool has_more() override { return !input_.empty(); }
  void close() override { fd_.reset(); }
  std::string failure() const override { return "failed"; }

 private:
  std::string input_;
  tls::IoStatus end_ = tls::IoStatus::would_block;
  std::size_t room_ = 1 << 30;
  std::size_t written_ = 0;
};

}  // namespace ccnproxy::fuzz
