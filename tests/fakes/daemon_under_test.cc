#include "fakes/daemon_under_test.h"

#include <cstdlib>
#include <string_view>

#include "fakes/failure.h"

namespace ccnproxy::fakes {

const std::string& daemon_under_test() {
  static const std::string binary = [] {
    const char* named = std::getenv("CCNPROXY_BINARY");
    return std::string(named ? named : CCNPROXY_OF_THIS_BUILD);
  }();
  return binary;
}

Sanitizer daemons_sanitizer() {
  const char* named = std::getenv("CCNPROXY_SANITIZER");
  if (!named) return own_sanitizer;
  const std::string_view name = named;
  if (name == "address") return Sanitizer::address;
  if (name == "thread") return Sanitizer::thread;
  throw Failure("CCNPROXY_SANITIZER is \"" + std::string(name) + "\", not address or thread");
}

}  // namespace ccnproxy::fakes
