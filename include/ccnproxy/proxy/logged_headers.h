#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ccnproxy/config/config.h"
#include "ccnproxy/http/head.h"

namespace ccnproxy::proxy {

/// The header fields of one exchange that the access log is to have (log.access.request_headers and
/// response_headers): copies of these fields alone, none where none are chosen. Several fields of
/// a name are joined by ", " (RFC 9110 §5.3). Keeps its memory for the next exchange.
class LoggedHeaders {
 public:
  void clear() noexcept;
  /// Instead of what was taken before.
  void take_request(const http::Fields& fields, const config::AccessLog& settings);
  void take_response(const http::Fields& fields, const config::AccessLog& settings);
  void drop_response() noexcept { response_.clear(); }

  /// As AccessRecord has them.
  std::string_view request() const noexcept { return request_; }
  std::string_view response() const noexcept { return response_; }

 private:
  void take(std::string& packed, const http::Fields& fields,
            const std::vector<config::LoggedHeader>& headers, bool with_query);

  std::string value_;  ///< of the field that is being taken
  std::string request_;
  std::string response_;
};

}  // namespace ccnproxy::proxy
