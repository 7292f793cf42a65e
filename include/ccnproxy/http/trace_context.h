#pragma once

#include <optional>
#include <string_view>

#include "ccnproxy/http/head.h"

namespace ccnproxy::http {

/// The place of a request in a trace, as its traceparent field says (W3C Trace Context §3.2). Views
/// into the field's value.
struct TraceContext {
  std::string_view trace_id;   ///< 32 hexadecimal digits in lower case, not all zero
  std::string_view parent_id;  ///< 16: of the span that sent the request
  bool sampled = false;        ///< the sender records it

  bool operator==(const TraceContext&) const = default;
};

/// `00-<trace-id>-<parent-id>-<flags>`, or of a version from 01 to fe, which may have more behind a
/// further dash (§4.3). Strict: nothing of a value that is wrong in any part, so that no log joins
/// traces by what is no id. Does not allocate.
std::optional<TraceContext> parse_traceparent(std::string_view value) noexcept;

/// The trace context of a request. Nothing if it has no traceparent, a wrong one, or several, which
/// can't be told apart.
std::optional<TraceContext> trace_context(const Fields& fields) noexcept;

}  // namespace ccnproxy::http
