// `ccnproxy status` as a person at a shell meets it. In most tests the admin endpoint is scripted.
#include <csignal>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fakes/daemon_under_test.h"
#include "fakes/temp_dir.h"
#include "integration/proxy_fixture.h"
#include "integration/shell.h"

namespace ccnproxy::integration {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr const char* pools =
    R"({"origins":[{"origin":"https://api.test","protocol":"h2","wanted":1}]})"
    "\n";

OriginOptions plain() {
  OriginOptions options;
  options.tls = false;
  return options;
}

class StatusCommand : public ::testing::Test {
 protected:
  std::vector<std::string> command(const std::string& admin, const std::string& flag = "") {
    const std::string yaml = "admin: {address: \"" + admin + "\"}\n";
    std::vector<std::string> all{"status", "-f", folder_.write("c.yaml", yaml)};
    if (!flag.empty()) all.push_back(flag);
    return all;
  }

  TempDir folder_;
  std::string pools_ = pools;
  Service service_{[this](const Request& request) {
    return request.target == "/pools" ? Response{.body = pools_} : Response{.status = 404};
  }};
  ScriptedOrigin admin_{plain(), service_};
};

TEST_F(StatusCommand, shows_the_pools_as_a_table) {
  const Outcome outcome = run(command(admin_.endpoint()));
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, StartsWith("1 origin, 0 open connections\n"));
  EXPECT_THAT(outcome.out, HasSubstr("\nhttps://api.test  -            -  h2  "));
  EXPECT_THAT(outcome.out, ::testing::Not(HasSubstr("\033")));
}

TEST_F(StatusCommand, fails_on_the_state_that_it_is_told) {
  pools_ = R"({"origins":[],"verdict":"1 of 1 origin failing: https://api.test (x).",
               "problems":[{"origin":"https://api.test","health":"failing","reason":"x"}]})";
  for (const auto& [state, code] : {std::pair("degraded", 1), {"failing", 1}, {"unreachable", 0}}) {
    auto words = command(admin_.endpoint(), "--fail-on");
    words.push_back(state);
    const Outcome outcome = run(words);
    EXPECT_EQ(outcome.code, code) << state << outcome.err;
    EXPECT_THAT(outcome.out, StartsWith("1 of 1 origin failing: https://api.test (x).\n"));
  }
  auto words = command(admin_.endpoint(), "--fail-on");
  words.push_back("broken");
  EXPECT_EQ(run(words).code, 2);
}

TEST_F(StatusCommand, json_is_what_the_daemon_said) {
  const Outcome outcome = run(command(admin_.endpoint(), "--json"));
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(outcome.out, pools);
}

TEST_F(StatusCommand, a_daemon_that_is_not_there_ends_with_1) {
  admin_.stop_listening();
  for (const std::string flag : {"", "--json", "--watch"}) {
    const Outcome outcome = run(command(admin_.endpoint(), flag));
    EXPECT_EQ(outcome.code, 1);
    EXPECT_THAT(outcome.err, StartsWith("ccnproxy status: no daemon has its admin endpoint at " +
                                        admin_.endpoint()));
    EXPECT_EQ(outcome.out, "");
  }
}

TEST_F(StatusCommand, a_daemon_without_the_endpoint_ends_with_1) {
  const Outcome outcome = run(command("none"));
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.err, HasSubstr("admin.address is `none`"));
}

TEST_F(StatusCommand, shows_the_pools_of_a_real_daemon) {
  Service service(standard_answers);
  OriginAndProxy both(speaking({"h2"}), service, one_worker().with_admin());
  EXPECT_EQ(both.proxy.get().status, 200);
  const Outcome outcome = run(command(both.proxy.daemon.admin_address()));
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr(": 1 origin, none with a problem.\n"
                                     "1 origin, 1 open connection; 0.0% of 1 request found"));
  EXPECT_THAT(outcome.out, HasSubstr("\nhttps://api.test  healthy      0%  h2 "));
}

/// What a command says to a terminal: script(1) gives it one.
std::string on_a_terminal(const std::vector<std::string>& arguments, const std::string& before) {
  std::string command = before + " TERM=xterm " + fakes::daemon_under_test();
  for (const auto& argument : arguments) command += ' ' + argument;
  ChildOptions options;
  options.program = "/usr/bin/script";
  options.arguments = {"-qec", command, "/dev/null"};
  ChildProcess child(options);
  child.wait_for_exit();
  std::string out;
  for (const auto& line : child.wait_for_out_lines(1)) out += line + '\n';
  return out;
}

TEST_F(StatusCommand, colour_is_for_terminals_that_want_it) {
  const auto arguments = command(admin_.endpoint());
  EXPECT_THAT(on_a_terminal(arguments, "env -u NO_COLOR"), HasSubstr("\033[1mORIGIN\033[0m"));
  EXPECT_THAT(on_a_terminal(arguments, "env NO_COLOR=1"), ::testing::Not(HasSubstr("\033")));
  EXPECT_THAT(on_a_terminal(command(admin_.endpoint(), "--json"), "env -u NO_COLOR"),
              StartsWith(R"({"origins":)"));
}

TEST_F(StatusCommand, watching_on_a_terminal_draws_over_what_was_there) {
  ChildOptions options;
  options.program = "/usr/bin/script";
  std::string line = "stty rows 24 columns 30; exec " + fakes::daemon_under_test();
  for (const auto& argument : command(admin_.endpoint(), "--watch")) line += ' ' + argument;
  options.arguments = {"-qec", line, "/dev/null"};
  ChildProcess child(options);
  std::size_t drawn = 0;
  for (std::size_t count = 1; drawn < 3; ++count) {
    const auto seen = child.wait_for_out_lines(count)[count - 1];
    if (seen.find("\033[H1 origin, ") != std::string::npos) ++drawn;
    EXPECT_LE(seen.size(), 30 + 40U) << "cut to the screen but for colours: " << seen;
  }
  child.signal(SIGTERM);
  child.wait_for_exit();
}

TEST_F(StatusCommand, watching_goes_on_while_the_daemon_is_away_and_ends_with_a_signal) {
  ChildOptions options;
  options.program = fakes::daemon_under_test();
  options.arguments = command(admin_.endpoint(), "--watch");
  ChildProcess child(options);
  const auto wait_for_line = [&](const std::string& start, std::size_t from) {
    for (std::size_t count = from + 1;; ++count) {
      const auto lines = child.wait_for_out_lines(count);
      if (lines[count - 1].starts_with(start)) return count;
    }
  };
  auto seen = wait_for_line("1 origin, ", 0);
  seen = wait_for_line("1 origin, ", seen);
  admin_.stop_listening();
  seen = wait_for_line("no daemon has its admin endpoint", seen);
  admin_.listen_again();
  wait_for_line("1 origin, ", seen);
  child.signal(SIGINT);
  EXPECT_EQ(child.wait_for_exit(), 0);
}

}  // namespace
}  // namespace ccnproxy::integration
