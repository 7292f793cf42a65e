#pragma once

#include <iosfwd>

#include "ccnproxy/config/command_line.h"

namespace ccnproxy::cli {

/// `ccnproxy check` of a configuration that was read without a mistake: says so on `out`, and its
/// warnings on `errors`, or all of it as JSON on `out`. Returns the exit code.
int approve(const config::Invocation& invocation, std::ostream& out, std::ostream& errors);

}  // namespace ccnproxy::cli
