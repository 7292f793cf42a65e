#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "ccnproxy/origin/origin_connection.h"

namespace ccnproxy::origin {

/// Remembers all that it hears of a response, and fails the test if it hears it in the wrong order.
/// Bodies are copied as late as they may be: what is borrowed must still be there.
class RecordingSink final : public ResponseSink {
 public:
  bool ended() const { return complete || failure; }

  void on_informational(const http::ResponseHead& head) override {
    EXPECT_FALSE(status) << "an interim response after the final one";
    EXPECT_FALSE(ended());
    informational.push_back(head.status);
  }
  void on_response(const http::ResponseHead& head, const http::BodyFraming& f) override {
    EXPECT_FALSE(status);
    EXPECT_FALSE(ended());
    status = head.status;
    framing = f;
    fields = text_of(head.fields);
    if (then_response) then_response();
  }
  void on_body(std::string_view bytes) override {
    EXPECT_TRUE(status);
    EXPECT_FALSE(ended());
    body_bytes += bytes.size();
    if (keep_body) borrowed_.push_back(bytes);
    if (then_body) then_body(bytes);
  }
  void on_flush() override {
    EXPECT_FALSE(ended());
    take_borrowed();
  }
  void on_complete(const http::Fields& t) override {
    EXPECT_TRUE(status);
    EXPECT_FALSE(ended());
    take_borrowed();
    complete = true;
    trailers = text_of(t);
    if (then_end) then_end();
  }
  void on_failure(Error error) override {
    EXPECT_FALSE(ended());
    take_borrowed();
    failure = std::move(error);
    if (then_end) then_end();
  }
  void on_writable() override {
    EXPECT_FALSE(ended());
    ++writable;
    if (then_writable) then_writable();
  }

  void on_stalled(const Error& error) override {
    EXPECT_FALSE(ended());
    stalled = error;
    if (then_stalled) then_stalled();
  }

  std::optional<Error> stalled;
  std::function<void()> then_stalled;
  std::vector<int> informational;
  std::optional<int> status;
  http::BodyFraming framing;
  std::string fields;  ///< "name: value\n" each
  std::string body;
  std::uint64_t body_bytes = 0;
  std::string trailers;
  bool complete = false;
  std::optional<Error> failure;
  int writable = 0;
  bool keep_body = true;
  std::function<void()> then_response;
  std::function<void(std::string_view)> then_body;
  std::function<void()> then_end;
  std::function<void()> then_writable;

 private:
  static std::string text_of(const http::Fields& of) {
    std::string text;
    for (const auto& f : of) text.append(f.name).append(": ").append(f.value).append("\n");
    return text;
  }
  void take_borrowed() {
    for (const auto bytes : borrowed_) body += bytes;
    borrowed_.clear();
  }
  std::vector<std::string_view> borrowed_;
};

/// Remembers what a connection told its pool.
class RecordingListener final : public ConnectionListener {
 public:
  void on_capacity(OriginConnection& c) override {
    EXPECT_FALSE(closed);
    ++capacity_changes;
    capacity = c.capacity();
    if (then_capacity) then_capacity();
  }
  void on_closed(OriginConnection& c, std::string_view reason) override {
    EXPECT_FALSE(closed) << "told twice";
    EXPECT_EQ(c.capacity(), 0u);
    closed = reason;
  }
  void on_http1_required(OriginConnection&) override { ++http1_required; }

  int http1_required = 0;
  int capacity_changes = 0;
  std::optional<std::size_t> capacity;
  std::optional<std::string> closed;
  std::function<void()> then_capacity;
};

/// One request with the memory that it is made of.
struct Call {
  http::OutgoingRequest request;
  RecordingSink sink;
  OriginStream* stream = nullptr;
};

inline http::OutgoingRequest make_request(std::string_view method, std::string_view path) {
  http::OutgoingRequest request;
  request.method = method;
  request.scheme = "https";
  request.authority = "api.example.test";
  request.path = path;
  return request;
}

inline http::BodyFraming length_framing(std::uint64_t length) {
  return {http::BodyFraming::Kind::length, length, true, length};
}

inline http::BodyFraming chunked_framing() {
  return {http::BodyFraming::Kind::chunked, 0, false, 0};
}

}  // namespace ccnproxy::origin
