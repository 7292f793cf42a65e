#include "ccnproxy/proxy/output_steps.h"

namespace ccnproxy::proxy {

void OutputStep::clear() noexcept {
  front.clear();
  body.clear();
  back.clear();
  body_bytes = 0;
}

bool OutputStep::is_worth_keeping() const noexcept {
  constexpr std::size_t most_bytes = 8192;
  return front.capacity() + back.capacity() + body.capacity() * sizeof(std::string_view) <=
         most_bytes;
}

}  // namespace ccnproxy::proxy
