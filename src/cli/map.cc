#include "ccnproxy/cli/map.h"

#include <ostream>

#include "ccnproxy/route/explain.h"
#include "ccnproxy/route/label_options.h"

namespace ccnproxy::cli {

int show_map(const config::Invocation& invocation, std::ostream& out) {
  const route::LabelTable table(route::label_options(invocation.config));
  bool refused = false;
  for (const auto& url : invocation.urls) {
    const auto explained = route::explain(table, invocation.config, url, invocation.json);
    out << explained.text << '\n';
    refused = refused || explained.refused;
  }
  return refused ? config::exit_failure : config::exit_ok;
}

}  // namespace ccnproxy::cli
