#pragma once

#include <iosfwd>

#include "ccnproxy/config/command_line.h"

namespace ccnproxy::cli {

/// `ccnproxy map`: prints to `out` what each URL would do, without sending anything. Returns the
/// exit code: a failure if one would be refused.
int show_map(const config::Invocation& invocation, std::ostream& out);

}  // namespace ccnproxy::cli
