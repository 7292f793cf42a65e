#include "ccnproxy/http/head.h"

#include "ccnproxy/http/characters.h"
#include "ccnproxy/http/list.h"

namespace ccnproxy::http {

FieldId field_id(std::string_view name) noexcept {
  const auto either = [name](std::string_view known, FieldId id) {
    return iequals(name, known) ? id : FieldId::other;
  };
  switch (name.size()) {
    case 2:
      return either("te", FieldId::te);
    case 3:
      return either("via", FieldId::via);
    case 4:
      return to_lower(name[0]) == 'h' ? either("host", FieldId::host)
                                      : either("date", FieldId::date);
    case 6:
      return either("expect", FieldId::expect);
    case 7:
      return to_lower(name[0]) == 't' ? either("trailer", FieldId::trailer)
                                      : either("upgrade", FieldId::upgrade);
    case 10:
      return to_lower(name[0]) == 'c' ? either("connection", FieldId::connection)
                                      : either("keep-alive", FieldId::keep_alive);
    case 14:
      return to_lower(name[0]) == 'c' ? either("content-length", FieldId::content_length)
                                      : either("http2-settings", FieldId::http2_settings);
    case 15:
      return either("idempotency-key", FieldId::idempotency_key);
    case 16:
      return either("proxy-connection", FieldId::proxy_connection);
    case 17:
      return either("transfer-encoding", FieldId::transfer_encoding);
    case 18:
      return either("proxy-authenticate", FieldId::proxy_authenticate);
    case 19:
      return either("proxy-authorization", FieldId::proxy_authorization);
    default:
      return FieldId::other;
  }
}

const Field* find(const Fields& fields, FieldId id) noexcept {
  for (const Field& field : fields) {
    if (field.id == id) return &field;
  }
  return nullptr;
}

const Field* find(const Fields& fields, std::string_view name) noexcept {
  for (const Field& field : fields) {
    if (iequals(field.name, name)) return &field;
  }
  return nullptr;
}

std::string combined(const Fields& fields, FieldId id) {
  std::string list;
  for (const Field& field : fields) {
    if (field.id != id || field.value.empty()) continue;
    list.append(list.empty() ? "" : ", ").append(field.value);
  }
  return list;
}

bool iequals(std::string_view a, std::string_view b) noexcept {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i] != b[i] && to_lower(a[i]) != to_lower(b[i])) return false;
  }
  return true;
}

bool next_member(std::string_view& list, std::string_view& member) noexcept {
  while (!list.empty()) {
    const std::size_t comma = list.find(',');
    member = trim(list.substr(0, comma));
    list.remove_prefix(comma == std::string_view::npos ? list.size() : comma + 1);
    if (!member.empty()) return true;
  }
  return false;
}

namespace {

// Of the first comma that is in no quoted string, or the end.
std::size_t end_of_element(std::string_view list) noexcept {
  bool quoted = false;
  for (std::size_t at = 0; at < list.size(); ++at) {
    if (list[at] == '"') {
      quoted = !quoted;
    } else if (quoted && list[at] == '\\') {
      ++at;
    } else if (!quoted && list[at] == ',') {
      return at;
    }
  }
  return list.size();
}

}  // namespace

bool next_element(std::string_view& list, std::string_view& element) noexcept {
  while (!list.empty()) {
    const std::size_t end = end_of_element(list);
    element = trim(list.substr(0, end));
    list.remove_prefix(end == list.size() ? end : end + 1);
    if (!element.empty()) return true;
  }
  return false;
}

bool list_contains(std::string_view value, std::string_view token) noexcept {
  std::string_view member;
  while (next_member(value, member)) {
    if (iequals(member, token)) return true;
  }
  return false;
}

}  // namespace ccnproxy::http
