#include "ccnproxy/cli/check.h"

#include <ostream>

#include "ccnproxy/config/check_json.h"

namespace ccnproxy::cli {

int approve(const config::Invocation& invocation, std::ostream& out, std::ostream& errors) {
  const auto& file = invocation.config_file;
  if (invocation.json) {
    out << config::check_json(file, {}, invocation.warnings);
    return config::exit_ok;
  }
  for (auto warning : invocation.warnings) {
    warning.message = "warning: " + warning.message;
    errors << warning.to_string() << '\n';
  }
  out << (file.empty() ? "defaults" : file) << ": ok\n";
  return config::exit_ok;
}

}  // namespace ccnproxy::cli
