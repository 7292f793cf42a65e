#include "sim/sim_dialer.h"

#include "sim/sim_connection.h"

namespace ccnproxy::sim {

DialFate::DialFate(const OriginModel& origin, TimePoint begun) {
  const auto syn_arrives = begun + origin.rtt() / 2;
  const auto done = begun + 2 * origin.rtt();
  const bool refused = origin.refuses(syn_arrives);
  connects = !refused && origin.cut_off(syn_arrives) > done;
  at = refused ? begun + origin.rtt() : done;
}

class SimDialer::Attempt final : public origin::Dial {
 public:
  Attempt(SimDialer& dialer, origin::ConnectionListener& listener,
          Delegate<void(origin::DialResult)> on_result)
      : dialer_(dialer),
        listener_(listener),
        on_result_(on_result),
        fate_(dialer.origin_, dialer.world_.now()),
        address_(dialer.origin_.address(dialer.world_.now())),
        done_(dialer.world_, Delegate<void()>::to<&Attempt::on_done>(this)) {
    done_.set(fate_.at);
  }

 private:
  void on_done() {
    if (fate_.connects) return on_result_(connect());
    on_result_(origin::DialResult(Error{ErrorType::connection_refused, Side::origin, Phase::tcp,
                                        Proof::not_sent, "refused"}));
  }
  origin::DialResult connect() {
    auto& d = dialer_;
    const origin::ConnectionInfo info{++d.last_serial_, d.origin_.protocol(), address_, {}, true,
                                      d.origin_.rtt()};
    return std::make_unique<SimConnection>(d.world_, d.origin_, info, listener_, d.books_);
  }

  SimDialer& dialer_;
  origin::ConnectionListener& listener_;
  Delegate<void(origin::DialResult)> on_result_;
  DialFate fate_;
  std::string address_;
  Alarm done_;
};

std::unique_ptr<origin::Dial> SimDialer::dial(origin::ConnectionListener& listener,
                                              Delegate<void(origin::DialResult)> on_result) {
  books_.on_dial(origin_.habit());
  return std::make_unique<Attempt>(*this, listener, on_result);
}

bool SimDialer::is_withdrawn(const std::string& address) {
  return origin_.is_withdrawn(address, world_.now());
}

}  // namespace ccnproxy::sim
