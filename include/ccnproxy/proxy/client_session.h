#pragma once

#include <memory>
#include <optional>
#include <string>

#include <boost/intrusive/list.hpp>

#include "ccnproxy/base/unique_fd.h"
#include "ccnproxy/net/event_loop.h"
#include "ccnproxy/proxy/bound_connections.h"
#include "ccnproxy/proxy/client_address.h"
#include "ccnproxy/proxy/client_eviction.h"
#include "ccnproxy/proxy/client_writer.h"
#include "ccnproxy/proxy/persistence.h"
#include "ccnproxy/proxy/proxy_context.h"
#include "ccnproxy/proxy/read_size.h"
#include "ccnproxy/proxy/request_reader.h"
#include "ccnproxy/proxy/upgrade_tunnel.h"

namespace ccnproxy::proxy {

class Exchange;

class ClientSession;

/// Owner of the sessions of a worker.
class SessionOwner {
 public:
  /// The session is over; it is to be destroyed between turns.
  virtual void on_session_closed(ClientSession& session) = 0;
  /// Whether a session without one (ClientAddress::placed) has a place under `limits.clients` now.
  virtual bool give_place(ClientSession& session) = 0;

 protected:
  ~SessionOwner() = default;
};

/// The life of one client connection: gives what a RequestReader makes of its bytes to an Exchange,
/// one request after the other, whose responses a ClientWriter sends. Pipelined requests are
/// answered in order, because the next is not looked at before the one before it is done.
///
/// Holds no buffer while idle: it reads into the worker's and keeps only what can't be used yet.
/// Memory is bounded: input by the head limit and RequestBody::high_mark, output by what the origin
/// may send ahead.
class ClientSession final : public DeferredDelete,
                            private IoHandler,
                            public boost::intrusive::list_base_hook<> {
 public:
  ClientSession(ProxyContext& context, UniqueFd fd, ClientAddress address, SessionOwner& owner);
  ~ClientSession() override;

  /// Takes up a client where another worker left off. Its first request is served here, whatever
  /// there is.
  void adopt(MigratedClient client);
  /// Reads now what may have come already, see SpeculativeRead. Whether something had.
  bool read_speculatively() { return on_readable(); }

  /// How long a client that has only just come may take to send its first request while we drain:
  /// an application sends it at once.
  static constexpr Duration first_request_time = std::chrono::seconds(5);
  /// No request on this connection but one that is in flight, has begun to arrive, or is the first.
  /// Closes it now if it has had one and none of these is there.
  void drain();
  /// Ends it at once, whatever is in flight.
  void kill();
  /// It has a request and no place under `limits.clients`; only /hc is answered without one.
  bool waits_for_place() const noexcept { return life_ == Life::no_place; }
  /// It has a place now, and its request is served.
  void take_place();
  /// There is no place: it is told so, and closed at once.
  void turn_away();
  /// By clients.allow, from its next request on.
  void allow(bool allowed) noexcept { address_.allowed = allowed; }
  /// Ends it if it has been waiting for a request since then, or longer. Whether it has ended.
  bool close_if_idle_since(TimePoint then);
  /// What it holds while its client stalls: takes nothing of its response, or does not end its
  /// request's head. No bytes while the client is not waited for. Asks the kernel what has left.
  StalledClient stalled();
  /// Memory is nearly full, and this client stands still: it is told so where it can be, and cut.
  void make_room();

  // For the exchange.
  ClientOutput& output() noexcept { return writer_.output(); }
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
  void migrate(std::size_t worker) noexcept { migrating_to_ = worker; }
  /// Whether it may be handed over. Also while we drain, until the last client of all workers has
  /// left.
  bool can_migrate() const noexcept {
    return !migrated_ && !has_bound() && (!persistence_.is_draining() || context_.draining);
  }
  /// Whether connections are bound to this one, by logins.
  bool has_bound() const noexcept { return bound_ && !bound_->empty(); }
  BoundConnections& bound();
  /// See Persistence.
  void note_login(bool under_way) noexcept { persistence_.note_login(under_way); }
  bool login_under_way() const noexcept { return persistence_.is_login_under_way(); }
  /// The exchange takes body bytes again.
  void resume_reading();
  const ClientAddress& address() const noexcept { return address_; }
  TimePoint request_began() const noexcept { return request_began_; }
  /// Whether the request in flight has been read to its end.
  bool request_complete() const noexcept { return reader_.is_complete(); }
  /// Whether bytes that came with the head are waiting to be read.
  bool has_input() const noexcept { return reader_.has_at_hand(); }
  /// Whether the client has sent more than its request.
  bool has_unread() const noexcept { return reader_.has_unread(); }

 private:
  enum class Life : std::uint8_t {
    waiting,    ///< for a request, or for the rest of its head
    no_place,   ///< has a request, and no place under `limits.clients`
    serving,    ///< an exchange has its request
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
  std::size_t read_body(std::string_view bytes);
  void begin_exchange(std::string_view head_bytes);
  void leave_with(std::string_view bytes);
  void deny(std::string_view head_bytes);
  void refuse(std::string_view bytes, std::uint16_t status, std::string_view reason,
              ErrorType type = ErrorType::http_request_error);
  bool may_begin();
  bool asks_for_health() const;
  void refuse_for_want_of_place();
  void give_back_exchange();
  void end_exchange();
  void on_tunnel_end(UpgradeTunnel::End how);
  void on_bound_end();
  void wait_for_request();
  void wait_for_last_request();
  void linger();
  void close_by_reset();
  void client_gone();
  void close();
  void become(Life life);
  bool is_idle() const noexcept;
  bool is_in_head() const noexcept;
  const config::Config& config() const;
  void on_timer();
  void check_taking();
  void look_at_socket();
  void watch_backlog();
  bool look_again();
  TimePoint wake_while_idle() const;
  void account();
  void update_watch();
  bool wants_input() const;
  bool is_uploading() const;

  /// So much of what could not be understood is looked at for the log.
  static constexpr std::size_t bytes_for_log = 256;

  ProxyContext& context_;
  SessionOwner& owner_;
  UniqueFd fd_;
  ClientAddress address_;
  Timer timer_;
  Life life_ = Life::waiting;
  RequestReader reader_;
  ClientWriter writer_;
  Persistence persistence_;
  std::unique_ptr<Exchange> exchange_;  ///< while serving, finishing or a tunnel
  std::unique_ptr<UpgradeTunnel> tunnel_;
  std::unique_ptr<BoundConnections> bound_;  ///< null for a client that never logged in
  TimePoint request_began_{};
  TimePoint idle_since_{};
  std::uint64_t lingered_ = 0;
  BufferCharge held_for_client_;
  BufferCharge held_for_origin_;
  std::uint32_t watched_ = 0;
  ReadSize read_size_;
  std::optional<std::size_t> migrating_to_;
  bool migrated_ = false;  ///< by another worker, for the request in flight
  bool used_ = false;      ///< has sent a request
  bool input_ended_ = false;
};

}  // namespace ccnproxy::proxy
