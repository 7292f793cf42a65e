#include "ccnproxy/observe/record_codec.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <type_traits>

namespace ccnproxy::observe {
namespace {

constexpr std::array<std::string_view AccessRecord::*, 19> strings = {
    &AccessRecord::client,          &AccessRecord::method,
    &AccessRecord::target,          &AccessRecord::host,
    &AccessRecord::origin,          &AccessRecord::protocol,
    &AccessRecord::address,         &AccessRecord::request_id,
    &AccessRecord::retry_proof,     &AccessRecord::error,
    &AccessRecord::error_side,      &AccessRecord::error_phase,
    &AccessRecord::error_detail,    &AccessRecord::found,
    &AccessRecord::hedge,           &AccessRecord::trace_id,
    &AccessRecord::span_id,         &AccessRecord::request_headers,
    &AccessRecord::response_headers};

struct Header {
  std::chrono::system_clock::time_point time;
  Timings timings;
  std::uint64_t bytes_in;
  std::uint64_t bytes_out;
  std::uint32_t retries;
  std::uint16_t status;
  bool reused;
  std::array<std::uint16_t, strings.size()> lengths;
};
static_assert(std::is_trivially_copyable_v<Header>);
static_assert(max_logged_string <= 0xffff);

std::string_view kept(std::string_view text) noexcept { return text.substr(0, max_logged_string); }

}  // namespace

std::size_t packed_size(const AccessRecord& record) noexcept {
  std::size_t size = sizeof(Header);
  for (const auto string : strings) size += kept(record.*string).size();
  return size;
}

void pack(const AccessRecord& record, std::byte* to) noexcept {
  Header header{record.time,    record.timings, record.bytes_in, record.bytes_out,
                record.retries, record.status,  record.reused,   {}};
  std::byte* end = to + sizeof header;
  for (std::size_t i = 0; i < strings.size(); ++i) {
    const std::string_view text = kept(record.*strings[i]);
    header.lengths[i] = static_cast<std::uint16_t>(text.size());
    if (!text.empty()) std::memcpy(end, text.data(), text.size());
    end += text.size();
  }
  std::memcpy(to, &header, sizeof header);
}

AccessRecord unpack(std::span<const std::byte> packed) noexcept {
  Header header;
  std::memcpy(&header, packed.data(), sizeof header);
  AccessRecord record;
  record.time = header.time;
  record.timings = header.timings;
  record.bytes_in = header.bytes_in;
  record.bytes_out = header.bytes_out;
  record.retries = header.retries;
  record.status = header.status;
  record.reused = header.reused;
  const char* text = reinterpret_cast<const char*>(packed.data() + sizeof header);
  for (std::size_t i = 0; i < strings.size(); ++i) {
    record.*strings[i] = std::string_view(text, header.lengths[i]);
    text += header.lengths[i];
  }
  return record;
}

}  // namespace ccnproxy::observe
