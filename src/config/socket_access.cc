// The permissions of a unix socket's file: `mode`, `owner` and `group` of a listener and of
// `admin:`.
#include "ccnproxy/config/socket_access.h"

#include <array>
#include <charconv>

#include <grp.h>
#include <pwd.h>

#include "schema_parts.h"

namespace ccnproxy::config {
namespace {

constexpr std::uint32_t all_rights = 0777;
constexpr std::array<const char*, 3> keys = {"mode", "owner", "group"};

std::optional<std::uint32_t> number(const std::string& text, int base) {
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

bool take_mode(const std::string& text, SocketAccess& access) {
  const auto mode = number(text, 8);
  if (!mode || *mode > all_rights || text.size() < 3 || text.size() > 4) return false;
  access.mode = *mode;
  return true;
}

bool take_owner(const std::string& text, SocketAccess& access) {
  access.owner = text;
  return text.empty() || user_number(text).has_value();
}

bool take_group(const std::string& text, SocketAccess& access) {
  access.group = text;
  return text.empty() || group_number(text).has_value();
}

void refuse_rights_of_tcp(Reading& reading, const std::string& of) {
  for (const auto* key : keys) {
    const auto path = of + '.' + key;
    if (reading.given(path))
      reading.mistake_in(path, "is for a unix socket alone; this address is none");
  }
}

}  // namespace

std::optional<std::uint32_t> user_number(const std::string& text) {
  if (const auto* user = ::getpwnam(text.c_str())) return user->pw_uid;
  return number(text, 10);
}

std::optional<std::uint32_t> group_number(const std::string& text) {
  if (const auto* group = ::getgrnam(text.c_str())) return group->gr_gid;
  return number(text, 10);
}

const Fields<SocketAccess>& socket_access_fields() {
  static const Fields<SocketAccess> fields = {
      {"mode",
       text_of<SocketAccess>("three or four octal digits from 000 to 0777, as in 0660", take_mode)},
      {"owner", text_of<SocketAccess>("a user of this system, by name or number", take_owner)},
      {"group", text_of<SocketAccess>("a group of this system, by name or number", take_group)},
  };
  return fields;
}

void validate_sockets(Reading& reading, const Config& config) {
  for (std::size_t i = 0; i < config.listeners.size(); ++i) {
    const auto of = "listeners[" + std::to_string(i) + ']';
    const bool known = reading.given(of + ".address") && !reading.failed(of + ".address");
    if (known && config.listeners[i].unix_path.empty()) refuse_rights_of_tcp(reading, of);
  }
  const auto& admin = config.admin.address;
  if (!reading.failed("admin.address") && (!admin || admin->unix_path.empty()))
    refuse_rights_of_tcp(reading, "admin");
}

}  // namespace ccnproxy::config
