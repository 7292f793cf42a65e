#include "head_reading.h"

namespace ccnproxy::http {
namespace {

Verdict why_no_name(std::string_view name, char next) {
  if (is_white_space(next)) return name.empty() ? &refuse_fold : &refuse_space_before_colon;
  if (next == ':') return &refuse_no_name;
  return next == '\r' ? &refuse_no_colon : &refuse_name;
}

}  // namespace

Verdict read_fields(Cursor& cursor, const HeadLimits& limits, Fields& fields) {
  while (cursor.peek() != '\r') {
    const std::string_view name = cursor.take_while(token_char);
    if (name.empty() || cursor.peek() != ':') return why_no_name(name, cursor.peek());
    if (fields.size() == limits.fields) return &refuse_field_count;
    cursor.skip(1);
    fields.push_back({name, trim(cursor.take_line()), field_id(name)});
  }
  return nullptr;
}

}  // namespace ccnproxy::http
