#include <iostream>

#include <unistd.h>

#include "ccnproxy/config/check_json.h"
#include "ccnproxy/config/command_line.h"
#include "ccnproxy/daemon/daemon.h"
#include "ccnproxy/daemon/probe.h"
#include "ccnproxy/daemon/status.h"
#include "ccnproxy/daemon/terminal.h"
#include "ccnproxy/route/explain.h"
#include "ccnproxy/route/label_options.h"

using namespace ccnproxy;

namespace {

int explain(const config::Invocation& invocation) {
  const route::LabelTable table(route::label_options(invocation.config));
  for (const auto& url : invocation.urls)
    std::cout << route::explain(table, invocation.config, url, invocation.json) << '\n';
  return config::exit_ok;
}

int approve(const config::Invocation& invocation) {
  const auto& file = invocation.config_file;
  if (invocation.json)
    std::cout << config::check_json(file, {});
  else
    std::cout << (file.empty() ? "defaults" : file) << ": ok\n";
  return config::exit_ok;
}

int carry_out(config::Invocation invocation, std::function<config::Parsed()> reread) {
  const bool colour = daemon::wants_colour(STDOUT_FILENO);
  switch (invocation.command) {
    case config::Command::check:
      return approve(invocation);
    case config::Command::map:
      return explain(invocation);
    case config::Command::probe:
      return daemon::probe(invocation.config,
                           {invocation.urls.front(), invocation.attempts, invocation.json, colour},
                           std::cout, std::cerr);
    case config::Command::status:
      return daemon::show_status(
          invocation.config,
          {invocation.watch, invocation.json, isatty(STDOUT_FILENO) == 1, colour}, std::cout,
          std::cerr);
    case config::Command::serve:
      break;
  }
  return daemon::serve(std::move(invocation.config), std::move(reread));
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const auto read = [argc, argv] { return config::parse_command_line(argc, argv); };
    auto parsed = read();
    std::cout << parsed.output;
    std::cerr << parsed.errors;
    return parsed.invocation ? carry_out(std::move(*parsed.invocation), read) : parsed.exit_code;
  } catch (const std::exception& e) {
    std::cerr << "ccnproxy: " << e.what() << '\n';
    return config::exit_internal;
  }
}
