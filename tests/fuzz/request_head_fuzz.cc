// Any bytes as a request head: the answer does not depend on how they were cut, every view lies in
// the input, and what was taken reads the same when it is written out again.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <string>
#include <string_view>

#include "ccnproxy/http/characters.h"
#include "ccnproxy/http/field_rules.h"
#include "ccnproxy/http/framing.h"
#include "ccnproxy/http/head_parser.h"

#include "cut_head.h"
#include "require.h"

namespace {

using namespace ccnproxy::http;
using namespace ccnproxy::fuzz;

constexpr HeadLimits limits{.head_bytes = 2048, .fields = 16, .target_bytes = 256};

bool lies_in(std::string_view whole, std::string_view part) {
  const std::less_equal<const char*> before;
  return before(whole.data(), part.data()) &&
         before(part.data() + part.size(), whole.data() + whole.size());
}

std::string write(const RequestHead& head) {
  std::string text;
  text.append(head.method).append(" ").append(head.target);
  text.append(head.version == Version::http10 ? " HTTP/1.0\r\n" : " HTTP/1.1\r\n");
  for (const Field& field : head.fields) {
    text.append(field.name).append(": ").append(field.value).append("\r\n");
  }
  return text.append("\r\n");
}

void check_parts(std::string_view input, const RequestHead& head) {
  require(is_token(head.method) && lies_in(input, head.method));
  require(!head.target.empty() && all(target_char, head.target) && lies_in(input, head.target));
  require(head.target.size() <= limits.target_bytes && head.fields.size() <= limits.fields);
  for (const Field& field : head.fields) {
    require(is_token(field.name) && lies_in(input, field.name));
    require(all(field_char, field.value) && lies_in(input, field.value));
    require(trim(field.value) == field.value && field.id == field_id(field.name));
  }
}

void check_written_again(const RequestHead& head) {
  const std::string text = write(head);
  RequestHead again;
  const ParseResult result = RequestHeadParser{}.parse(
      text, {.head_bytes = text.size(), .fields = 16, .target_bytes = 256}, again);
  require(result.status == ParseStatus::complete && result.consumed == text.size());
  require(write(again) == text);
}

void use(const RequestHead& head) {
  const auto framing = request_framing(head);
  require(framing || !framing.error().reason.empty());
  if (const auto host = request_host(head); host && !host->empty()) require(is_valid_host(*host));
  const HopByHop hop(head.fields);
  for (const Field& field : head.fields) {
    require(!(hop.drops(field) && field.id == FieldId::host));
  }
  is_persistent(head.version, head.fields);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  RequestHead head;
  const ParseResult whole = RequestHeadParser{}.parse(input, limits, head);
  for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, std::size_t{16}}) {
    const auto cut =
        parse_in_pieces<RequestHeadParser, RequestHead>(input.substr(0, 4096), piece, limits);
    require(is_same(cut, whole));
  }
  if (whole.status == ParseStatus::failed)
    require(whole.status_code >= 400 && !whole.reason.empty());
  if (whole.status != ParseStatus::complete) return 0;
  require(whole.consumed <= std::min(size, limits.head_bytes));
  check_parts(input, head);
  check_written_again(head);
  use(head);
  return 0;
}
