#include "ccnproxy/daemon/probe.h"

#include <ostream>

#include "ccnproxy/config/command_line.h"
#include "ccnproxy/config/host_name.h"
#include "ccnproxy/daemon/probe_report.h"
#include "ccnproxy/daemon/shared.h"

namespace ccnproxy::daemon {
namespace {

std::string with_scheme(const std::string& url) {
  const auto end = url.find("://");
  const bool has_one = end != url.npos && url.find_first_of("/?#") == end + 1;
  return has_one ? url : "http://" + url;
}

/// The listener that would take a request for this URI: the one whose port it names, if there is
/// one. What such a port means depends on it (INTERFACE.md §1).
std::uint16_t listener_port(const config::Config& config, std::string_view uri) {
  const auto rest = uri.substr(uri.find("://") + 3);
  const auto parts = config::split_host_port(rest.substr(0, rest.find_first_of("/?#")));
  if (!parts || parts->port == 0) return 0;
  const bool ours = std::any_of(config.listeners.begin(), config.listeners.end(),
                                [&](const auto& listener) { return listener.port == parts->port; });
  return ours ? parts->port : 0;
}

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
int run_and_print(const Shared& shared, const route::Mapped& mapped, const ProbeOptions& options,
                  std::ostream& out) {
  const auto target = (mapped.prepend_slash ? "/" : "") + std::string(mapped.target);
  ProbeReport report{options.url, mapped.origin.to_string() + target, {}, {}, false};
  Prober prober(shared, mapped.origin, target);
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
  const auto uri = with_scheme(options.url);
  if (!is_printable(uri)) return fail("a URL holds printable ASCII without spaces only");
  try {
    const Shared shared(config);
    const auto mapped = shared.labels().map({"HEAD", uri, "", listener_port(config, uri)});
    if (!mapped) return fail(options.url + ": " + mapped.error().reason);
    const auto decision = shared.origin_access().judge(mapped->origin);
    if (!decision.allowed) return fail(options.url + ": " + decision.reason);
    return run_and_print(shared, *mapped, options, out);
  } catch (const std::exception& e) {
    return fail(e.what());
  }
}

}  // namespace ccnproxy::daemon
