#pragma once

#include <memory>
#include <string_view>

#include "ccnproxy/http/framing.h"
#include "ccnproxy/http/head.h"
#include "ccnproxy/pool/origin_pool.h"
#include "ccnproxy/proxy/attempt.h"
#include "ccnproxy/proxy/departure.h"
#include "ccnproxy/proxy/logged_headers.h"
#include "ccnproxy/proxy/progress_timer.h"
#include "ccnproxy/proxy/proxy_context.h"
#include "ccnproxy/proxy/request_body.h"
#include "ccnproxy/proxy/request_plan.h"
#include "ccnproxy/proxy/request_record.h"
#include "ccnproxy/proxy/response_writer.h"
#include "ccnproxy/proxy/upgrade_tunnel.h"

namespace ccnproxy::proxy {

class ClientSession;

/// One request with its response, from its head to its one record in the access log: connects the
/// session, the RequestPlan, the Attempts at the origin, of which it may begin another where that
/// is provably safe, and the ResponseWriter.
///
/// Lent to a session from the worker's object pool; between begin() or refuse() and end(),
/// on_client_gone() or on_aborted() it belongs to that session. Whatever ends the response is the
/// last thing that a method does, since the session may then be on its next request.
class Exchange final {
 public:
  explicit Exchange(ProxyContext& context);

  // From the session.
  void begin(ClientSession& client, std::string_view head_bytes, const http::RequestHead& head,
             const http::BodyFraming& framing);
  /// A request that can't be understood, or not from this client: answered and logged, and the
  /// connection ends.
  void refuse(ClientSession& client, std::string_view bytes, std::uint16_t status,
              std::string_view reason, ErrorType type = ErrorType::http_request_error);
  bool wants_body() const {
    return attempt_.takes_body() &&
           body_.unsent().size() < (context_.memory.under_pressure() ? 1 : RequestBody::high_mark);
  }
  /// What this request goes by to its end, whatever the configuration becomes meanwhile.
  const config::Config& config() const noexcept { return *config_; }
  /// Bytes of the request in memory.
  std::size_t held() const noexcept { return plan_.held() + body_.held(); }
  void on_client_body(std::string_view bytes);
  void on_client_body_end(const http::Fields& trailers);
  /// The body's framing is broken: nothing more can be understood.
  void on_client_broken(std::string_view reason);
  /// `n` bytes of the response's body have left for the client.
  void on_client_took(std::size_t n);
  /// The client left before the end.
  void on_client_gone();
  /// The session was told to break off (or its client took nothing for too long).
  void on_aborted();
  /// What the tunnel that the request became has carried, and how it ended; end() follows.
  void note_tunnel(const UpgradeTunnel& tunnel, UpgradeTunnel::End how);
  /// The response has left; the exchange is over.
  void end() { become(State::idle); }

  // From the attempt, as ResponseSink says.
  void on_stream(const origin::ConnectionInfo& info, observe::WaitResult found);
  void on_no_stream(Error error) { fail(std::move(error)); }
  void on_informational(const http::ResponseHead& head);
  void on_response(const http::ResponseHead& head, const http::BodyFraming& framing);
  void on_body(std::string_view bytes);
  void on_flush();
  /// `login_ended`: with it the connection that the client had logged in on.
  void on_complete(const http::Fields& trailers, bool login_ended);
  void on_failure(const Error& error);
  void on_writable();
  void on_stalled(const Error& error);
  /// `place` is the tunnel's from now on, as is one in the origin's pool.
  void on_upgrade(const http::ResponseHead& head, std::unique_ptr<tls::Transport> connection,
                  std::string_view rest, ConnectionLease place);
  /// Something has moved: what is owed next, and by when.
  void watch_progress();

 private:
  enum class State : std::uint8_t {
    idle,        ///< no request is its
    begun,       ///< has a request, and has asked for nothing yet
    statistics,  ///< those are awaited, instead of an origin's response
    forwarding,  ///< attempts are made, until the response is complete
    tunnel,      ///< the request has become one
    replied,     ///< the whole response is in the client's output
  };

  void become(State state);
  void adopt(ClientSession& client);
  void ask_statistics();
  void answer_expectation();
  bool may_try_again(const Error& error) const;
  bool may_afford(const Error& error) const;
  void try_again(const Error& error);
  void fail(Error error);
  void reply(const LocalReply& reply);
  void give(const LocalReply& reply, std::string_view type = "text/plain; charset=utf-8");
  Departure::Stage stage() const;
  Departure departure() const;
  bool client_owes() const;
  void on_due();
  void note_headers(const http::ResponseHead& head);
  void log();
  void write_record(const ClientSession& client);

  ProxyContext& context_;
  std::shared_ptr<const config::Config> config_;
  ProgressTimer progress_;
  State state_ = State::idle;
  ClientSession* client_ = nullptr;
  pool::OriginPool* pool_ = nullptr;  ///< entered, so that it outlives the exchange
  RequestPlan plan_;
  RequestBody body_;
  bool awaits_permission_ = false;  ///< the client, for the origin's 100
  Attempt attempt_;
  std::shared_ptr<Exchange*> asked_;  ///< while State::statistics; the answer finds us by it
  ConnectionLease place_;             ///< a tunnel's, which is a place in pool_, too
  ResponseWriter writer_;
  RequestRecord record_;
  LoggedHeaders logged_headers_;
};

}  // namespace ccnproxy::proxy
