#include "sim/wild_origin.h"

#include <algorithm>
#include <utility>

namespace ccnproxy::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

Duration one_of(Random& random, std::initializer_list<Duration> choices) {
  return choices.begin()[random.next() % choices.size()];
}
double part_of(Random& random, std::initializer_list<double> choices) {
  return choices.begin()[random.next() % choices.size()];
}

}  // namespace

class WildOrigin::Connection final : public origin::OriginConnection {
 public:
  Connection(WildOrigin& origin, origin::ConnectionInfo info, origin::ConnectionListener& listener)
      : origin_(origin),
        info_(std::move(info)),
        listener_(listener),
        phase_(origin.phase_),
        end_(origin.world_, Delegate<void()>::to<&Connection::on_end>(this)),
        drained_(origin.world_, Delegate<void()>::to<&Connection::end_drained>(this)) {
    origin_.open_[info_.serial] = this;
    origin_.watch_.on_connected(info_.serial);
    if (origin_.random_.part() < phase_.stillborn)
      end_in(origin_.random_.up_to(milliseconds(5)));
    else if (phase_.lives > Duration(0))
      end_in(phase_.lives + origin_.random_.up_to(phase_.jitter));
  }
  ~Connection() override { origin_.open_.erase(info_.serial); }

  const origin::ConnectionInfo& info() const override { return info_; }
  std::size_t capacity() const override {
    const auto most = info_.protocol == origin::Protocol::http1 ? 1 : phase_.streams;
    return draining_ || closed_ || streams_.size() >= most ? 0 : most - streams_.size();
  }
  std::size_t streams() const override { return streams_.size(); }
  std::uint64_t requests() const override { return requests_; }
  std::uint64_t answers() const override { return answers_; }
  std::uint64_t received_bytes() const override { return answers_ * 1000; }
  bool is_suspicious() const override { return false; }
  bool is_draining() const override { return draining_ || closed_; }
  bool is_given_up() const override { return given_up_; }
  origin::OriginStream& open(const http::OutgoingRequest&, origin::ResponseSink& sink) override;
  void drain(std::string_view) override {
    draining_ = by_us_ = true;
    if (streams_.empty()) drained_.set(origin_.world_.now());
  }
  void cut() { close("cut"); }

 private:
  class Stream;
  friend class Stream;

  void end_in(Duration time) { end_.set(origin_.world_.now() + time); }
  void on_end() {
    if (phase_.by_goaway && !draining_ && info_.protocol == origin::Protocol::http2) {
      draining_ = true;
      listener_.on_capacity(*this);
      if (streams_.empty() && !closed_) drained_.set(origin_.world_.now());
      return;
    }
    close("ended by the origin");
  }
  void end_drained() { close("drained"); }
  void close(std::string_view reason);
  void on_answered(Stream& stream);
  void leave(Stream& stream);

  WildOrigin& origin_;
  origin::ConnectionInfo info_;
  origin::ConnectionListener& listener_;
  WildPhase phase_;
  Alarm end_;
  Alarm drained_;
  std::list<Stream*> streams_;
  std::uint64_t requests_ = 0;
  std::uint64_t answers_ = 0;
  bool draining_ = false;
  bool by_us_ = false;
  bool given_up_ = false;
  bool closed_ = false;
};

/// One request on it.
class WildOrigin::Connection::Stream final : public DeferredDelete, public origin::OriginStream {
 public:
  Stream(Connection& connection, origin::ResponseSink& sink, Duration answered_in)
      : connection_(connection),
        sink_(sink),
        answer_(connection.origin_.world_, Delegate<void()>::to<&Stream::on_answer>(this)) {
    if (answered_in > Duration(0)) answer_.set(connection.origin_.world_.now() + answered_in);
  }
  origin::ResponseSink& sink() { return sink_; }
  void stop() { answer_.cancel(); }

 private:
  void on_answer() { connection_.on_answered(*this); }
  std::size_t write_body(std::string_view bytes) override { return bytes.size(); }
  bool takes_body() override { return true; }
  void end_body(const http::Fields&) override {}
  void consumed(std::size_t) override {}
  void cancel() override { connection_.leave(*this); }
  bool sent() const override { return true; }

  Connection& connection_;
  origin::ResponseSink& sink_;
  Alarm answer_;
};

origin::OriginStream& WildOrigin::Connection::open(const http::OutgoingRequest&,
                                                   origin::ResponseSink& sink) {
  if (++requests_ == 1) origin_.watch_.on_first_use(info_.serial);
  const bool silent = origin_.random_.part() < phase_.silent;
  const auto answer = phase_.rtt + origin_.random_.up_to(phase_.service);
  streams_.push_back(new Stream(*this, sink, silent ? Duration(0) : answer));
  if (phase_.requests > 0 && requests_ > phase_.requests) end_in(phase_.rtt / 2);
  return *streams_.back();
}

void WildOrigin::Connection::on_answered(Stream& stream) {
  if (++answers_ == 1) origin_.watch_.on_first_answer(info_.serial);
  streams_.remove(&stream);
  stream.sink().on_complete({});
  origin_.world_.defer_delete(std::unique_ptr<DeferredDelete>(&stream));
  if (closed_) return;
  if (phase_.after_answer > Duration(0)) end_in(phase_.after_answer);
  listener_.on_capacity(*this);
  if (is_draining() && streams_.empty() && !closed_) drained_.set(origin_.world_.now());
}

/// The client has left. HTTP/1.1 has no other way to say so than an end.
void WildOrigin::Connection::leave(Stream& stream) {
  streams_.remove(&stream);
  stream.stop();
  origin_.world_.defer_delete(std::unique_ptr<DeferredDelete>(&stream));
  if (info_.protocol == origin::Protocol::http1) draining_ = given_up_ = by_us_ = true;
  if (is_draining() && streams_.empty()) drained_.set(origin_.world_.now());
}

void WildOrigin::Connection::close(std::string_view reason) {
  if (std::exchange(closed_, true)) return;
  end_.cancel();
  drained_.cancel();
  auto lost = std::exchange(streams_, {});
  origin_.watch_.on_ended(info_.serial, by_us_);
  for (auto* stream : lost) stream->stop();
  for (auto* stream : lost) {
    const auto proof = answers_ > 0 ? Proof::no_byte_on_reused : Proof::unknown;
    stream->sink().on_failure({ErrorType::connection_terminated, Side::origin, Phase::response,
                               draining_ ? Proof::refused : proof, ""});
    origin_.world_.defer_delete(std::unique_ptr<DeferredDelete>(stream));
  }
  listener_.on_closed(*this, reason);
}

class WildOrigin::Attempt final : public origin::Dial {
 public:
  Attempt(WildOrigin& origin, origin::ConnectionListener& listener,
          Delegate<void(origin::DialResult)> on_result)
      : origin_(origin),
        listener_(listener),
        on_result_(on_result),
        done_(origin.world_, Delegate<void()>::to<&Attempt::on_done>(this)) {
    refused_ = origin.random_.part() < origin.phase_.refuses;
    done_.set(origin.world_.now() + origin.phase_.rtt * (refused_ ? 1 : 2));
  }

 private:
  void on_done() {
    if (refused_) {
      origin_.watch_.on_dial_failed();
      return on_result_(origin::DialResult(Error{ErrorType::connection_refused, Side::origin,
                                                 Phase::tcp, Proof::not_sent, "refused"}));
    }
    const origin::ConnectionInfo info{
        ++origin_.last_serial_, origin_.phase_.protocol, "192.0.2.1:443", {}, true,
        origin_.phase_.rtt};
    on_result_(origin::DialResult(std::make_unique<Connection>(origin_, info, listener_)));
  }

  WildOrigin& origin_;
  origin::ConnectionListener& listener_;
  Delegate<void(origin::DialResult)> on_result_;
  bool refused_;
  Alarm done_;
};

class WildOrigin::WildDialer final : public origin::Dialer {
 public:
  explicit WildDialer(WildOrigin& origin) : origin_(origin) {}
  std::unique_ptr<origin::Dial> dial(origin::ConnectionListener& listener,
                                     Delegate<void(origin::DialResult)> on_result) override {
    origin_.watch_.on_dial();
    return std::make_unique<Attempt>(origin_, listener, on_result);
  }
  bool is_withdrawn(const std::string&) override { return false; }
  void recall_stream_limit(std::uint32_t) override {}
  std::uint32_t stream_limit() const override { return origin::streams_before_settings; }

 private:
  WildOrigin& origin_;
};

WildOrigin::WildOrigin(World& world, std::uint64_t seed, WildWatch& watch)
    : world_(world),
      random_(seed),
      watch_(watch),
      restart_(world, Delegate<void()>::to<&WildOrigin::restart>(this)) {
  change();
}

std::unique_ptr<origin::Dialer> WildOrigin::dialer() { return std::make_unique<WildDialer>(*this); }

void WildOrigin::change() {
  auto& r = random_;
  WildPhase p;
  p.protocol = r.part() < 0.5 ? origin::Protocol::http1 : origin::Protocol::http2;
  p.rtt = one_of(r, {milliseconds(1), milliseconds(5), milliseconds(40)});
  p.refuses = part_of(r, {0, 0, 0, 0.3, 1});
  p.stillborn = part_of(r, {0, 0, 0.5, 0.95, 1});
  p.lives = one_of(r, {Duration(0), Duration(0), milliseconds(300), milliseconds(990),
                       milliseconds(1010), milliseconds(1500), seconds(3), seconds(5)});
  p.jitter = one_of(r, {Duration(0), milliseconds(20), seconds(2)});
  p.by_goaway = r.part() < 0.5;
  p.streams = r.part() < 0.1 ? 0 : r.part() < 0.2 ? 1 : 100;
  p.service = one_of(r, {milliseconds(1), milliseconds(50), seconds(3)});
  p.silent = part_of(r, {0, 0, 0.1, 1});
  p.after_answer =
      one_of(r, {Duration(0), Duration(0), milliseconds(1), milliseconds(20), milliseconds(600)});
  p.requests = r.part() < 0.7 ? 0 : 1 + r.next() % 20;
  p.restarts_often = r.part() < 0.15;
  phase_ = p;
  plan_restart();
}

void WildOrigin::plan_restart() {
  if (phase_.restarts_often) restart_.set(world_.now() + random_.exponential(seconds(1)));
}

void WildOrigin::restart() {
  std::vector<std::uint64_t> serials;
  for (const auto& [serial, connection] : open_) serials.push_back(serial);
  for (const auto serial : serials) {
    if (const auto it = open_.find(serial); it != open_.end()) it->second->cut();
  }
  plan_restart();
}

}  // namespace ccnproxy::sim
