#pragma once

namespace ccnproxy::proxy {

/// Whether a client's connection carries another request after the one in flight (RFC 9112 §9.3).
/// Pure.
class Persistence {
 public:
  /// `client_would`: by its head it keeps the connection. `placed`: it has a place under
  /// `limits.clients`.
  void begin_request(bool client_would, bool placed) noexcept {
    client_would_ = client_would;
    keep_ = client_would && placed && may_persist();
  }
  /// Not after the request in flight.
  void end() noexcept { keep_ = false; }
  /// We drain: not after the request in flight, unless that is a step of a login.
  void drain() noexcept { draining_ = true; }
  /// Whether the response that is on its way is a step of a login, whose next one the client's next
  /// request brings: on this connection or not at all, be it that we drain.
  void note_login(bool under_way) noexcept { login_under_way_ = under_way; }

  bool keeps() const noexcept { return keep_ && may_persist(); }
  /// Whatever becomes of the request in flight.
  bool may_persist() const noexcept { return !draining_ || login_under_way_; }
  bool is_draining() const noexcept { return draining_; }
  bool is_login_under_way() const noexcept { return login_under_way_; }
  /// Where the end is our idea alone, the client may be sending its next request already.
  bool client_expects_more() const noexcept { return client_would_ && !draining_; }

 private:
  bool keep_ = true;
  bool client_would_ = false;
  bool draining_ = false;
  bool login_under_way_ = false;
};

}  // namespace ccnproxy::proxy
