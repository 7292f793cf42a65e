#include "ccnproxy/http/limit_text.h"

#include "ccnproxy/base/quantity_text.h"

namespace ccnproxy::http {

std::string reason_text(const ParseResult& failed, const HeadLimits& limits) {
  std::string text(failed.reason);
  if (failed.status_code == 414)
    return text + " (limits.target_bytes is " + size_text(limits.target_bytes) + ")";
  if (failed.status_code != 431 && !failed.over_limit) return text;
  if (text.find("fields") != text.npos)
    return text + " (limits.headers is " + std::to_string(limits.fields) + ")";
  return text + " (limits.head_bytes is " + size_text(limits.head_bytes) + ")";
}

}  // namespace ccnproxy::http
