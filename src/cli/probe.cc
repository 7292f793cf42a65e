#include "ccnproxy/cli/probe.h"

#include <ostream>

#include "ccnproxy/base/startup_error.h"
#include "ccnproxy/config/command_line.h"
#include "ccnproxy/daemon/worker_config.h"
#include "ccnproxy/route/explain.h"

#include "probe_report.h"

namespace ccnproxy::cli {
namespace {

bool is_printable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c <= '~'; });
}

using Tell = std::function<void(const std::string& name, const ProbeResult&, bool fresh)>;

void run(Prober& prober, std::uint32_t attempts, ProbeReport& report, const Tell& tell) {
  for (std::uint32_t i = 1; i <= attempts; ++i) {
    report.attempts.push_back(prober.connect());
    tell(std::to_string(i), report.attempts.back(), true);
    report.gave_up = i < attempts && report.failed_alike();
    if (report.gave_up) break;
  }
  report.warm = prober.repeat();
  if (report.warm) tell("warm", *report.warm, false);
}

/// The exit code.
int run_and_print(const daemon::WorkerConfig& worker_config, const route::Mapped& mapped,
                  const ProbeOptions& options, std::ostream& out) {
  const auto target = (mapped.prepend_slash ? "/" : "") + std::string(mapped.target);
  ProbeReport report{options.url, mapped.origin.to_string() + target, {}, {}, false};
  Prober prober(worker_config, mapped.origin, target);
  if (options.json) {
    run(prober, options.attempts, report, [](const auto&...) {});
    out << as_json(report);
  } else {
    out << text_head(report.to) << std::flush;
    run(prober, options.attempts, report, [&](const auto& name, const auto& result, bool fresh) {
      out << text_line(name, result, fresh, options.colour) << std::flush;
    });
    out << text_tail(report);
  }
  out.flush();
  return report.succeeded() ? config::exit_ok : config::exit_failure;
}

}  // namespace

int probe(const config::Config& config, const ProbeOptions& options, std::ostream& out,
          std::ostream& errors) {
  const auto fail = [&](std::string_view why) -> int {
    errors << "ccnproxy probe: " << why << '\n';
    return config::exit_failure;
  };
  const auto uri = route::with_scheme(options.url);
  if (!is_printable(uri)) return fail("a URL holds printable ASCII without spaces only");
  try {
    const daemon::WorkerConfig worker_config(config);
    const auto mapped =
        worker_config.labels().map({"HEAD", uri, "", route::listener_port(config, uri)});
    if (!mapped) return fail(options.url + ": " + mapped.error().reason);
    const auto decision = worker_config.origin_acl().judge(mapped->origin);
    if (!decision.allowed) return fail(options.url + ": " + decision.reason);
    return run_and_print(worker_config, *mapped, options, out);
  } catch (const StartupError& fault) {
    return fail(fault.what());
  }
}

}  // namespace ccnproxy::cli
