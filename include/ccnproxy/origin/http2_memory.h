#pragma once

#include <nghttp2/nghttp2.h>

namespace ccnproxy::origin {

/// What nghttp2 allocates with. Each session holds a buffer for the largest frame and uses the
/// first hundred bytes of it, as long as no larger frame is sent: given pages of its own, an idle
/// connection costs one page of it and not five. Any thread.
nghttp2_mem* http2_memory() noexcept;

}  // namespace ccnproxy::origin
