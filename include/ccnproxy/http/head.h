#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ccnproxy::http {

enum class Version : std::uint8_t { http10, http11 };

/// Names that the proxy itself acts on; every other field is `other` and only passed on.
enum class FieldId : std::uint8_t {
  other,
  connection,
  content_length,
  date,
  expect,
  host,
  keep_alive,
  proxy_connection,
  te,
  trailer,
  transfer_encoding,
  upgrade,
  via,
  idempotency_key,
  proxy_authenticate,
  proxy_authorization,
  http2_settings,
  request_id,  ///< only of a field that we add: its name is the configuration's
};

/// `name` compared case-insensitively (RFC 9110 §5.1). Decides by length first; does not allocate.
FieldId field_id(std::string_view name) noexcept;

/// One field line. Views into the buffer that the head was read into; its owner outlives them.
struct Field {
  std::string_view name;   ///< as received, case kept
  std::string_view value;  ///< without leading and trailing white space
  FieldId id = FieldId::other;
};

/// In the order received, duplicates kept (Set-Cookie is never folded). Keeps its capacity between
/// uses.
using Fields = std::vector<Field>;

/// A request head (RFC 9112 §2) as views into one buffer.
struct RequestHead {
  std::string_view method;
  std::string_view target;  ///< byte for byte; never decoded or normalised
  Version version = Version::http11;
  Fields fields;

  void clear() {
    method = target = {};
    version = Version::http11;
    fields.clear();
  }
};

/// A response head; from HTTP/2 `reason` is empty and the field names are lower-case.
struct ResponseHead {
  std::uint16_t status = 0;
  Version version = Version::http11;
  std::string_view reason;
  Fields fields;
  /// Malformed where readers differ on its framing (ResponseHeadParser): its connection is not
  /// kept.
  bool faulty = false;
  std::string repaired = {};  ///< what `fields` refer to where they had to be written anew

  void clear() {
    status = 0;
    version = Version::http11;
    reason = {};
    fields.clear();
    faulty = false;
    repaired.clear();
  }
};

/// The value of the first field with this id, or nothing.
const Field* find(const Fields& fields, FieldId id) noexcept;
/// The first field of this name (case-insensitive), for names without an id.
const Field* find(const Fields& fields, std::string_view name) noexcept;

/// The values of all field lines with this id as one list (RFC 9110 §5.3), "" if there is none.
std::string combined(const Fields& fields, FieldId id);

/// ASCII case-insensitive comparison.
bool iequals(std::string_view a, std::string_view b) noexcept;

/// Whether the comma-separated list in `value` has `token` as a member (RFC 9110 §5.6.1).
bool list_contains(std::string_view value, std::string_view token) noexcept;

}  // namespace ccnproxy::http
