#pragma once

#include "ccnproxy/config/config.h"
#include "ccnproxy/route/label_table.h"

namespace ccnproxy::route {

/// The label table's options, from a checked configuration.
LabelTable::Options label_options(const config::Config& config);

}  // namespace ccnproxy::route
