#include "sim/sim_connection.h"

namespace ccnproxy::sim {
namespace {
constexpr std::size_t http2_streams = 100;  // what most servers allow
constexpr std::uint64_t answer_bytes = 2000;
}  // namespace

/// One request on it.
class SimConnection::Stream final : public DeferredDelete,
                                    public Exchange,
                                    public origin::OriginStream {
 public:
  Stream(SimConnection& connection, origin::ResponseSink& sink, Duration service)
      : Exchange(connection.world_, service), connection_(connection), sink_(sink) {}

 private:
  void on_answered() override {
    connection_.received_ += answer_bytes;
    sink_.on_complete({});
    leave();
  }
  void on_lost(Proof proof) override {
    sink_.on_failure({ErrorType::connection_terminated, Side::origin, Phase::response, proof, ""});
    leave();
  }
  void leave() {
    connection_.world_.defer_delete(std::unique_ptr<DeferredDelete>(this));
    connection_.after_stream();
  }
  std::size_t write_body(std::string_view bytes) override { return bytes.size(); }
  bool takes_body() override { return true; }
  void end_body(const http::Fields&) override {}
  void consumed(std::size_t) override {}
  void cancel() override {}
  bool sent() const override { return true; }

  SimConnection& connection_;
  origin::ResponseSink& sink_;
};

SimConnection::SimConnection(World& world, const OriginModel& origin, origin::ConnectionInfo info,
                             origin::ConnectionListener& listener, Books& books)
    : world_(world),
      info_(std::move(info)),
      listener_(listener),
      wire_(world, origin, info_.protocol, *this, books),
      drained_(world, Delegate<void()>::to<&SimConnection::end_drained>(this)) {}

std::size_t SimConnection::capacity() const {
  if (is_draining()) return 0;
  return (info_.protocol == origin::Protocol::http2 ? http2_streams : 1) - wire_.under_way();
}

origin::OriginStream& SimConnection::open(const http::OutgoingRequest& request,
                                          origin::ResponseSink& sink) {
  // The length of the body stands for the origin's time: a request here has no other property.
  auto* stream = new Stream(*this, sink, Duration(request.body.length));
  wire_.send(*stream);
  return *stream;
}

void SimConnection::after_stream() {
  if (!wire_.open()) return;
  listener_.on_capacity(*this);
  if (draining_ && wire_.under_way() == 0) drained_.set(world_.now());
}

void SimConnection::drain(std::string_view) {
  draining_ = true;
  if (wire_.under_way() == 0) drained_.set(world_.now());
}

void SimConnection::end_drained() {
  if (!wire_.open()) return;
  wire_.close();
  listener_.on_closed(*this, "drained");
}

}  // namespace ccnproxy::sim
