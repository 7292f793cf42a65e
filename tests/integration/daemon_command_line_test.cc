// The program as a person at a shell meets it: what it says, and its exit codes.
#include <csignal>

#include <unistd.h>

#include "client_fixture.h"
#include "fakes/temp_dir.h"
#include "shell.h"

namespace ccnproxy::integration {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

/// For a daemon that must not meet another by its defaults.
const std::string beside_others = "workers: 1\nadmin: {address: none}\n";

class CommandLine : public ::testing::Test {
 protected:
  /// The path of a file with this text.
  std::string file(const std::string& yaml) { return folder_.write("c.yaml", yaml); }

  TempDir folder_;
};

TEST_F(CommandLine, F102_a_mistake_is_told_with_its_place_and_the_nearest_key) {
  const std::string path = file("workers: 1\ntimeouts:\n  conect: 5s\n  dns: soon\n");
  for (const std::vector<std::string>& command :
       {std::vector<std::string>{"check", "-f", path}, {"serve", "-f", path}, {"-f", path}}) {
    const Outcome outcome = run(command);
    EXPECT_EQ(outcome.code, 1);
    EXPECT_THAT(outcome.err, HasSubstr(path + ":3:3: "));
    EXPECT_THAT(outcome.err, HasSubstr("connect"));
    EXPECT_THAT(outcome.err, HasSubstr(path + ":4:8: "));
    EXPECT_EQ(outcome.out, "");
  }
}

TEST_F(CommandLine, check_is_content_with_a_good_file) {
  const Outcome good = run({"check", "-f", file("workers: 2\n")});
  EXPECT_EQ(good.code, 0);
  EXPECT_THAT(good.out, HasSubstr("ok"));
  EXPECT_EQ(good.err, "");
  EXPECT_EQ(run({"check"}).code, 0);
}

TEST_F(CommandLine, check_answers_in_json_too) {
  const std::string path = file("workers: 2\n");
  const Outcome good = run({"check", "-f", path, "--json"});
  EXPECT_EQ(good.code, 0);
  EXPECT_EQ(good.out, "{\"file\":\"" + path + "\",\"ok\":true,\"mistakes\":[]}\n");
  EXPECT_EQ(run({"check", "--json"}).out, "{\"file\":\"\",\"ok\":true,\"mistakes\":[]}\n");
  const Outcome bad = run({"check", "--json", "-f", file("wokers: 2\n")});
  EXPECT_EQ(bad.code, 1);
  EXPECT_EQ(bad.err, "");
  EXPECT_THAT(bad.out,
              StartsWith("{\"file\":\"" + path + "\",\"ok\":false,\"mistakes\":[{\"file\":"));
  EXPECT_THAT(bad.out, HasSubstr("\"line\":1,\"column\":1,\"message\":\""));
}

TEST_F(CommandLine, a_file_that_is_not_there_is_a_mistake_in_the_configuration) {
  const Outcome outcome = run({"serve", "-f", folder_.path() + "/missing.yaml"});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.err, HasSubstr("missing.yaml"));
}

TEST_F(CommandLine, wrong_usage_is_2) {
  for (const std::vector<std::string>& command :
       {std::vector<std::string>{"serve", "--no-such-flag"},
        {"serve", "-p", "seventy"},
        {"serve", "--workers", "none"},
        {"map"},
        {"no-such-command"},
        {"check", "-p", "80"}}) {
    const Outcome outcome = run(command);
    EXPECT_EQ(outcome.code, 2) << ::testing::PrintToString(command) << outcome.err;
    EXPECT_NE(outcome.err, "");
    EXPECT_EQ(outcome.out, "");
  }
}

TEST_F(CommandLine, version_and_help) {
  for (const std::string flag : {"--version", "-v"}) {
    const Outcome outcome = run({flag});
    EXPECT_EQ(outcome.code, 0);
    EXPECT_EQ(outcome.out, "ccnproxy " CCNPROXY_VERSION "\n");
  }
  const Outcome help = run({"--help"});
  EXPECT_EQ(help.code, 0);
  for (const std::string word : {"serve", "check", "map", "--config"})
    EXPECT_THAT(help.out, HasSubstr(word));
}

TEST_F(CommandLine, map_tells_where_a_url_goes) {
  const Outcome outcome =
      run({"map", "http://api.test.ccnproxy-https/x?y", "api.test.ccnproxy:8080", "api.test"});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_THAT(outcome.out, HasSubstr("-> https://api.test/x?y"));
  EXPECT_THAT(outcome.out, HasSubstr("-> http://api.test:8080"));
  const std::string path = file("overrides:\n  - match: api.test\n    connect_to: 10.0.0.5:8443\n");
  EXPECT_THAT(run({"map", "-f", path, "https://api.test/"}).out, HasSubstr("10.0.0.5:8443"));
}

TEST_F(CommandLine, an_address_in_use_is_named) {
  OneOrigin proxy("plain", Service(standard_answers));
  const std::string address = proxy.daemon->address();
  const Outcome outcome =
      run({"serve", "-f", file(beside_others + "listeners: [{address: \"" + address + "\"}]\n")});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(
      outcome.err,
      HasSubstr("c.yaml:3:14: `listeners[0].address` " + address + " is in use by process " +
                std::to_string(proxy.daemon->process().pid()) + " (ccnproxy)"));
  EXPECT_EQ(proxy.connect().get(proxy.label_host).status, 200);  // and nobody lost a connection
}

TEST_F(CommandLine, a_unix_socket_in_use_is_not_taken_over) {
  const std::string address = "unix:" + folder_.path() + "/s";
  OneOrigin proxy("plain", Service(standard_answers),
                  [&](DaemonConfig& config) { config.listen(address); });
  const Outcome outcome =
      run({"serve", "-f", file(beside_others + "listeners: [{address: \"" + address + "\"}]\n")});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.err,
              HasSubstr("`listeners[0].address` " + address + " is in use by process " +
                        std::to_string(proxy.daemon->process().pid())));
  EXPECT_EQ(RawClient(address).get(proxy.label_host).status, 200);
}

TEST_F(CommandLine, addresses_that_can_not_be_bound_name_their_key_and_what_to_do) {
  const auto serve = [&](const std::string& address) {
    return run({"serve", "-f",
                file("workers: 1\nadmin: {address: \"" + address +
                     "\"}\nlisteners: [{address: \"127.0.0.1:0\"}]\n")});
  };
  const auto elsewhere = serve("192.0.2.1:3000");
  EXPECT_EQ(elsewhere.code, 1);
  EXPECT_THAT(elsewhere.err, HasSubstr("c.yaml:2:9: `admin.address` 192.0.2.1:3000: this machine "
                                       "has no address 192.0.2.1"));
}

TEST_F(CommandLine, a_unix_socket_that_a_daemon_left_behind_is_replaced) {
  const std::string path = folder_.path() + "/s";
  {
    const auto first = start_daemon(one_worker().listen_only("unix:" + path), {});
    first->signal(SIGKILL);
    first->wait_for_exit();
  }
  ASSERT_EQ(::access(path.c_str(), F_OK), 0);
  const auto second = start_daemon(one_worker().listen_only("unix:" + path));
  EXPECT_EQ(RawClient("unix:" + path).get("localhost", "/hc").status, 200);
}

TEST_F(CommandLine, the_access_log_goes_to_a_folder_that_is_there_from_file_and_flag) {
  const std::string missing = folder_.path() + "/missing/too";
  const auto by_file = run({"serve", "-f",
                            file(beside_others + "log: {access: {to: " + missing +
                                 "}}\nlisteners: [{address: \"127.0.0.1:0\"}]\n")});
  const auto by_flag = run({"serve", "-p", "0", "--access-log-dir", missing});
  EXPECT_EQ(by_file.code, 1);
  EXPECT_EQ(by_flag.code, 1);
  const std::string words = "`log.access.to` names a folder that can't be used: No such file";
  EXPECT_THAT(by_file.err, HasSubstr("c.yaml:3:16: " + words));
  EXPECT_THAT(by_flag.err, StartsWith("--access-log-dir: " + words));
}

TEST_F(CommandLine, a_folder_for_the_access_log_is_made_in_one_that_is_there) {
  const std::string fresh = folder_.path() + "/fresh";
  const auto name = file(beside_others + "log: {access: {to: " + fresh + "}}\n");
  EXPECT_EQ(run({"check", "-f", name}).code, 0);
  EXPECT_NE(::access(fresh.c_str(), F_OK), 0) << "check makes nothing";
  const auto daemon = start_daemon(one_worker(), [&](ChildOptions& options) {
    options.arguments.insert(options.arguments.end(), {"--access-log-dir", fresh});
  });
  EXPECT_EQ(::access(fresh.c_str(), F_OK), 0);
}

TEST_F(CommandLine, F135_check_tells_the_mistakes_of_files_in_json_too) {
  const auto outcome =
      run({"check", "--json", file("pid_file: " + folder_.path() + "/missing/pid\n")});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_EQ(outcome.err, "");
  EXPECT_THAT(outcome.out, HasSubstr("\"line\":1,\"column\":1,\"message\":\"`pid_file` needs"));
}

TEST_F(CommandLine, F135_what_only_the_daemons_user_may_read_is_nothing_to_map_and_status) {
  const auto path = file(
      "tls: {certificate: /missing.pem, key: /missing.key}\nadmin: {address: "
      "\"unix:" +
      folder_.path() + "/none\"}\n");
  EXPECT_EQ(run({"map", "-f", path, "api.test.ccnproxy"}).code, 0);
  EXPECT_THAT(run({"status", "-f", path}).err, HasSubstr("no daemon has its admin endpoint"));
  EXPECT_THAT(run({"probe", "-f", path, "api.test.ccnproxy"}).err,
              HasSubstr(path + ":1:7: `tls.certificate` names a file that can't be read"));
}

TEST_F(CommandLine, a_certificate_that_cannot_be_read_is_told_with_its_place) {
  const std::string path =
      file("listeners: [{address: \"127.0.0.1:0\"}]\ntls: {ca_file: \"/missing.pem\"}\n");
  const Outcome outcome = run({"serve", "-f", path});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.err, HasSubstr(path + ":2:7: "));
  EXPECT_THAT(outcome.err, HasSubstr("ca_file"));
}

TEST_F(CommandLine, flags_of_serve_win_over_the_file) {
  DaemonConfig config = one_worker();
  const auto daemon = start_daemon(config, [](ChildOptions& options) {
    options.arguments.insert(options.arguments.end(), {"-l", "127.0.0.1", "--port", "0"});
    options.arguments.insert(options.arguments.end(), {"--workers", "3"});
  });
  EXPECT_THAT(daemon->address(), StartsWith("127.0.0.1:"));
  EXPECT_THAT(daemon->wait_for_log("is serving"), HasSubstr("3 workers"));
  EXPECT_EQ(RawClient(daemon->address()).get("localhost", "/hc").status, 200);
}

}  // namespace
}  // namespace ccnproxy::integration
