#include "ccnproxy/cli/status.h"

#include <ctime>
#include <ostream>

#include <signal.h>
#include <unistd.h>

#include "ccnproxy/cli/terminal.h"
#include "ccnproxy/config/command_line.h"

#include "admin_client.h"
#include "pool_table.h"

namespace ccnproxy::cli {
namespace {

constexpr auto answer_deadline = std::chrono::seconds(5);
constexpr timespec pause_between{1, 0};
/// Cursor to the top left. What stood there is drawn over and the rest erased afterwards, which
/// does not flicker.
constexpr std::string_view top_left = "\033[H";
constexpr std::string_view erase_line = "\033[K";
constexpr std::string_view erase_below = "\033[J";

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

struct Seen {
  std::string shown;
  bool failed = false;  ///< as StatusOptions::fail_on has it
};

Result<Seen> look(const config::ListenAddress& address, const StatusOptions& options) {
  auto body = fetch_from_admin(address, "/pools", answer_deadline);
  if (!body) return body.error();
  const bool failed = !options.fail_on.empty() && has_problem(*body, options.fail_on);
  if (options.json) return Seen{std::move(*body), failed};
  auto table = pool_table(*body, options.colour);
  if (!table) return table.error();
  return Seen{std::move(*table), failed};
}

/// Over what was drawn before, as much as the screen can hold.
std::string redrawn(const std::string& text) {
  std::string out(top_left);
  for (const char c : fit_to_screen(text, screen_of(STDOUT_FILENO))) {
    if (c == '\n') out += erase_line;
    out += c;
  }
  return out.append(erase_below);
}

int fail(const std::string& why, std::ostream& errors) {
  errors << "ccnproxy status: " << why << '\n';
  return config::exit_failure;
}

int watch(const config::ListenAddress& address, const StatusOptions& options,
          const std::string& first, std::ostream& out) {
  const Interruption interruption;
  const bool redraw = options.terminal && !options.json;
  const std::string between = options.terminal || options.json ? "" : "\n";
  out << (redraw ? redrawn(first) : first) << std::flush;
  while (out && !interruption.pause()) {
    const auto seen = look(address, options);
    const auto text = seen ? seen->shown : seen.error().detail + '\n';
    out << between << (redraw ? redrawn(text) : text) << std::flush;
  }
  return config::exit_ok;
}

}  // namespace

int show_status(const config::Config& config, const StatusOptions& options, std::ostream& out,
                std::ostream& errors) {
  const auto& address = config.admin.address;
  if (!address)
    return fail("admin.address is `none`: a daemon with this configuration shows nothing", errors);
  const auto seen = look(*address, options);
  if (!seen) return fail(seen.error().detail, errors);
  if (options.watch) return watch(*address, options, seen->shown, out);
  out << seen->shown << std::flush;
  return seen->failed ? config::exit_failure : config::exit_ok;
}

}  // namespace ccnproxy::cli
