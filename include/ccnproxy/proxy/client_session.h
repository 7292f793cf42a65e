#pragma once

#include <memory>
#include <optional>
#include <string>

#include <boost/intrusive/list.hpp>

#include "ccnproxy/base/byte_queue.h"
#include "ccnproxy/base/event_loop.h"
#include "ccnproxy/base/ip_address.h"
#include "ccnproxy/base/unique_fd.h"
#include "ccnproxy/http/chunked.h"
#include "ccnproxy/http/head_parser.h"
#include "ccnproxy/proxy/bound_connections.h"
#include "ccnproxy/proxy/choose_to_cut.h"
#include "ccnproxy/proxy/client_output.h"
#include "ccnproxy/proxy/proxy_context.h"
#include "ccnproxy/proxy/rate_watch.h"
#include "ccnproxy/proxy/read_size.h"
#include "ccnproxy/proxy/socket_backlog.h"
#include "ccnproxy/proxy/upgrade_tunnel.h"

namespace ccnproxy::proxy {

class Exchange;

/// How a client reached us.
struct ClientAddress {
  std::string text;                 ///< ip:port, or "unix"
  std::uint16_t listener_port = 0;  ///< 0 on a unix socket
  bool allowed = true;              ///< by clients.allow
  Endpoint from = {};               ///< the same; none of a unix socket
  bool counted = false;             ///< for limits.clients_per_address
  bool placed = true;               ///< under limits.clients
};

class ClientSession;

/// A client whose request another worker serves sooner, as it goes there.
struct HandedClient {
  UniqueFd fd;
  ClientAddress address;
  std::string bytes;  ///< read and not answered: the request's head and what came with it
  TimePoint request_began;
};

/// Who keeps the sessions of a worker.
class SessionOwner {
 public:
  /// The session is over; it is to be destroyed between turns.
  virtual void on_session_closed(ClientSession& session) = 0;
  /// Whether a session without one (ClientAddress::placed) has a place under `limits.clients` now.
  virtual bool give_place(ClientSession& session) = 0;

 protected:
  ~SessionOwner() = default;
};

/// One client connection: reads requests, one after the other, gives each to an Exchange, and
/// writes what that one answers. Pipelined requests are answered in order, because the next is not
/// looked at before the one before it is done.
///
/// Holds no buffer while idle: it reads into the worker's and keeps only what can't be used yet.
/// Memory is bounded: input by the head limit and RequestBody::high_mark, output by what the origin
/// may send ahead.
class ClientSession final : public Retired,
                            private IoHandler,
                            public boost::intrusive::list_base_hook<> {
 public:
  ClientSession(ProxyContext& context, UniqueFd fd, ClientAddress address, SessionOwner& owner);
  ~ClientSession() override;

  /// Takes up a client where another worker left off. Its first request is served here, whatever
  /// there is.
  void take_over(HandedClient client);
  /// Reads now what may have come already, see EarlyRead. Whether something had.
  bool read_early() { return on_readable(); }

  /// How long a client that has only just come may take to send its first request while we drain:
  /// an application sends it at once.
  static constexpr Duration first_request_time = std::chrono::seconds(5);
  /// No request on this connection but one that is in flight, has begun to arrive, or is the first.
  /// Closes it now if it has had one and none of these is there.
  void drain();
  /// Ends it at once, whatever is in flight.
  void kill();
  /// It has a request and no place under `limits.clients`; only /hc is answered without one.
  bool waits_for_place() const noexcept { return waits_for_place_; }
  /// It has a place now, and its request is served.
  void take_place();
  /// There is no place: it is told so, and closed at once.
  void turn_away();
  /// By clients.allow, from its next request on.
  void allow(bool allowed) noexcept { address_.allowed = allowed; }
  /// Ends it if it has been waiting for a request since then, or longer. Whether it has ended.
  bool close_if_idle_since(TimePoint then);
  /// What it holds while its client is the one to wait for: who takes nothing of its response, or
  /// does not end its request's head. No bytes where others are. Asks the kernel what has left.
  Standing standing();
  /// Memory is nearly full, and this client stands still: it is told so where it can be, and cut.
  void make_room();

  // For the exchange.
  ClientOutput& output() noexcept { return output_; }
  /// Sends what the exchange has put into output().
  void flush();
  /// The response is complete in output().
  void finish(bool keep_alive);
  /// The response can't be completed: the client must see that (F082).
  void abort();
  /// The response's 101 is in output(): from now on bytes go both ways as they come. `rest` was
  /// read of the origin already.
  void begin_tunnel(std::unique_ptr<tls::Transport> origin, std::string_view rest);
  /// The request that has just begun is to be served by another worker; the exchange is given back
  /// without a record.
  void hand_over(std::size_t worker) noexcept { handing_to_ = worker; }
  /// Whether it may be handed over. Also while we drain, until the last client of all workers has
  /// left.
  bool can_hand_over() const noexcept {
    return !handed_ && !has_bound() && (!draining_ || context_.draining);
  }
  /// Whether connections are bound to this one, by logins.
  bool has_bound() const noexcept { return bound_ && !bound_->empty(); }
  BoundConnections& bound();
  /// Whether the response that is on its way is a step of a login, whose next one the client's next
  /// request brings: on this connection or not at all, be it that we drain.
  void note_login(bool under_way) noexcept { login_under_way_ = under_way; }
  bool login_under_way() const noexcept { return login_under_way_; }
  /// The exchange takes body bytes again.
  void resume_reading();
  const ClientAddress& address() const noexcept { return address_; }
  TimePoint request_began() const noexcept { return request_began_; }
  /// Whether the request in flight has been read to its end.
  bool request_complete() const noexcept { return reading_ == Reading::nothing; }
  /// Whether bytes that came with the head are waiting to be read.
  bool has_input() const noexcept { return bytes_at_hand_ > 0; }
  /// Whether the client has sent more than its request.
  bool has_unread() const noexcept { return !input_.empty() || bytes_at_hand_ > 0; }
  /// What it holds in memory has changed.
  void account();

 private:
  enum class Reading : std::uint8_t {
    nothing,
    fixed,
    chunked,
    unframed,  ///< after a request that was refused: where it ends can't be known
  };
  enum class Life : std::uint8_t {
    open,
    finishing,  ///< the response is complete and on its way out
    lingering,  ///< all is sent; what the client still sends is thrown away for a while (RFC 9112
                ///< §9.6)
    tunnel,     ///< the connection is the tunnel's
    closed,
  };

  void on_io(std::uint32_t events) override;
  bool on_readable();
  bool on_read_error();
  void on_input(std::string_view bytes);
  void on_end_of_input();
  std::size_t process(std::string_view bytes);
  void process_kept();
  std::size_t read_head(std::string_view bytes);
  void begin_exchange(std::string_view head_bytes);
  void deny(std::string_view head_bytes);
  void leave_with(std::string_view bytes);
  void refuse(std::string_view bytes, const http::ParseResult& result);
  bool may_begin();
  bool asks_for_health() const;
  void refuse_for_want_of_place();
  std::size_t read_body(std::string_view bytes);
  std::size_t read_chunked(std::string_view bytes);
  void end_exchange();
  void on_tunnel_end(UpgradeTunnel::End how);
  void on_bound_end();
  bool may_persist() const noexcept { return !draining_ || login_under_way_; }
  void wait_for_last_request();
  void linger();
  void close_by_reset();
  void client_gone();
  void close();
  void on_timer();
  void watch_taking();
  void check_taking();
  void look_at_socket();
  bool look_again();
  void watch_backlog();
  TimePoint wake_while_idle() const;
  void limit_unsent();
  void wait_for_request();
  void update_watch();
  bool wants_input() const;
  bool is_uploading() const;

  ProxyContext& context_;
  SessionOwner& owner_;
  UniqueFd fd_;
  ClientAddress address_;
  Timer timer_;
  std::unique_ptr<Exchange> exchange_;
  std::unique_ptr<UpgradeTunnel> tunnel_;
  std::unique_ptr<BoundConnections> bound_;  ///< null for a client that never logged in
  ClientOutput output_;
  ByteQueue input_;  ///< read and not yet used
  http::RequestHeadParser parser_;
  std::unique_ptr<http::ChunkedDecoder> chunks_;
  std::uint64_t body_left_ = 0;
  std::uint64_t lingered_ = 0;
  std::size_t bytes_at_hand_ = 0;
  TimePoint request_began_{};
  TimePoint idle_since_{};
  RateWatch taking_;  ///< of the client, while its socket is full
  SocketBacklog backlog_;
  HeldBytes held_for_client_;
  HeldBytes held_for_origin_;
  std::uint32_t watched_ = 0;
  Reading reading_ = Reading::nothing;
  Life life_ = Life::open;
  std::optional<std::size_t> handing_to_;
  ReadSize read_size_;
  bool handed_ = false;  ///< by another worker, for the request in flight
  bool keep_alive_ = true;
  bool client_persists_ = false;  ///< the client would keep the connection
  bool processing_ = false;
  bool output_blocked_ = false;
  bool unsent_limited_ = false;  ///< as memory is tight
  bool input_ended_ = false;
  bool draining_ = false;
  bool login_under_way_ = false;
  bool used_ = false;  ///< has sent a request
  bool waits_for_place_ = false;
};

}  // namespace ccnproxy::proxy
