#pragma once

#include <string>
#include <string_view>

#include "ccnproxy/config/config.h"
#include "ccnproxy/route/label_table.h"

namespace ccnproxy::route {

/// One line (without its end) for `ccnproxy map`: the origin and target that a GET of this URL
/// gets, by which protocols and override, or why it gets none. `json` makes it one JSON object.
/// Pure: what the answer says is what the daemon with this configuration does.
///
/// A URL without a scheme is taken for http://, as curl does.
std::string explain(const LabelTable& table, const config::Config& config, std::string_view url,
                    bool json);

}  // namespace ccnproxy::route
