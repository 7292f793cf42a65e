// Any bytes as a response head: the answer does not depend on how they were cut, and what was taken
// reads the same when it has been written to a client.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "ccnproxy/http/characters.h"
#include "ccnproxy/http/field_rules.h"
#include "ccnproxy/http/framing.h"
#include "ccnproxy/http/head_parser.h"

#include "cut_head.h"
#include "fit_field.h"
#include "require.h"

namespace {

using namespace ccnproxy::http;
using namespace ccnproxy::fuzz;

constexpr HeadLimits limits{.head_bytes = 2048, .fields = 16, .target_bytes = 256};

void check_parts(const ResponseHead& head) {
  require(head.status >= 100 && head.status <= 999);
  require(all(field_char, head.reason) && head.fields.size() <= limits.fields);
  for (const Field& field : head.fields) {
    require(is_fit(field));
    require(trim(field.value) == field.value && field.id == field_id(field.name));
  }
}

std::string write(const ResponseHead& head) {
  std::string text = head.version == Version::http10 ? "HTTP/1.0 " : "HTTP/1.1 ";
  text.append(std::to_string(head.status)).append(" ").append(head.reason).append("\r\n");
  for (const Field& field : head.fields) {
    text.append(field.name).append(": ").append(field.value).append("\r\n");
  }
  return text.append("\r\n");
}

void check_written_again(const ResponseHead& head) {
  const std::string text = write(head);
  ResponseHead again;
  const ParseResult result = ResponseHeadParser{}.parse(
      text, {.head_bytes = text.size(), .fields = 16, .target_bytes = 256}, again);
  require(result.status == ParseStatus::complete && result.consumed == text.size());
  require(!again.faulty && write(again) == text);
}

void check_framing(const ResponseHead& head) {
  for (const std::string_view method : {std::string_view("GET"), std::string_view("HEAD")}) {
    const auto framing = response_framing(method, head);
    if (!framing) {
      require(framing.error().status_code == 502 && method != "HEAD");
      require(head.status >= 200 && head.status != 204 && head.status != 304);
      continue;
    }
    require(method != "HEAD" || framing->kind == BodyFraming::Kind::none);
    require((framing->kind == BodyFraming::Kind::length) == (framing->length != 0));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  ResponseHead head;
  const ParseResult whole = ResponseHeadParser{}.parse(input, limits, head);
  for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, std::size_t{16}}) {
    const auto cut =
        parse_in_pieces<ResponseHeadParser, ResponseHead>(input.substr(0, 4096), piece, limits);
    require(is_same(cut, whole));
  }
  if (whole.status == ParseStatus::failed) require(whole.status_code == 502);
  if (whole.status != ParseStatus::complete) return 0;
  check_parts(head);
  check_written_again(head);
  check_framing(head);
  return 0;
}
