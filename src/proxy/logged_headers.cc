#include "ccnproxy/proxy/logged_headers.h"

#include <utility>

#include "ccnproxy/config/logged_header.h"
#include "ccnproxy/observe/packed_fields.h"
#include "ccnproxy/observe/public_target.h"

namespace ccnproxy::proxy {
namespace {

void append_value(std::string& out, std::string_view value, bool with_query) {
  if (with_query) {
    out.append(value);
    return;
  }
  const auto shown = observe::public_part(value);
  out.append(shown.before).append(shown.after);
}

/// False if no field has this name. No more of the values than a line can have.
bool join_values(std::string& out, const http::Fields& fields, const config::LoggedHeader& header,
                 bool with_query) {
  const bool whole = with_query || header.value == config::LoggedValue::whole;
  bool found = false;
  for (const auto& field : fields) {
    if (!http::iequals(field.name, header.name)) continue;
    if (out.size() > observe::max_logged_value) break;
    if (std::exchange(found, true)) out += ", ";
    append_value(out, field.value.substr(0, observe::max_logged_value), whole);
  }
  return found;
}

}  // namespace

void LoggedHeaders::clear() noexcept {
  request_.clear();
  response_.clear();
}

void LoggedHeaders::take(std::string& packed, const http::Fields& fields,
                         const std::vector<config::LoggedHeader>& headers, bool with_query) {
  packed.clear();
  for (const auto& header : headers) {
    if (header.value == config::LoggedValue::masked) {
      if (http::find(fields, header.name)) observe::append_field(packed, header.name, config::mask);
      continue;
    }
    value_.clear();
    if (join_values(value_, fields, header, with_query))
      observe::append_field(packed, header.name, value_);
  }
}

void LoggedHeaders::take_request(const http::Fields& fields, const config::AccessLog& settings) {
  if (!settings.request_headers.empty())
    take(request_, fields, settings.request_headers, settings.query);
}

void LoggedHeaders::take_response(const http::Fields& fields, const config::AccessLog& settings) {
  if (!settings.response_headers.empty())
    take(response_, fields, settings.response_headers, settings.query);
}

}  // namespace ccnproxy::proxy
