#pragma once

#include <functional>
#include <optional>

#include "ccnproxy/pool/stream_waiter.h"

#include "unit/pool/fake_connection.h"

namespace ccnproxy::pool {

/// Hears nothing: what fake connections are given.
class NullSink final : public origin::ResponseSink {
 public:
  void on_informational(const http::ResponseHead&) override {}
  void on_response(const http::ResponseHead&, const http::BodyFraming&) override {}
  void on_body(std::string_view) override {}
  void on_flush() override {}
  void on_complete(const http::Fields&) override {}
  void on_failure(Error) override {}
  void on_writable() override {}
  void on_stalled(const Error&) override {}
};

/// Someone who wants a stream, opens it at once and remembers what it was told.
class FakeWaiter final : public StreamWaiter {
 public:
  bool served() const { return connection != nullptr; }
  bool answered() const { return answers > 0; }

  void on_connection(origin::OriginConnection& c, observe::WaitResult what) override {
    ++answers;
    connection = static_cast<FakeConnection*>(&c);
    serial = c.info().serial;
    found = what;
    waited = what != observe::WaitResult::ready;
    static http::OutgoingRequest request;
    static NullSink sink;
    c.open(request, sink);
    if (then) then();
  }
  void on_no_connection(Error e) override {
    ++answers;
    error = std::move(e);
    if (then) then();
  }

  FakeConnection* connection = nullptr;
  std::uint64_t serial = 0;
  observe::WaitResult found = observe::WaitResult::ready;
  bool waited = false;
  std::optional<Error> error;
  int answers = 0;
  std::function<void()> then;  ///< called at the end of each answer
};

}  // namespace ccnproxy::pool
