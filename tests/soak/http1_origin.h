#pragma once

#include "link.h"
#include "message_reader.h"
#include "token.h"
#include "world.h"

namespace ccnproxy::soak {

/// One HTTP/1.1 connection of an origin: reads a request, does what its plan says. Where it is
/// asked to, it logs the connection in (NTLM 1, then NTLM 3 USER): from then on it answers as that
/// user, with credentials or without.
class Http1Origin final : public Link {
 public:
  Http1Origin(World& world, UniqueFd fd, SSL* ssl, const ConnectionPlan& plan, bool logs_in);
  bool is_used() const override { return requests_ > 0; }

 private:
  void on_bytes(std::string_view bytes) override;
  void on_room() override;
  void on_gone() override {}

  void take_body(std::string_view bytes);
  void on_head();
  void take_credentials();
  void on_request_end();
  void act();
  void answer();
  void send_head(const std::string& more, std::uint64_t declared);
  void go_on();
  void finish_answer();
  void next_request();
  void after_early();
  void after(Duration delay, void (Http1Origin::*call)());
  void close_if_idle(std::uint64_t since);
  bool last_one() const;

  World& world_;
  ConnectionPlan connection_;
  MessageReader reader_;
  std::string user_;   ///< that the connection is logged in as
  std::string input_;  ///< what came while a request was being answered
  RequestPlan plan_;
  std::uint64_t id_ = 0;
  std::uint64_t requests_ = 0;
  std::uint64_t body_seen_ = 0;
  std::uint64_t body_sent_ = 0;
  std::uint64_t body_end_ = 0;  ///< where the response's body stops
  bool logs_in_;
  bool is_challenged_ = false;
  bool has_head_ = false;
  bool answering_ = false;
  bool waiting_ = false;      ///< between two pieces of a body
  bool bodies_flow_ = false;  ///< head sent, body not at its end
};

}  // namespace ccnproxy::soak
