#pragma once

#include <functional>
#include <string>
#include <utility>

#include "ccnproxy/origin/origin_connection.h"

namespace ccnproxy::pool {

/// A connection without a network: carries as many streams as it is told, ends when it is told.
/// Like the real ones it tells its listener nothing from within open() and drain().
class FakeConnection final : public origin::OriginConnection, private origin::OriginStream {
 public:
  using OnEnd = std::function<void(FakeConnection&)>;

  FakeConnection(origin::ConnectionInfo info, std::size_t limit,
                 origin::ConnectionListener& listener, OnEnd on_end)
      : info_(std::move(info)), limit_(limit), listener_(listener), on_end_(std::move(on_end)) {}
  ~FakeConnection() override { on_end_(*this); }

  const origin::ConnectionInfo& info() const override { return info_; }
  std::size_t capacity() const override {
    ++looks;
    return draining_ || suspicious_ || streams_ >= limit_ ? 0 : limit_ - streams_;
  }
  std::size_t streams() const override {
    ++looks;
    return streams_;
  }
  std::uint64_t requests() const override { return requests_; }
  std::uint64_t answers() const override { return answers_; }
  std::uint64_t received_bytes() const override { return received_; }
  bool is_suspicious() const override {
    ++looks;
    return suspicious_;
  }
  origin::AnnouncedLimits announced_limits() const override { return announced; }
  PathCounters path_counters() const override { return counters; }
  bool is_draining() const override { return draining_; }
  bool is_given_up() const override { return given_up_; }
  origin::OriginStream& open(const http::OutgoingRequest&, origin::ResponseSink& opener) override {
    sink = &opener;
    overcommitted_ = overcommitted_ || capacity() == 0;
    ++streams_;
    ++requests_;
    return *this;
  }
  void check_alive() override { ++checks; }
  void drain(std::string_view reason) override {
    if (!draining_) drain_reason_ = reason;
    draining_ = true;
  }

  // What the test makes happen.
  void end_stream() {
    ++answers_;
    --streams_;
    listener_.on_capacity(*this);
    settle();
  }
  void set_limit(std::size_t limit) {
    limit_ = limit;
    listener_.on_capacity(*this);
  }
  /// The client of a request leaves.
  void give_up() {
    given_up_ = true;
    --streams_;
    goaway();
  }
  void goaway() {
    draining_ = true;
    listener_.on_capacity(*this);
    settle();
  }
  /// It refuses a request so.
  void require_http1() {
    listener_.on_http1_required(*this);
    end_stream();
  }
  void suspect(bool suspicious) {
    suspicious_ = suspicious;
    listener_.on_capacity(*this);
  }
  void receive(std::uint64_t bytes) { received_ += bytes; }
  void close() {
    if (!std::exchange(closed_, true)) listener_.on_closed(*this, "closed by the test");
  }
  /// The end of a turn: a draining connection without streams ends.
  void settle() {
    if (draining_ && streams_ == 0) close();
  }

  origin::AnnouncedLimits announced;
  PathCounters counters;
  origin::ResponseSink* sink = nullptr;  ///< of the stream opened last
  int cancelled = 0;                     ///< streams
  int checks = 0;                        ///< times it was asked for a sign of life
  mutable int looks = 0;                 ///< times anything that changes was asked of it
  const std::string& drain_reason() const { return drain_reason_; }
  /// Whether a stream was ever opened although there was no room.
  bool overcommitted() const { return overcommitted_; }
  std::uint64_t serial() const { return info_.serial; }

 private:
  std::size_t write_body(std::string_view bytes) override { return bytes.size(); }
  bool takes_body() override { return true; }
  void end_body(const http::Fields&) override {}
  void consumed(std::size_t) override {}
  void cancel() override {
    ++cancelled;
    --streams_;
  }
  bool sent() const override { return true; }

  origin::ConnectionInfo info_;
  std::size_t limit_;
  origin::ConnectionListener& listener_;
  OnEnd on_end_;
  std::size_t streams_ = 0;
  std::uint64_t requests_ = 0;
  std::uint64_t answers_ = 0;
  std::uint64_t received_ = 0;
  bool suspicious_ = false;
  bool given_up_ = false;
  std::string drain_reason_;
  bool draining_ = false;
  bool closed_ = false;
  bool overcommitted_ = false;
};

}  // namespace ccnproxy::pool
