#pragma once

#include <memory>
#include <string_view>

#include "ccnproxy/base/byte_queue.h"
#include "ccnproxy/base/delegate.h"
#include "ccnproxy/base/error.h"
#include "ccnproxy/base/memory_budget.h"
#include "ccnproxy/net/event_loop.h"
#include "ccnproxy/origin/worker_buffers.h"
#include "ccnproxy/proxy/client_eviction.h"
#include "ccnproxy/tls/transport.h"

namespace ccnproxy::proxy {

/// A client's connection and an origin's after a 101 (RFC 9110 §7.8): bytes go both ways as they
/// come, and mean nothing here. Each way holds at most 64 KiB, and what TLS has read ahead of that
/// (one receive, 256 KiB); where memory is under pressure nothing is read before what came has
/// gone, and where it is full nothing of any socket. All of it counts (MemoryBudget). When one side
/// ends, what it sent before is delivered, then both are closed.
///
/// Belongs to its session, on the worker's thread; ends itself after `idle` without a byte either
/// way. Destroyed only between turns.
class UpgradeTunnel {
 public:
  enum class End : std::uint8_t {
    closed,  ///< by one side, in order
    idle,
    client_broke,  ///< reset
    origin_broke,  ///< reset, or TLS broke: what went to the client may be cut, and it is reset
  };

  /// `on_end` is called once; both connections are closed then.
  UpgradeTunnel(EventLoop& loop, origin::WorkerBuffers& buffers, Duration idle,
                Delegate<void(End)> on_end);
  UpgradeTunnel(const UpgradeTunnel&) = delete;
  UpgradeTunnel& operator=(const UpgradeTunnel&) = delete;

  /// Takes both connections, which are not watched, and what was read of them or is owed to them.
  void begin(std::unique_ptr<tls::Transport> client, std::string_view for_client,
             std::unique_ptr<tls::Transport> origin, std::string_view for_origin);
  /// Ends it at once, with a reset to the client, and calls nothing back.
  void reset();

  std::uint64_t to_origin() const noexcept { return origin_.delivered; }
  std::uint64_t to_client() const noexcept { return client_.delivered; }
  /// What it holds, and since when nothing has moved.
  StalledClient stalled() const noexcept { return {held_.get(), moved_at_}; }

 private:
  static constexpr std::size_t most_held = 64 * 1024;

  /// One of the two ends.
  struct Side final : IoHandler {
    explicit Side(UpgradeTunnel& owner) : tunnel(owner) {}
    void on_io(std::uint32_t events) override { tunnel.on_io(*this, events); }

    UpgradeTunnel& tunnel;
    std::unique_ptr<tls::Transport> transport;
    ByteQueue owed;               ///< to be written to it
    std::uint64_t delivered = 0;  ///< bytes that it took
    std::uint32_t watched = 0;
    bool ended = false;  ///< it sends no more
    bool gone = false;   ///< as the kernel says, whether or not it is asked
  };

  void watch(Side& side);
  void on_io(Side& side, std::uint32_t events);
  void pump();
  void account();
  static std::size_t read_ahead(const Side& side);
  bool deliver(Side& side);
  bool read(Side& from, Side& to);
  bool may_read(const Side& from, const Side& to) const;
  void update_watch(Side& side, const Side& other);
  void on_broken(const Side& side);
  void on_idle() { end(End::idle); }
  void close_both(bool by_reset);
  void end(End how);

  EventLoop& loop_;
  origin::WorkerBuffers& buffers_;
  Duration idle_;
  Delegate<void(End)> on_end_;
  Timer idle_timer_;
  Timer again_timer_;  ///< to go on where one turn was not enough
  Side client_;
  Side origin_;
  BufferCharge held_;
  TimePoint moved_at_{};
  const Side* broken_ = nullptr;
  bool over_ = false;
};

/// What is told of a tunnel that did not end in order. `idle`: timeouts.tunnel_idle.
Error error_of(UpgradeTunnel::End how, Duration idle);

}  // namespace ccnproxy::proxy
