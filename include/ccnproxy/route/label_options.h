#pragma once

#include "ccnproxy/config/config.h"
#include "ccnproxy/route/label_table.h"

namespace ccnproxy::route {

/// What the label table needs of a loaded (that is, checked) configuration.
LabelTable::Options label_options(const config::Config& config);

}  // namespace ccnproxy::route
