#pragma once

#include <map>
#include <string>
#include <vector>

#include <poll.h>

#include "fakes/http2_codec.h"
#include "fakes/service.h"

namespace ccnproxy::fakes {

/// One HTTP/2 connection of a Service: an event loop on the connection's thread, so that reading
/// never waits for writing, and held or slow responses hold up nothing else.
class Http2Service {
 public:
  Http2Service(OriginConnection& connection, Service::Shared& shared);

  /// Until the client closes, or all streams are done after a GOAWAY.
  void run();

 private:
  /// A request, then its response.
  struct Active {
    Request request;
    Response response;
    bool answered = false;  ///< the handler was asked
    bool head_sent = false;
    std::uint64_t sent = 0;  ///< bytes of body
    Deadline due;
  };
  enum class Step { Waiting, Blocked, Moved, Done };

  void read_input();
  bool take_preface();
  void handle(h2::Frame frame);
  void handle_headers(const h2::Frame& frame);
  void open_stream(const h2::Frame& frame);
  bool admits(const h2::Frame& frame);
  void handle_data(const h2::Frame& frame);
  void end_request(std::uint32_t id, Active& active);
  void announce_settings();
  void check_goaway();
  void send_goaway();
  bool produce();
  Step advance(std::uint32_t id, Active& active);
  void send_head(std::uint32_t id, Active& active);
  Step send_data(std::uint32_t id, Active& active);
  Step finish(std::uint32_t id, const Active& active);
  void cut(std::uint32_t id, const Active& active);
  bool flush();
  bool over() const;
  void wait();
  std::vector<pollfd> watched(Deadline& until) const;
  void count(std::size_t ServiceStats::*member);

  OriginConnection& connection_;
  Stream& stream_;
  Service::Shared& shared_;
  const ServiceOptions& options_;
  Http2Codec codec_;
  std::map<std::uint32_t, Active> streams_;
  std::string out_;
  std::size_t written_ = 0;  ///< of `out_`
  Deadline announce_at_;
  std::size_t opened_ = 0;
  std::uint32_t newest_ = 0;  ///< highest stream that was taken on
  bool greeted_ = false;      ///< the client's preface came
  bool announced_ = false;    ///< our SETTINGS are out
  bool warned_ = false;
  bool going_ = false;  ///< the final GOAWAY is out
  bool ended_ = false;  ///< the client has ended
  bool cut_ = false;    ///< close after what is in `out_`, whatever is open
};

}  // namespace ccnproxy::fakes
