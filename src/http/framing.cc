#include "ccnproxy/http/framing.h"

#include <limits>
#include <stdexcept>
#include <string>

#include "ccnproxy/http/characters.h"
#include "ccnproxy/http/field_rules.h"
#include "ccnproxy/http/list.h"

#include "transfer_codings.h"

namespace ccnproxy::http {
namespace {

using Framing = boost::system::result<BodyFraming, FramingFailure>;

FramingFailure refuse(std::string_view reason) { return {400, reason}; }

// The fields that frame a message, and how often each stands in it.
struct FramingFields {
  const Field* length = nullptr;
  const Field* coding = nullptr;
  bool repeated_length = false;
  bool repeated_coding = false;
};

FramingFields collect(const Fields& fields) noexcept {
  FramingFields found;
  for (const Field& field : fields) {
    if (field.id == FieldId::content_length) {
      found.repeated_length = found.length != nullptr;
      found.length = &field;
    } else if (field.id == FieldId::transfer_encoding) {
      found.repeated_coding = found.coding != nullptr;
      found.coding = &field;
    }
    if (found.repeated_length) break;
  }
  return found;
}

// What Transfer-Encoding fields that are not simply one `chunked` say (RFC 9112 §6.1): 501 only
// where the list is well-formed, ends in chunked and names a coding before it that we don't speak.
Framing listed_codings(const Fields& fields, bool repeated) {
  const TransferCodings codings = read_transfer_codings(fields);
  if (codings.count == 0) return refuse("an empty Transfer-Encoding");
  if (codings.malformed > 0) return refuse("a Transfer-Encoding that is not a list of names");
  if (codings.chunked > 1) return refuse("chunked more than once in Transfer-Encoding");
  if (!codings.chunked_is_last) return refuse("chunked is not the last transfer coding");
  if (codings.count == 1) return BodyFraming{.kind = BodyFraming::Kind::chunked};
  if (repeated) return refuse("more than one Transfer-Encoding");
  return FramingFailure{501, "a transfer coding other than chunked"};
}

Framing chunked_framing(const RequestHead& head, const FramingFields& found) {
  if (found.length != nullptr) return refuse("both Content-Length and Transfer-Encoding");
  if (head.version == Version::http10) return refuse("Transfer-Encoding in HTTP/1.0");
  if (!found.repeated_coding && iequals(found.coding->value, "chunked")) {
    return BodyFraming{.kind = BodyFraming::Kind::chunked};
  }
  return listed_codings(head.fields, found.repeated_coding);
}

Framing length_framing(const FramingFields& found) {
  if (found.repeated_length) return refuse("more than one Content-Length");
  std::uint64_t length = 0;
  if (!parse_content_length(found.length->value, length)) {
    return refuse("a Content-Length that is not one decimal number of at most 63 bits");
  }
  const auto kind = length == 0 ? BodyFraming::Kind::none : BodyFraming::Kind::length;
  return BodyFraming{.kind = kind, .length = length, .declared = true, .declared_length = length};
}

}  // namespace

TransferCodings read_transfer_codings(const Fields& fields) noexcept {
  TransferCodings codings;
  for (const Field& field : fields) {
    if (field.id != FieldId::transfer_encoding) continue;
    std::string_view member;
    for (std::string_view rest = field.value; next_element(rest, member); ++codings.count) {
      codings.chunked_is_last = iequals(member, "chunked");
      codings.chunked += codings.chunked_is_last ? 1 : 0;
      codings.identity += iequals(member, "identity") ? 1 : 0;
      codings.malformed += is_token(member) ? 0 : 1;
    }
  }
  return codings;
}

Framing request_framing(const RequestHead& head) {
  const FramingFields found = collect(head.fields);
  if (found.coding != nullptr) return chunked_framing(head, found);
  if (found.length != nullptr) return length_framing(found);
  return BodyFraming{};
}

boost::system::result<std::string_view, FramingFailure> request_host(const RequestHead& head) {
  const Field* host = nullptr;
  for (const Field& field : head.fields) {
    if (field.id != FieldId::host) continue;
    if (host != nullptr) return refuse("more than one Host");
    host = &field;
  }
  if (host == nullptr) {
    if (head.version == Version::http10) return std::string_view{};
    return refuse("no Host in an HTTP/1.1 request");
  }
  if (!is_valid_host(host->value))
    return refuse("a Host that is not a host name with an optional port");
  return host->value;
}

bool parse_content_length(std::string_view text, std::uint64_t& value) noexcept {
  if (text.empty()) return false;
  std::uint64_t sum = 0;
  for (const char c : text) {
    if (!is(digit_char, c)) return false;
    const auto digit = static_cast<std::uint64_t>(c - '0');
    // 63 bits, so that a reader with signed numbers reads the same.
    constexpr auto most = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    if (sum > (most - digit) / 10) return false;
    sum = sum * 10 + digit;
  }
  value = sum;
  return true;
}

bool is_persistent(Version version, const Fields& fields) noexcept {
  bool keep_alive = version == Version::http11;
  for (const Field& field : fields) {
    if (field.id != FieldId::connection) continue;
    if (list_contains(field.value, "close")) return false;
    keep_alive = keep_alive || list_contains(field.value, "keep-alive");
  }
  return keep_alive;
}

void throw_exception_from_error(const FramingFailure& failure, const boost::source_location&) {
  throw std::logic_error("the framing was taken without looking: " + std::string(failure.reason));
}

}  // namespace ccnproxy::http
