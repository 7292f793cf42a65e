#pragma once

#include <cstddef>
#include <span>

#include "ccnproxy/observe/access_record.h"

namespace ccnproxy::observe {

/// No string of a record is kept longer than this, whatever a peer sends: the default of
/// `limits.target_bytes`, so that only what is refused is cut.
inline constexpr std::size_t max_logged_string = std::size_t{16} * 1024;

/// Bytes that pack() writes for this record.
std::size_t packed_size(const AccessRecord& record) noexcept;
/// Copies the record's numbers and the bytes of its strings to `to`, for another thread of this
/// process.
void pack(const AccessRecord& record, std::byte* to) noexcept;
/// What pack() wrote; its views point into `packed`.
AccessRecord unpack(std::span<const std::byte> packed) noexcept;

}  // namespace ccnproxy::observe
