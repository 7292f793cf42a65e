#pragma once

#include <memory>
#include <type_traits>

#include "ccnproxy/http2/http2_connection.h"
#include "ccnproxy/origin/connection_context.h"
#include "ccnproxy/origin/peer_state.h"

#include "judging_sink.h"

namespace ccnproxy::fuzz {

/// A connection to an origin that is a ScriptedTransport, with all that it lives in. For one input:
/// a harness derives from it, and calls finish() before what the connection refers to goes.
template <class Connection>
class OriginSide {
 protected:
  OriginSide(http::HeadLimits limits, origin::Protocol protocol) : limits_(limits) {
    auto transport = std::make_unique<ScriptedTransport>();
    transport_ = transport.get();
    origin::ConnectionInfo info{1, protocol, "192.0.2.1:443", {}, false, Duration(0)};
    auto facts = std::make_shared<origin::PeerState>();
    if constexpr (std::is_same_v<Connection, http2::Http2Connection>) {
      connection_ = std::make_unique<Connection>(context_, shared_memory(), std::move(transport),
                                                 std::move(info), listener_, std::move(facts));
    } else {
      connection_ = std::make_unique<Connection>(context_, std::move(transport), std::move(info),
                                                 listener_, std::move(facts));
    }
  }
  ~OriginSide() = default;
  OriginSide(const OriginSide&) = delete;
  OriginSide& operator=(const OriginSide&) = delete;

  void turn() { loop_.run_once(Duration(0)); }
  /// It has ended by itself, and told so, within a few turns.
  void expect_closed() {
    for (int i = 0; i < 4 && !listener_.closed; ++i) turn();
    require(listener_.closed && connection_->streams() == 0);
  }
  void finish() {
    loop_.defer_delete(std::move(connection_));
    turn();
    require(shared_memory().windows.left == http2::WindowBudget{}.left);
  }

  JudgingListener listener_;
  ScriptedTransport* transport_ = nullptr;  ///< the connection's

 private:
  static origin::WorkerBuffers& shared_buffers() {
    static origin::WorkerBuffers buffers;
    return buffers;
  }
  static http2::WorkerMemory& shared_memory() {
    static http2::WorkerMemory memory;
    return memory;
  }

  http::HeadLimits limits_;
  EventLoop loop_;
  origin::ConnectionContext context_{loop_, shared_buffers(), limits_, std::chrono::seconds(30)};

 protected:
  std::unique_ptr<Connection> connection_;
};

}  // namespace ccnproxy::fuzz
