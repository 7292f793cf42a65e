#include "ccnproxy/daemon/status.h"

#include <ctime>
#include <ostream>

#include <signal.h>

#include "ccnproxy/config/command_line.h"
#include "ccnproxy/daemon/admin_client.h"
#include "ccnproxy/daemon/pool_table.h"

namespace ccnproxy::daemon {
namespace {

constexpr auto answer_deadline = std::chrono::seconds(5);
constexpr timespec pause_between{1, 0};
/// Cursor to the top left, and all behind it gone.
constexpr const char* clear_screen = "\033[H\033[J";

/// SIGINT and SIGTERM wait to be taken by pause() instead of ending the process.
class Interruption {
 public:
  Interruption() {
    sigemptyset(&signals_);
    sigaddset(&signals_, SIGINT);
    sigaddset(&signals_, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals_, &before_);
  }
  Interruption(const Interruption&) = delete;
  Interruption& operator=(const Interruption&) = delete;
  ~Interruption() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

  /// Returns true if it was interrupted.
  bool pause() const { return sigtimedwait(&signals_, nullptr, &pause_between) > 0; }

 private:
  sigset_t signals_{};
  sigset_t before_{};
};

Result<std::string> look(const config::ListenAddress& address, bool json) {
  auto body = fetch_from_admin(address, "/pools", answer_deadline);
  if (!body || json) return body;
  return pool_table(*body);
}

int fail(const std::string& why, std::ostream& errors) {
  errors << "ccnproxy status: " << why << '\n';
  return config::exit_failure;
}

int watch(const config::ListenAddress& address, const StatusOptions& options,
          const std::string& first, std::ostream& out) {
  const Interruption interruption;
  const std::string before = options.terminal ? clear_screen : "";
  const std::string between = options.terminal || options.json ? "" : "\n";
  out << before << first << std::flush;
  while (out && !interruption.pause()) {
    const auto seen = look(address, options.json);
    out << between << before << (seen ? *seen : seen.error().detail + '\n') << std::flush;
  }
  return config::exit_ok;
}

}  // namespace

int show_status(const config::Config& config, const StatusOptions& options, std::ostream& out,
                std::ostream& errors) {
  const auto& address = config.admin.address;
  if (!address)
    return fail("admin.address is `none`: a daemon with this configuration shows nothing", errors);
  const auto seen = look(*address, options.json);
  if (!seen) return fail(seen.error().detail, errors);
  if (options.watch) return watch(*address, options, *seen, out);
  out << *seen << std::flush;
  return config::exit_ok;
}

}  // namespace ccnproxy::daemon
