#pragma once

namespace ccnproxy::fakes {

/// Whether a process works while it can open no descriptor: UndefinedBehaviorSanitizer, which is
/// built together with AddressSanitizer here, looks at objects' types through a pipe and reports a
/// fault where it gets none.
#if defined(__SANITIZE_ADDRESS__)
inline constexpr bool works_without_descriptors = false;
#else
inline constexpr bool works_without_descriptors = true;
#endif

}  // namespace ccnproxy::fakes
