#include <csignal>
#include <iostream>
#include <system_error>

#include <unistd.h>

#include "ccnproxy/cli/check.h"
#include "ccnproxy/cli/map.h"
#include "ccnproxy/cli/probe.h"
#include "ccnproxy/cli/reload_command.h"
#include "ccnproxy/cli/signalled_process.h"
#include "ccnproxy/cli/status.h"
#include "ccnproxy/cli/terminal.h"
#include "ccnproxy/config/command_line.h"
#include "ccnproxy/daemon/daemon.h"
#include "ccnproxy/daemon/environment_check.h"

using namespace ccnproxy;

namespace {

/// The configuration of the service, for commands without -f.
constexpr const char* usual_file = "/etc/ccnproxy/ccnproxy.yaml";

int carry_out(config::Invocation invocation, std::function<config::Parsed()> reread) {
  const bool colour = cli::wants_colour(STDOUT_FILENO);
  switch (invocation.command) {
    case config::Command::check:
      return cli::approve(invocation, std::cout, std::cerr);
    case config::Command::map:
      return cli::show_map(invocation, std::cout);
    case config::Command::probe:
      return cli::probe(invocation.config,
                        {invocation.urls.front(), invocation.attempts, invocation.json, colour},
                        std::cout, std::cerr);
    case config::Command::status:
      return cli::show_status(invocation.config,
                              {invocation.watch, invocation.json, isatty(STDOUT_FILENO) == 1,
                               colour, invocation.fail_on},
                              std::cout, std::cerr);
    case config::Command::reload:
      return cli::ask_to_reload(invocation.config, invocation.process, std::cout, std::cerr);
    case config::Command::serve:
      break;
  }
  return daemon::serve(std::move(invocation), std::move(reread));
}

/// Reads command line and configuration: for every command, and again for each reload. What one of
/// them refuses, all do.
config::Parsed read(int argc, char** argv) {
  return config::parse_command_line(argc, argv,
                                    {.usual_file = usual_file, .vet = daemon::find_unusable});
}

int run(int argc, char** argv) {
  auto parsed = read(argc, argv);
  std::cout << parsed.output;
  std::cerr << parsed.errors;
  if (parsed.process) cli::SignalledProcess(*parsed.process).send(SIGHUP);
  if (!parsed.invocation) return parsed.exit_code;
  return carry_out(std::move(*parsed.invocation), [argc, argv] { return read(argc, argv); });
}

int fail(std::string_view why) {
  std::cerr << "ccnproxy: " << why << '\n';
  return config::exit_internal;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::bad_alloc&) {
    return fail("out of memory");
  } catch (const std::system_error& e) {
    return fail("an operation of the system failed: " + e.code().message());
  } catch (const std::exception&) {
    return fail("an internal error; please report the command and its configuration");
  }
}
