#pragma once

#include <string>
#include <string_view>

#include "ccnproxy/admin/collector.h"
#include "ccnproxy/admin/http_stats.h"
#include "ccnproxy/admin/metrics_page.h"
#include "ccnproxy/admin/pools_query.h"
#include "ccnproxy/config/config.h"

namespace ccnproxy::admin {

/// The content of one answer.
struct Page {
  unsigned status = 200;
  std::string type = "text/plain; charset=utf-8";
  std::string body;
  /// What a browser that shows it may load and run: nothing, where the page doesn't say otherwise.
  std::string policy = "default-src 'none'; frame-ancestors 'none'";
  std::string allow = {};  ///< the field of a 405
};

/// The pages of the admin endpoint by path. Lives on the main thread; `source` and `config` must
/// outlive it.
class Pages {
 public:
  Pages(boost::asio::any_io_executor executor, Source& source,
        std::chrono::milliseconds answer_deadline);

  /// `target` as it stands in the request (RFC 9112 §3.2.1), and must live until this ends; 404
  /// where nothing is.
  boost::asio::awaitable<Page> get(const std::string& target);
  /// Whether the page is small and needs no worker, so that it can be made at any time.
  static bool is_quick(std::string_view target) noexcept;
  /// Whether POST means something there.
  static bool takes_post(std::string_view target) noexcept;
  /// Changes something and returns its new state. Only for targets of takes_post().
  Page post(const std::string& target);

 private:
  Page readiness() const;
  boost::asio::awaitable<Page> pools(const PoolsQuery& query);
  boost::asio::awaitable<Page> metrics();
  boost::asio::awaitable<Page> http_stats();

  Source& source_;
  Collector collector_;
  MetricsPage metrics_;
  HttpStats stats_;
};

}  // namespace ccnproxy::admin
