#include "ccnproxy/http/framing.h"
#include "ccnproxy/http/list.h"

#include "transfer_codings.h"

namespace ccnproxy::http {
namespace {

using Framing = boost::system::result<BodyFraming, FramingFailure>;
using Kind = BodyFraming::Kind;

// All Content-Length fields together: one value however often it stands there, or none that counts.
struct Lengths {
  bool present = false;
  bool valid = false;
  bool differ = false;
  std::uint64_t value = 0;
};

void add(Lengths& lengths, std::string_view text) noexcept {
  std::uint64_t value = 0;
  const bool first = !lengths.valid && !lengths.differ;
  if (!parse_content_length(text, value) || (!first && value != lengths.value)) {
    lengths.differ = true;
    lengths.valid = false;
    return;
  }
  lengths.valid = !lengths.differ;
  lengths.value = value;
}

struct Said {
  Lengths lengths;
  bool codes = false;  // a Transfer-Encoding is there
};

Said collect(const Fields& fields) noexcept {
  Said said;
  for (const Field& field : fields) {
    said.codes = said.codes || field.id == FieldId::transfer_encoding;
    if (field.id != FieldId::content_length) continue;
    said.lengths.present = true;
    std::string_view member;
    for (std::string_view rest = field.value; next_member(rest, member);) add(said.lengths, member);
  }
  return said;
}

FramingFailure refuse(std::string_view reason) { return {502, reason}; }

bool is_bodiless_status(std::uint16_t status) noexcept {
  return status < 200 || status == 204 || status == 304;
}

// Neither 1xx nor 204 may carry a length (RFC 9110 §8.6); HEAD and 304 tell that of the GET.
bool may_declare(std::uint16_t status) noexcept { return status >= 200 && status != 204; }

// Over at the empty line (RFC 9112 §6.3 rule 1). An origin that thinks otherwise sends a body,
// which must never be read as the next response.
BodyFraming without_body(std::uint16_t status, const Said& said) noexcept {
  const Lengths& lengths = said.lengths;
  BodyFraming framing;
  framing.faulty = said.codes || (lengths.present && !lengths.valid);
  if (!may_declare(status)) {
    framing.faulty = framing.faulty || lengths.value != 0;
  } else if (lengths.valid && !said.codes) {
    framing.declared = true;
    framing.declared_length = lengths.value;
  }
  return framing;
}

Framing by_length(const Lengths& lengths) {
  if (!lengths.present) return BodyFraming{.kind = Kind::until_close};
  if (!lengths.valid) {
    return refuse(lengths.differ ? "a Content-Length that is not one decimal number of at most 63 "
                                   "bits, or different ones"
                                 : "an empty Content-Length");
  }
  return BodyFraming{.kind = lengths.value == 0 ? Kind::none : Kind::length,
                     .length = lengths.value,
                     .declared = true,
                     .declared_length = lengths.value};
}

Framing by_codings(const ResponseHead& head, const Said& said) {
  const TransferCodings codings = read_transfer_codings(head.fields);
  if (codings.malformed > 0) return refuse("a Transfer-Encoding that is not a list of names");
  if (codings.chunked > 1) return refuse("chunked more than once in Transfer-Encoding");
  if (codings.chunked + codings.identity < codings.count) {
    return refuse("a transfer coding other than chunked");
  }
  Framing framing = BodyFraming{.kind = Kind::chunked};
  if (codings.chunked == 0) framing = by_length(said.lengths);
  if (!framing) return framing;
  framing->faulty = codings.count != 1 || codings.chunked != 1 || said.lengths.present ||
                    head.version == Version::http10;
  return framing;
}

}  // namespace

Framing response_framing(std::string_view request_method, const ResponseHead& head) {
  if (request_method == "CONNECT" && head.status / 100 == 2) return BodyFraming{};
  const Said said = collect(head.fields);
  if (request_method == "HEAD" || is_bodiless_status(head.status)) {
    return without_body(head.status, said);
  }
  return said.codes ? by_codings(head, said) : by_length(said.lengths);
}

}  // namespace ccnproxy::http
