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
      {"check", "x"},
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
