#pragma once

namespace ccnproxy::fakes {

/// Whether a process's resident memory says what it holds: AddressSanitizer holds back what was
/// freed, ThreadSanitizer has shadows of its own.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool memory_is_honest = false;
#else
inline constexpr bool memory_is_honest = true;
#endif

}  // namespace ccnproxy::fakes
