#include "ccnproxy/cli/reload_command.h"

#include <csignal>
#include <ctime>
#include <ostream>

#include "ccnproxy/cli/signalled_process.h"
#include "ccnproxy/config/command_line.h"

#include "admin_client.h"
#include "reload_report.h"

namespace ccnproxy::cli {
namespace {

constexpr auto answer_deadline = std::chrono::seconds(5);
/// Workers have ten seconds to adopt it, and large files take a while to read.
constexpr auto patience = std::chrono::seconds(30);
constexpr timespec pause_between{0, 20'000'000};

/// What the endpoint said, or why nothing came of it.
struct Heard {
  std::optional<ReloadReport> report = {};
  std::string fault = {};
  bool tells_nothing = false;  ///< there is none, or it is that of a version before this command
};

Heard ask(const std::optional<config::ListenAddress>& address) {
  if (!address) return {.fault = "admin.address is `none`", .tells_nothing = true};
  const auto answer = ask_admin(*address, "/reload", answer_deadline);
  if (!answer) return {.fault = answer.error().detail};
  const std::string endpoint = "the admin endpoint at " + address->to_string();
  if (answer->status == 404)
    return {.fault = endpoint + " is of a version that does not tell of reloads",
            .tells_nothing = true};
  if (answer->status == 200) {
    if (auto report = parse_reload_report(answer->body)) return {.report = std::move(report)};
  }
  return {.fault = endpoint + " answered " + std::to_string(answer->status) +
                   " and nothing of reloads: is it ccnproxy's?"};
}

std::string process_text(pid_t process) { return "process " + std::to_string(process); }

/// One run of the command.
class ReloadCommand {
 public:
  ReloadCommand(const config::Config& config, std::ostream& out, std::ostream& errors)
      : config_(config), out_(out), errors_(errors) {}

  int run(std::optional<pid_t> given);

 private:
  int ask_and_wait(const ReloadReport& before);
  int wait(const ReloadReport& before);
  int signal_only(pid_t process, const Heard& heard);
  int tell(const ReloadReport& now);
  int fail(const std::string& why);

  const config::Config& config_;
  std::ostream& out_;
  std::ostream& errors_;
};

int ReloadCommand::fail(const std::string& why) {
  errors_ << "ccnproxy reload: " << why << '\n';
  return config::exit_failure;
}

int ReloadCommand::run(std::optional<pid_t> given) {
  const auto heard = ask(config_.admin.address);
  if (!heard.report) {
    const auto process = given ? *given : read_pid_file(config_.pid_file);
    if (process > 0) return signal_only(process, heard);
    return fail(heard.fault +
                (config_.pid_file.empty()
                     ? std::string("; `pid_file` is not set")
                     : "; `pid_file` " + config_.pid_file + " has no process id") +
                "; --pid says which process it is");
  }
  const auto& before = *heard.report;
  if (given && *given != before.process)
    return fail("the admin endpoint at " + config_.admin.address->to_string() + " is that of " +
                process_text(before.process) + ", not of " + std::to_string(*given) +
                "; nothing was sent");
  return ask_and_wait(before);
}

/// Whether it is in force can't be known, which is a failure only where it should have been.
int ReloadCommand::signal_only(pid_t process, const Heard& heard) {
  if (const auto why = SignalledProcess(process).send(SIGHUP); !why.empty()) return fail(why);
  errors_ << "ccnproxy reload: " << heard.fault << "; " << process_text(process)
          << " was sent SIGHUP, and its log alone says whether the configuration is in force\n";
  return heard.tells_nothing ? config::exit_ok : config::exit_failure;
}

int ReloadCommand::ask_and_wait(const ReloadReport& before) {
  if (before.ending)
    return fail(process_text(before.process) + " is draining and takes no new configuration");
  if (const auto why = SignalledProcess(before.process).send(SIGHUP); !why.empty())
    return fail(why);
  return wait(before);
}

int ReloadCommand::wait(const ReloadReport& before) {
  const SignalledProcess process(before.process);
  const auto last = std::chrono::steady_clock::now() + patience;
  std::string fault;
  while (std::chrono::steady_clock::now() < last) {
    const auto heard = ask(config_.admin.address);
    const auto state = heard.report ? judge_reload(before, *heard.report) : ReloadState::waiting;
    if (state == ReloadState::in_force || state == ReloadState::refused) return tell(*heard.report);
    if (state == ReloadState::ending)
      return fail(process_text(before.process) + " began to drain before it read the file");
    if (process.has_ended())
      return fail(process_text(before.process) + " has ended; its log says why");
    fault = heard.report ? "" : " (" + heard.fault + ')';
    ::nanosleep(&pause_between, nullptr);
  }
  return fail(process_text(before.process) + " did not tell within 30 s what it makes of the " +
              "configuration; its log says more" + fault);
}

int ReloadCommand::tell(const ReloadReport& now) {
  for (const auto& line : now.faults) errors_ << line << '\n';
  if (!now.successful)
    return fail(process_text(now.process) + " does not go by this configuration");
  for (const auto& line : now.postponed) errors_ << "warning: " << line << '\n';
  out_ << "in force: " << process_text(now.process) << " goes by the configuration as it is now\n";
  return config::exit_ok;
}

}  // namespace

int ask_to_reload(const config::Config& config, std::optional<pid_t> process, std::ostream& out,
                  std::ostream& errors) {
  return ReloadCommand(config, out, errors).run(process);
}

}  // namespace ccnproxy::cli
