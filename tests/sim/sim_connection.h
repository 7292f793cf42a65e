#pragma once

#include <string>

#include "ccnproxy/origin/origin_connection.h"

#include "sim/wire.h"

namespace ccnproxy::sim {

/// A wire as the pool sees its connections. Like the real ones it tells its listener nothing from
/// within open() and drain().
class SimConnection final : public origin::OriginConnection, private WireHolder {
 public:
  SimConnection(World& world, const OriginModel& origin, origin::ConnectionInfo info,
                origin::ConnectionListener& listener, Books& books);

  const origin::ConnectionInfo& info() const override { return info_; }
  std::size_t capacity() const override;
  std::size_t streams() const override { return wire_.under_way(); }
  std::uint64_t requests() const override { return wire_.requests(); }
  std::uint64_t answers() const override { return wire_.answers(); }
  std::uint64_t received_bytes() const override { return received_; }
  bool is_suspicious() const override { return false; }
  bool is_draining() const override { return draining_ || wire_.going(); }
  origin::OriginStream& open(const http::OutgoingRequest&, origin::ResponseSink& sink) override;
  void drain(std::string_view reason) override;

 private:
  class Stream;

  void on_going() override { listener_.on_capacity(*this); }
  void on_end(std::string_view reason) override { listener_.on_closed(*this, reason); }
  void after_stream();
  void end_drained();

  World& world_;
  origin::ConnectionInfo info_;
  origin::ConnectionListener& listener_;
  Wire wire_;
  Alarm drained_;
  bool draining_ = false;
  std::uint64_t received_ = 0;
};

}  // namespace ccnproxy::sim
