#include "ccnproxy/config/command_line.h"

#include <gtest/gtest.h>

#include "temporary_folder.h"

namespace ccnproxy::config {
namespace {

Parsed parse(std::vector<const char*> args) {
  args.insert(args.begin(), "ccnproxy");
  return parse_command_line(static_cast<int>(args.size()), args.data());
}

Invocation invocation(std::vector<const char*> args) {
  const Parsed parsed = parse(std::move(args));
  EXPECT_EQ(parsed.exit_code, exit_ok) << parsed.errors;
  EXPECT_EQ(parsed.output + parsed.errors, "");
  return parsed.invocation.value_or(Invocation{});
}

TEST(CommandLine, nothing_serves_the_defaults) {
  const auto run = invocation({});
  EXPECT_EQ(run.command, Command::serve);
  EXPECT_EQ(run.config, Config{});
  EXPECT_EQ(run.config_file, "");
}

TEST(CommandLine, flags_of_serve_work_without_its_name) {
  for (const bool named : {false, true}) {
    std::vector<const char*> args = {"-l",        "0.0.0.0", "-p",          "3100",
                                     "--workers", "2",       "--log-level", "debug"};
    if (named) args.insert(args.begin(), "serve");
    const auto run = invocation(args);
    EXPECT_EQ(run.config.listeners, (std::vector<ListenAddress>{{"0.0.0.0", 3100, ""}}));
    EXPECT_EQ(run.config.workers, 2u);
    EXPECT_EQ(run.config.log.level, "debug");
  }
  EXPECT_EQ(invocation({"-p", "3100", "serve"}).config.listeners[0].port, 3100);
}

TEST(CommandLine, a_listener_flag_replaces_those_of_the_file) {
  const testing_files::TemporaryFolder folder;
  const std::string file = folder.write(
      "c.yaml", "listeners: [{address: 127.0.0.1:1}, {address: 127.0.0.1:2}]\nworkers: 3\n");
  const auto run = invocation({"-f", file.c_str(), "-p", "0"});
  EXPECT_EQ(run.config.listeners, (std::vector<ListenAddress>{{"127.0.0.1", 0, ""}}));
  EXPECT_EQ(run.config.workers, 3u);
  EXPECT_EQ(run.config_file, file);
  EXPECT_EQ(invocation({"--config", file.c_str()}).config.listeners.size(), 2u);
  EXPECT_EQ(invocation({"-f", file.c_str(), "--workers", "auto"}).config.workers, 0u);
}

TEST(CommandLine, chocons_flags_mean_what_they_meant) {
  const auto run = invocation({"-c",
                               "5",
                               "--max-conns-per-host",
                               "7",
                               "--read-timeout",
                               "11",
                               "--write-timeout",
                               "12",
                               "--proxy-read-timeout",
                               "13",
                               "--shutdown-timeout",
                               "14m",
                               "--access-log-dir",
                               "none",
                               "--access-log-rotate",
                               "15",
                               "--access-log-rotate-time",
                               "16",
                               "--pid-file",
                               "/run/x.pid",
                               "--upstream",
                               "http://App.internal:8080/",
                               "--stsize",
                               "1000",
                               "--spfactor",
                               "3"});
  Config expected;
  expected.pool.max_idle = 5;
  expected.pool.max_connections = 7;
  expected.timeouts.client_head = std::chrono::seconds(11);
  expected.timeouts.client_write = std::chrono::seconds(12);
  expected.timeouts.response_head = std::chrono::seconds(13);
  expected.timeouts.drain = std::chrono::minutes(14);
  expected.log.access.to = "none";
  expected.log.access.keep = 15;
  expected.log.access.rotate_every = std::chrono::minutes(16);
  expected.pid_file = "/run/x.pid";
  expected.upstream = "http://app.internal:8080";
  EXPECT_EQ(run.config, expected);
}

TEST(CommandLine, listen_addresses) {
  EXPECT_EQ(invocation({"-l", "::1"}).config.listeners[0].to_string(), "[::1]:3000");
  EXPECT_EQ(invocation({"-l", "[::1]", "-p", "1"}).config.listeners[0].to_string(), "[::1]:1");
  EXPECT_EQ(invocation({"-l", "unix:/run/x"}).config.listeners[0].to_string(), "unix:/run/x");
}

TEST(CommandLine, usage_mistakes_end_with_2) {
  const std::vector<std::vector<const char*>> rows = {
      {"--nope"},
      {"nope"},
      {"-p", "x"},
      {"-p", "65536"},
      {"-p"},
      {"-l", "localhost"},
      {"-l", "1.2.3.4:5"},
      {"--workers", "0"},
      {"--workers", "257"},
      {"--log-level", "loud"},
      {"--upstream", "app.internal"},
      {"--upstream", "http://app.internal/path"},
      {"--upstream", "http://127.0.0.1"},
      {"map"},
      {"check", "-p", "1"},
      {"-p", "1", "check"},
      {"--workers", "2", "map", "a"},
      {"check", "x", "-f", "y"},
      {"serve", "check"},
      {"-l", "unix:/run/x", "-p", "1"},
      {"-l", "unix:x"},
      {"probe"},
      {"probe", "a", "b"},
      {"probe", "a", "-n", "0"},
      {"probe", "a", "-n", "1001"},
      {"probe", "a", "-n", "x"},
      {"probe", "a", "--watch"},
      {"-p", "1", "probe", "a"},
      {"status", "x"},
      {"status", "-n", "2"},
      {"--log-level", "info", "status"},
      {"reload", "x"},
      {"--pid", "1"},
  };
  for (const auto& row : rows) {
    const Parsed parsed = parse(row);
    EXPECT_EQ(parsed.exit_code, exit_usage) << row[0];
    EXPECT_FALSE(parsed.invocation) << row[0];
    EXPECT_NE(parsed.errors, "") << row[0];
    EXPECT_EQ(parsed.output, "") << row[0];
  }
  EXPECT_EQ(parse({"--workers", "x"})
                .errors.find("--workers: `workers` must be `auto` or a number from 1 to 256"),
            0u);
}

TEST(CommandLine, configuration_mistakes_end_with_1_one_a_line) {
  const testing_files::TemporaryFolder folder;
  const std::string file = folder.write("c.yaml", "workers: x\nnope: 1\n");
  for (const char* command : {"serve", "check"}) {
    const Parsed parsed = parse({command, "-f", file.c_str()});
    EXPECT_EQ(parsed.exit_code, exit_configuration);
    EXPECT_FALSE(parsed.invocation);
    EXPECT_EQ(parsed.errors,
              file + ":1:10: `workers` must be `auto` or a number from 1 to 256, not `x`\n" + file +
                  ":2:1: unknown key `nope`\n");
  }
  EXPECT_EQ(parse({"check", "-f", "/no/such/file"}).errors,
            "/no/such/file:1:1: can't be opened: No such file or directory\n");
}

TEST(CommandLine, check_and_map) {
  EXPECT_EQ(invocation({"check"}).command, Command::check);
  const auto run = invocation({"map", "--json", "http://a.ccnproxy/", "b.ccnproxy-https"});
  EXPECT_EQ(run.command, Command::map);
  EXPECT_TRUE(run.json);
  EXPECT_EQ(run.urls, (std::vector<std::string>{"http://a.ccnproxy/", "b.ccnproxy-https"}));
}

TEST(CommandLine, check_takes_its_file_without_a_flag_too) {
  const testing_files::TemporaryFolder folder;
  const std::string file = folder.write("c.yaml", "workers: 3\n");
  const auto run = invocation({"check", file.c_str()});
  EXPECT_EQ(run.config_file, file);
  EXPECT_EQ(run.config.workers, 3u);
}

/// What is said of a command line, in its first line.
std::string complaint(std::vector<const char*> args) {
  const auto errors = parse(std::move(args)).errors;
  return errors.substr(0, errors.find('\n'));
}

TEST(CommandLine, a_flag_or_command_that_is_unknown_has_the_nearest_one_named) {
  EXPECT_EQ(complaint({"--confg", "x"}), "unknown flag `--confg`; did you mean `--config`?");
  EXPECT_EQ(complaint({"--log-lvel=x"}), "unknown flag `--log-lvel`; did you mean `--log-level`?");
  EXPECT_EQ(complaint({"status", "--whatch"}), "unknown flag `--whatch`; did you mean `--watch`?");
  EXPECT_EQ(complaint({"--zzzzzzzz"}), "unknown flag `--zzzzzzzz`");
  EXPECT_EQ(complaint({"-z"}), "unknown flag `-z`");
  EXPECT_EQ(complaint({"chek"}), "unknown command `chek`; did you mean `check`?");
  EXPECT_EQ(complaint({"frobnicate"}), "unknown command `frobnicate`");
  EXPECT_EQ(complaint({"check", "-p", "80"}), "`-p` is no flag of check; it belongs to serve");
  EXPECT_EQ(complaint({"serve", "--watch"}), "`--watch` is no flag of serve; it belongs to status");
  EXPECT_EQ(complaint({"serve", "c.yaml"}),
            "unexpected argument `c.yaml`; a configuration file is given by -f");
  EXPECT_EQ(complaint({"status", "x"}), "unexpected argument `x` of status");
}

TEST(CommandLine, F137_no_message_of_the_library_reaches_anybody) {
  EXPECT_EQ(complaint({"-p"}), "--port needs a value");
  EXPECT_EQ(complaint({"-f", "a", "-f", "b"}), "--config is given more than once");
  EXPECT_EQ(complaint({"map"}).find("map needs a URL"), 0u);
  EXPECT_EQ(complaint({"probe"}).find("probe needs a URL"), 0u);
  EXPECT_EQ(complaint({"probe", "a", "-n", "x"}),
            "--attempts: must be a number from 1 to 1000, not `x`");
  EXPECT_EQ(complaint({"probe", "a", "-n", "99999999999999999999999"}),
            "--attempts: must be a number from 1 to 1000, not `99999999999999999999999`");
  EXPECT_EQ(complaint({"check", "--json=x"}), "--json can't be given like this");
}

TEST(CommandLine, the_usual_file_is_read_where_it_is_there_and_named) {
  const testing_files::TemporaryFolder folder;
  const std::string file = folder.write("usual.yaml", "workers: 3\n");
  for (const char* command : {"check", "status"}) {
    const char* args[] = {"ccnproxy", command};
    const auto parsed = parse_command_line(2, args, {.usual_file = file});
    ASSERT_TRUE(parsed.invocation) << parsed.errors;
    EXPECT_EQ(parsed.invocation->config.workers, 3u);
    EXPECT_EQ(parsed.invocation->config_file, file);
    EXPECT_EQ(parsed.output, "");
    EXPECT_EQ(parsed.errors, "ccnproxy: using " + file + " (no -f given)\n");
    const auto none = parse_command_line(2, args, {.usual_file = folder.path() + "/none.yaml"});
    ASSERT_TRUE(none.invocation) << none.errors;
    EXPECT_EQ(none.invocation->config_file, "");
    EXPECT_EQ(none.errors, "");
  }
  const char* named[] = {"ccnproxy", "check", "-f", "/dev/null"};
  const auto parsed = parse_command_line(4, named, {.usual_file = file});
  EXPECT_EQ(parsed.invocation.value().config, Config{});
  EXPECT_EQ(parsed.errors, "");
}

TEST(CommandLine, a_usual_file_with_mistakes_is_not_passed_over) {
  const testing_files::TemporaryFolder folder;
  const std::string file = folder.write("usual.yaml", "nope: 1\n");
  const char* args[] = {"ccnproxy", "map", "a"};
  const auto parsed = parse_command_line(3, args, {.usual_file = file});
  EXPECT_EQ(parsed.exit_code, exit_configuration);
  EXPECT_EQ(parsed.errors,
            "ccnproxy: using " + file + " (no -f given)\n" + file + ":1:1: unknown key `nope`\n");
}

TEST(CommandLine, serve_does_not_read_the_usual_file_and_says_so) {
  const testing_files::TemporaryFolder folder;
  const std::string file = folder.write("usual.yaml", "workers: 3\n");
  const char* args[] = {"ccnproxy", "-p", "3100"};
  const auto parsed = parse_command_line(3, args, {.usual_file = file});
  ASSERT_TRUE(parsed.invocation) << parsed.errors;
  EXPECT_EQ(parsed.invocation->config.workers, 0u);
  EXPECT_EQ(parsed.invocation->config_file, "");
  EXPECT_EQ(parsed.errors,
            "ccnproxy: using the defaults and flags (no -f given); " + file + " is not read\n");
}

TEST(CommandLine, F135_what_is_found_wrong_with_the_surroundings_is_told_like_any_mistake) {
  const testing_files::TemporaryFolder folder;
  const std::string file = folder.write("c.yaml", "workers: 3\npid_file: /a\n");
  const auto vet = [](const Invocation& invocation) {
    return std::vector<Mistake>{invocation.places.mistake("pid_file", "is odd"),
                                invocation.places.mistake("log.access.to", "is odd")};
  };
  const char* args[] = {"ccnproxy", "serve", "-f", file.c_str(), "--access-log-dir", "/x"};
  const auto parsed = parse_command_line(6, args, {.vet = vet});
  EXPECT_EQ(parsed.exit_code, exit_configuration);
  EXPECT_EQ(parsed.errors,
            file + ":2:1: `pid_file` is odd\n--access-log-dir: `log.access.to` is odd\n");
  const char* json[] = {"ccnproxy", "check", "--json", file.c_str()};
  const auto answer = parse_command_line(4, json, {.vet = vet});
  EXPECT_EQ(answer.exit_code, exit_configuration);
  EXPECT_NE(answer.output.find("\"message\":\"`pid_file` is odd\""), std::string::npos);
  EXPECT_EQ(answer.errors, "");
}

TEST(CommandLine, F135_flags_may_not_put_a_listener_where_the_admin_endpoint_is) {
  EXPECT_EQ(parse({"-p", "3001"}).exit_code, exit_usage);
  EXPECT_EQ(complaint({"-p", "3001"}).find("--port: `listeners[0].address` is where the admin"), 0u)
      << complaint({"-p", "3001"});
  EXPECT_EQ(parse({"-l", "0.0.0.0", "-p", "3001"}).exit_code, exit_usage);
  EXPECT_TRUE(parse({"-l", "::", "-p", "3001"}).invocation);
}

TEST(CommandLine, warning_is_a_log_level_from_the_file_and_from_the_flag) {
  const testing_files::TemporaryFolder folder;
  const std::string file = folder.write("c.yaml", "log: {level: warning}\n");
  EXPECT_EQ(invocation({"-f", file.c_str()}).config.log.level, "warn");
  EXPECT_EQ(invocation({"--log-level", "warning"}).config.log.level, "warn");
}

TEST(CommandLine, probe) {
  const auto plain = invocation({"probe", "https://a.test/x"});
  EXPECT_EQ(plain.command, Command::probe);
  EXPECT_EQ(plain.urls, (std::vector<std::string>{"https://a.test/x"}));
  EXPECT_EQ(plain.attempts, 3u);
  EXPECT_FALSE(plain.json);
  const auto all = invocation({"probe", "-n", "7", "--json", "a.ccnproxy"});
  EXPECT_EQ(all.attempts, 7u);
  EXPECT_TRUE(all.json);
  EXPECT_EQ(invocation({"probe", "--attempts", "1", "a"}).attempts, 1u);
}

TEST(CommandLine, status) {
  const testing_files::TemporaryFolder folder;
  const std::string file = folder.write("c.yaml", "admin: {address: \"unix:/run/x\"}\n");
  const auto plain = invocation({"status"});
  EXPECT_EQ(plain.command, Command::status);
  EXPECT_FALSE(plain.watch);
  EXPECT_FALSE(plain.json);
  const auto all = invocation({"status", "--watch", "--json", "-f", file.c_str()});
  EXPECT_TRUE(all.watch);
  EXPECT_TRUE(all.json);
  EXPECT_EQ(all.config.admin.address->unix_path, "/run/x");
  EXPECT_EQ(parse({"status", "-f", "/no/such/file"}).exit_code, exit_configuration);
}

TEST(CommandLine, reload) {
  const auto run = invocation({"reload"});
  EXPECT_EQ(run.command, Command::reload);
  EXPECT_FALSE(run.process);
  EXPECT_EQ(invocation({"reload", "--pid", "812"}).process, 812);
  for (const char* bad : {"0", "-1", "x", "", "1k", "4294967297"}) {
    const Parsed parsed = parse({"reload", "--pid", bad});
    EXPECT_EQ(parsed.exit_code, exit_usage) << bad;
    EXPECT_NE(parsed.errors, "") << bad;
  }
}

TEST(CommandLine, F102_a_file_with_a_mistake_is_for_the_given_process_to_find_too) {
  const testing_files::TemporaryFolder folder;
  const std::string file = folder.write("c.yaml", "nope: 1\n");
  const Parsed parsed = parse({"reload", "-f", file.c_str()});
  EXPECT_EQ(parsed.exit_code, exit_configuration);
  EXPECT_EQ(parsed.errors, file +
                               ":1:1: unknown key `nope`\n"
                               "ccnproxy reload: the daemon goes on with what it has\n");
  EXPECT_FALSE(parsed.process);
  EXPECT_EQ(parse({"reload", "-f", file.c_str(), "--pid", "812"}).process, 812);
}

TEST(CommandLine, help_and_version_are_output_and_no_mistake) {
  for (const char* word : {"-v", "--version", "-h", "--help"}) {
    const Parsed parsed = parse({word});
    EXPECT_EQ(parsed.exit_code, exit_ok) << word;
    EXPECT_FALSE(parsed.invocation) << word;
    EXPECT_EQ(parsed.errors, "") << word;
    EXPECT_NE(parsed.output.find("ccnproxy"), std::string::npos) << word;
  }
  EXPECT_EQ(parse({"--version"}).output, "ccnproxy " CCNPROXY_VERSION "\n");
  EXPECT_NE(parse({"map", "--help"}).output.find("--json"), std::string::npos);
}

TEST(CommandLine, F092_the_environment_is_not_read) {
  ASSERT_EQ(::setenv("HTTP_PROXY", "http://127.0.0.1:1", 1), 0);
  ASSERT_EQ(::setenv("CCNPROXY_PORT", "1", 1), 0);
  EXPECT_EQ(invocation({}).config, Config{});
  ::unsetenv("HTTP_PROXY");
  ::unsetenv("CCNPROXY_PORT");
}

}  // namespace
}  // namespace ccnproxy::config
