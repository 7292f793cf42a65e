#include "ccnproxy/config/overrides.h"

#include "ccnproxy/config/host_pattern.h"

namespace ccnproxy::config {

const Override* find_override(const Config& config, std::string_view host,
                              std::uint16_t port) noexcept {
  for (const Override& entry : config.overrides) {
    const auto pattern = parse_host_pattern(entry.match);
    if (pattern && pattern->matches(host, port)) return &entry;
  }
  return nullptr;
}

}  // namespace ccnproxy::config
