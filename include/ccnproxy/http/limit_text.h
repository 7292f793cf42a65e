#pragma once

#include <string>

#include "ccnproxy/http/head_parser.h"

namespace ccnproxy::http {

/// Why a head was refused, with the key and the value of the limit if it was refused for one. Of a
/// request 414 and 431 say so, of a response ParseResult::over_limit.
std::string reason_text(const ParseResult& failed, const HeadLimits& limits);

}  // namespace ccnproxy::http
