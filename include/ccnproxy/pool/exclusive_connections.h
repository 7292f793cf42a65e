#pragma once

#include <optional>
#include <string_view>

#include "ccnproxy/pool/http1_refusals.h"
#include "ccnproxy/pool/maintainer.h"

namespace ccnproxy::pool {

/// The connections to a pool's origin that belong to one client each: their places, their dials,
/// and what a reload means for them. On the worker's thread.
class ExclusiveConnections {
 public:
  ExclusiveConnections(PoolEnvironment& env, ExclusiveDials& dials, DialHistory& history,
                       BreakerGate& gate, DialScheduler& scheduler, DialTrials& trials,
                       IdleConnections& idle, Maintainer& maintainer)
      : env_(env),
        dials_(dials),
        history_(history),
        gate_(gate),
        scheduler_(scheduler),
        trials_(trials),
        idle_(idle),
        maintainer_(maintainer) {}

  /// A place under max_connections, an idle connection's if there is no other; give back each that
  /// was taken.
  bool take_place();
  void give_back_place() noexcept {
    env_.context.shared->give_back_connection(env_.context.worker->index);
  }
  /// What is told where there is none for `what`, and why.
  Error no_place(std::string_view what) const;
  /// Why no dial may be waited for now: `pool.max_pending` do already, or the breaker is open.
  std::optional<Error> no_wait_for_dial();
  /// Shows it in report(), and tells it to end when it must; until it leaves the list.
  void add(ExclusiveConnection& c) { all_.push_back(c); }
  /// Its begin_dial() is called as soon as one more dial to the origin may begin: now or later, in
  /// order of arrival with the requests that wait. Asked for again for a second dial, or when
  /// begin_dial() had to wait. How long it waits is its own business.
  void want_dial(ExclusiveConnection& c);
  /// Its dial or its wait is over without a verdict, or it has ended.
  void leave_dials(ExclusiveConnection& c) { trials_.leave(c); }
  /// What is told a request that waited for leave to dial in vain.
  Error no_dial() const;

  // What came of its dial: the pool's own dials and those that wait are the wiser for it. Told
  // before the client hears of it.
  void on_failed(ExclusiveConnection& c, const Error& error);
  void on_connected(ExclusiveConnection& c);
  /// It may have got an answer, or been told to go.
  void on_change(ExclusiveConnection& c);
  void on_closed(ExclusiveConnection& c);
  /// This machine had no descriptor for it: it will ask again.
  void on_put_off(ExclusiveConnection& c);
  /// The origin has switched protocols: it is a tunnel.
  void on_switched(ExclusiveConnection& c);

  /// Whether a connection that offers HTTP/1.1 alone would be refused, as the last ones were.
  bool expects_http1_refusal() const { return http1_refusals_.expects_refusal(env_.now()); }
  void on_http1_asked() { http1_refusals_.on_asked(env_.now(), env_.random()); }
  void on_http1_refused();
  void on_http1_spoken() { http1_refusals_.on_spoken(); }
  void forget_http1_refusals() { http1_refusals_ = Http1Refusals(); }
  Error http1_refused() const;

  /// Those to addresses that are prohibited now, all if the origin is `barred` or they are to be
  /// replaced (`replace`), take no more requests.
  void end_where_needed(bool barred, bool replace);
  template <class F>
  void for_each(F&& f) const {
    for (const auto& c : all_) f(c);
  }

 private:
  PoolEnvironment& env_;
  ExclusiveDials& dials_;
  DialHistory& history_;
  BreakerGate& gate_;
  DialScheduler& scheduler_;
  DialTrials& trials_;
  IdleConnections& idle_;
  Maintainer& maintainer_;
  boost::intrusive::list<ExclusiveConnection,
                         boost::intrusive::base_hook<ExclusiveConnection::ListHook>,
                         boost::intrusive::constant_time_size<false>>
      all_;
  Http1Refusals http1_refusals_;
};

}  // namespace ccnproxy::pool
