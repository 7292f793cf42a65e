#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "ccnproxy/config/config.h"
#include "ccnproxy/route/label_table.h"

namespace ccnproxy::route {

/// The result of `ccnproxy map` for one URL.
struct Explained {
  /// One line, without its end, where the daemon answers both forms alike or JSON is wanted; else
  /// one line for each form.
  std::string text;
  /// A request for this URL would be refused. A Host without a label is no refusal where the URL
  /// names its origin itself, unless it looks like a misspelt label.
  bool refused = false;
};

/// What the daemon does with a GET of this URL in both forms: with the URL's authority as Host, and
/// in absolute form, from a client that has the daemon as its proxy. The requests go through the
/// same parser, label table and rules as those of clients. Pure.
///
/// A URL without a scheme is taken for http://, as curl does. In JSON the absolute form is told at
/// the top level, the other in `by_host`.
Explained explain(const LabelTable& table, const config::Config& config, std::string_view url,
                  bool json);

/// The same URL with its scheme; http:// where it has none.
std::string with_scheme(std::string_view url);
/// The port of the listener that would take a request for this URI: the URI's port if a listener
/// has it, else 0. The meaning of a port in Host depends on it.
std::uint16_t listener_port(const config::Config& config, std::string_view uri);

}  // namespace ccnproxy::route
