#pragma once

namespace ccnproxy::fakes {

/// What a program was built with; UndefinedBehaviorSanitizer comes together with AddressSanitizer
/// here.
enum class Sanitizer { none, address, thread };

/// This program's own.
#if defined(__SANITIZE_ADDRESS__)
inline constexpr Sanitizer own_sanitizer = Sanitizer::address;
#elif defined(__SANITIZE_THREAD__)
inline constexpr Sanitizer own_sanitizer = Sanitizer::thread;
#else
inline constexpr Sanitizer own_sanitizer = Sanitizer::none;
#endif

/// Whether a process's resident memory says what it holds: AddressSanitizer holds back what was
/// freed, ThreadSanitizer has shadows of its own.
constexpr bool memory_is_honest(Sanitizer sanitizer) { return sanitizer == Sanitizer::none; }

/// Whether a process works while it can open no descriptor: UndefinedBehaviorSanitizer looks at
/// objects' types through a pipe and reports a fault where it gets none.
constexpr bool works_without_descriptors(Sanitizer sanitizer) {
  return sanitizer != Sanitizer::address;
}

}  // namespace ccnproxy::fakes
