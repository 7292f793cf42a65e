#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "ccnproxy/base/http_date.h"
#include "ccnproxy/base/memory_budget.h"
#include "ccnproxy/config/config.h"
#include "ccnproxy/net/event_loop.h"
#include "ccnproxy/observe/access_log.h"
#include "ccnproxy/observe/worker_metrics.h"
#include "ccnproxy/origin/worker_buffers.h"
#include "ccnproxy/pool/pools.h"
#include "ccnproxy/proxy/dedicated_connection.h"
#include "ccnproxy/proxy/output_steps.h"
#include "ccnproxy/proxy/request_ids.h"
#include "ccnproxy/route/label_table.h"
#include "ccnproxy/route/origin_acl.h"

namespace ccnproxy::proxy {

class Exchange;
struct ProxyContext;
struct MigratedClient;

/// Exchanges that are not in use, with the memory that they have grown: a worker in steady state
/// allocates none. What is given back is lent again only in a later turn.
class ExchangePool {
 public:
  explicit ExchangePool(EventLoop& loop);
  ~ExchangePool();
  std::unique_ptr<Exchange> take(ProxyContext& context);
  void give(std::unique_ptr<Exchange> exchange);

 private:
  static constexpr std::size_t most = 256;
  void release_ended();

  EventLoop& loop_;
  DeferredCall task_;
  std::vector<std::unique_ptr<Exchange>> given_;
  std::vector<std::unique_ptr<Exchange>> free_;
};

/// What the client side of one worker shares. Belongs to the worker's thread.
///
/// `config`, `labels` and `acl` are those in force, and may be others in the next turn (a reload
/// of the configuration). What a request needs of `config` after its head, it takes a share of; the
/// count of shares is this worker's alone.
struct ProxyContext {
  EventLoop& loop;
  origin::WorkerBuffers& buffers;
  std::shared_ptr<const config::Config> config;
  const route::LabelTable* labels;
  const route::OriginAcl* acl;
  pool::Pools& pools;
  observe::AccessLog::Writer& access_log;
  observe::WorkerMetrics& metrics;
  const std::string& via;  ///< our pseudonym in Via, which no other process has
  /// The worker that is to get a request for which this one has no pool, if there is one
  /// (PoolDirectory::migration_target).
  std::function<std::optional<std::size_t>(const origin::Origin&)> ready_elsewhere;
  /// Gives a client to another worker, which serves it sooner.
  std::function<void(std::size_t worker, MigratedClient client)> migrate;
  RequestIds ids;
  ExchangePool exchanges{loop};
  OutputSteps output_steps = {};
  MemoryBudget& memory{buffers.held};
  DedicatedConnections dedicated{loop};
  /// Dials connections to an origin that speak HTTP/1.1 and nothing else.
  std::function<std::unique_ptr<origin::Dialer>(const origin::Origin&)> http1_dialer = {};
  /// Asks for chocon's statistics of the whole process. `answer` is called later on the worker's
  /// thread, or never.
  std::function<void(std::function<void(const std::string& json)> answer)> ask_statistics = {};
  http::RequestHead head = {};  ///< what a session has just parsed, until its exchange has it
  HttpDate date = HttpDate();   ///< of responses without one
  bool draining = false;        ///< no connection is kept, /hc says 503
};

}  // namespace ccnproxy::proxy
