#pragma once

#include <map>

#include <nghttp2/nghttp2.h>

#include "link.h"
#include "token.h"
#include "world.h"

namespace ccnproxy::soak {

/// One HTTP/2 connection of an origin, over nghttp2's server session: does with each stream what
/// its request's plan says.
class Http2Origin final : public Link {
 public:
  Http2Origin(World& world, UniqueFd fd, SSL* ssl, const ConnectionPlan& plan);
  ~Http2Origin() override;
  bool is_used() const override { return requests_ > 0; }

 private:
  struct Stream {
    std::uint64_t id = 0;  ///< of the request
    RequestPlan plan{};
    std::uint64_t body_seen = 0;
    std::uint64_t body_sent = 0;
    std::uint64_t body_end = 0;
    bool token_seen = false;
    bool answered = false;
    bool paused = false;
  };

  void on_established() override;
  void on_bytes(std::string_view bytes) override;
  void on_room() override;
  void on_gone() override {}

  void announce();
  void begin(std::int32_t number);
  void on_field(Stream& stream, std::string_view name, std::string_view value);
  void on_head(std::int32_t number, Stream& stream, bool end);
  void on_body(Stream& stream, std::string_view bytes);
  void on_request_end(std::int32_t number, Stream& stream);
  void execute(std::int32_t number, const Stream& stream);
  void act(std::int32_t number, Stream& stream);
  void answer(std::int32_t number, Stream& stream);
  void submit(std::int32_t number, Stream& stream);
  void reset(std::int32_t number, std::uint32_t code);
  void go_away(std::int32_t last);
  ssize_t read_body(std::int32_t number, Stream& stream, std::uint8_t* into, std::size_t size,
                    std::uint32_t* flags);
  ssize_t end_body(std::int32_t number, Stream& stream, std::uint32_t* flags);
  void after(Duration delay, std::int32_t number, void (Http2Origin::*call)(std::int32_t, Stream&));
  void resume(std::int32_t number, Stream& stream);
  void stop_upload(std::int32_t number, Stream& stream);
  void close_if_idle(std::uint64_t since);
  void pump();

  struct Callbacks;
  World& world_;
  ConnectionPlan connection_;
  nghttp2_session* session_ = nullptr;
  std::map<std::int32_t, Stream> streams_;
  std::uint64_t requests_ = 0;
  std::int32_t newest_ = 0;
  std::int32_t newest_executed_ = 0;
  std::int32_t last_ = 0;  ///< of GOAWAY
  bool announced_ = false;
  bool going_ = false;
  bool cut_ = false;  ///< the end comes after what is to be sent now, whatever is open
};

}  // namespace ccnproxy::soak
