#include "ccnproxy/proxy/request_body.h"

#include "ccnproxy/http/field_rules.h"

namespace ccnproxy::proxy {

void RequestBody::complete(const http::Fields& trailers) {
  complete_ = true;
  if (trailers.empty()) return;
  trailer_bytes_.clear();
  for (const auto& field : trailers) {
    if (http::trailer_allowed(field)) trailer_bytes_.append(field.name).append(field.value);
  }
  std::string_view rest = trailer_bytes_;
  const auto take = [&](std::size_t n) {
    const auto piece = rest.substr(0, n);
    rest.remove_prefix(n);
    return piece;
  };
  for (const auto& field : trailers) {
    if (!http::trailer_allowed(field)) continue;
    const auto name = take(field.name.size());
    trailers_.push_back({name, take(field.value.size()), field.id});
  }
}

}  // namespace ccnproxy::proxy
