#pragma once

#include <string>
#include <vector>

#include "ccnproxy/http/characters.h"
#include "ccnproxy/origin/origin_connection.h"

#include "fit_field.h"
#include "scripted_transport.h"

namespace ccnproxy::fuzz {

/// One request with its sink, which aborts when it hears what it must not, or in the wrong order.
class Call final : public origin::ResponseSink {
 public:
  Call(std::string_view method, http::BodyFraming body, http::HeadLimits limits) : limits_(limits) {
    request.method = method;
    request.scheme = "https";
    request.authority = "api.test";
    request.path = "/";
    request.accepts_trailers = true;
    request.body = body;
  }

  bool ended() const { return complete || failed || cancelled; }
  void cancel() {
    cancelled = true;
    stream->cancel();
  }

  void on_informational(const http::ResponseHead& head) override {
    require(!ended() && status == 0);
    require(head.status >= 100 && head.status < 200);
    check(head.fields);
  }
  void on_response(const http::ResponseHead& head, const http::BodyFraming& f) override {
    require(!ended() && status == 0 && head.status >= 200 && head.status <= 999);
    status = head.status;
    framing = f;
    check(head.fields);
    if (leaves == Leaves::at_head) cancel();
  }
  void on_body(std::string_view bytes) override {
    require(!ended() && status != 0 && !bytes.empty());
    body += bytes;  // reads them all: what is borrowed must be there
    unreturned += bytes.size();
    if (leaves == Leaves::in_body) return cancel();
    if (!takes) return;
    stream->consumed(unreturned);
    unreturned = 0;
  }
  void on_flush() override { require(!ended()); }
  void on_complete(const http::Fields& trailers) override {
    require(!ended() && status != 0);
    complete = true;
    check(trailers);
    // A declared length is the body's, or nobody may be told that it is whole.
    if (framing.kind == http::BodyFraming::Kind::length) require(body.size() == framing.length);
    if (framing.kind == http::BodyFraming::Kind::none) require(body.empty());
  }
  void on_failure(Error) override {
    require(!ended());
    failed = true;
  }
  void on_writable() override { require(!ended()); }
  void on_stalled(const Error&) override { require(!ended()); }

  enum class Leaves : std::uint8_t { no, at_head, in_body };
  http::OutgoingRequest request;
  origin::OriginStream* stream = nullptr;
  http::BodyFraming framing;
  std::string body;
  std::size_t unreturned = 0;
  int status = 0;
  bool takes = true;  ///< its client reads
  Leaves leaves = Leaves::no;
  bool complete = false, failed = false, cancelled = false;

 private:
  void check(const http::Fields& fields) const {
    require(fields.size() <= limits_.fields);
    std::size_t size = 0;
    for (const auto& field : fields) {
      require(is_fit(field));
      require(http::trim(field.value) == field.value);
      size += field.name.size() + field.value.size();
    }
    require(size <= limits_.head_bytes);
  }
  http::HeadLimits limits_;
};

/// The pool's place.
struct JudgingListener final : origin::ConnectionListener {
  void on_capacity(origin::OriginConnection&) override { require(!closed); }
  void on_closed(origin::OriginConnection& connection, std::string_view reason) override {
    require(!closed && connection.capacity() == 0 && !reason.empty());
    closed = true;
  }
  bool closed = false;
};

}  // namespace ccnproxy::fuzz
