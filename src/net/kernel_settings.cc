#include "ccnproxy/net/kernel_settings.h"

#include <fstream>

namespace ccnproxy {

std::optional<bool> slow_start_after_idle(const std::string& path) {
  std::ifstream file(path);
  int value = 0;
  if (!(file >> value)) return std::nullopt;
  return value != 0;
}

}  // namespace ccnproxy
