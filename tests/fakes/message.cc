#include "fakes/message.h"

#include <algorithm>

namespace ccnproxy::fakes {

std::string Response::body_part(std::uint64_t offset, std::size_t size) const {
  const std::uint64_t left = body_size() - std::min(offset, body_size());
  size = static_cast<std::size_t>(std::min<std::uint64_t>(size, left));
  return pattern_size > 0 ? pattern(offset, size) : body.substr(offset, size);
}

}  // namespace ccnproxy::fakes
