#pragma once

#include <string>

#include "fakes/sanitizer.h"

namespace ccnproxy::fakes {

/// The program that the tests start: this build's, or the one that CCNPROXY_BINARY names. The tests
/// are compiled once so, and run against the sanitizers' daemons, too.
const std::string& daemon_under_test();

/// What it was built with, from CCNPROXY_SANITIZER ("address", "thread"); this build's own without.
/// Throws Failure for other values.
Sanitizer daemons_sanitizer();

}  // namespace ccnproxy::fakes
