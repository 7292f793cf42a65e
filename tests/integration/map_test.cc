// What `ccnproxy map` says of a URL is what the daemon answers to it, in both forms.
#include <sstream>

#include "client_fixture.h"
#include "fakes/temp_dir.h"
#include "shell.h"

namespace ccnproxy::integration {
namespace {

using ::testing::HasSubstr;

/// What `map` says of one form: a status, or 0 where the request is sent on; and its words.
struct Said {
  int status = 0;
  std::string words;
};

Said said_of(const std::string& answer) {
  const bool digits = answer.size() > 5 && answer.substr(3, 2) == ": ";
  return digits ? Said{std::stoi(answer), answer.substr(5)} : Said{0, answer};
}

/// By Host and as the client's proxy, of one of the URLs that `map` was asked for.
std::pair<Said, Said> both_of(const std::string& out, const std::string& url) {
  std::vector<Said> forms;
  std::istringstream lines(out);
  for (std::string line; std::getline(lines, line);) {
    const auto arrow = line.find(" -> ");
    if (line.starts_with(url + ' ') && arrow != line.npos)
      forms.push_back(said_of(line.substr(arrow + 4)));
  }
  if (forms.empty()) throw fakes::Failure("map says nothing of " + url + ": " + out);
  return {forms.front(), forms.back()};
}

class Map : public ::testing::Test {
 protected:
  Map()
      : proxy_("plain", Service(standard_answers), [](DaemonConfig& config) {
          config.set("origins.deny", "[denied.test]").set("upgrade", "[\"up.test\"]");
          config.set("limits.target_bytes", "200");
          config.set("origins.deny_addresses", "[169.254.0.0/16]");
          for (const char* label : {"*.ccnprxy", "*.ccnproxy-htps"})
            config.origin(label, "127.0.0.1:1");  // nothing is there, and no DNS is asked
        }) {}

  /// What a request in this form gets.
  ReceivedResponse ask(const std::string& target, const std::string& host) const {
    return proxy_.connect().roundtrip("GET " + target + " HTTP/1.1\r\nHost: " + host +
                                      "\r\nConnection: close\r\n\r\n");
  }

  static bool is_refusal(const ReceivedResponse& got) {
    const auto error = proxy_error(got);
    return error == "http_request_error" || error == "http_request_denied" ||
           error == "destination_ip_prohibited";
  }

  void expect_same(const Said& said, const ReceivedResponse& got, const std::string& what) {
    EXPECT_EQ(is_refusal(got), said.status >= 400) << what << ": " << said.words;
    if (said.status == 0) return;
    EXPECT_EQ(got.status, said.status) << what << ": " << said.words;
    if (said.status != 200) {
      EXPECT_THAT(got.body, HasSubstr(said.words)) << what;
    }
  }

  OneOrigin proxy_;
};

TEST_F(Map, says_what_the_daemon_answers_in_both_forms) {
  const std::string port = ':' + std::to_string(proxy_.origin.port());
  const std::string authorities[] = {"api.test.ccnproxy" + port,
                                     "API.Test.CCNPROXY" + port,
                                     "api.test.ccnproxy.internal" + port,
                                     "api.test" + port,
                                     "denied.test.ccnproxy" + port,
                                     "denied.test" + port,
                                     "api.test.ccnprxy" + port,
                                     "api.test.ccnproxy-htps" + port,
                                     "ccnproxy" + port,
                                     ".ccnproxy" + port,
                                     "a..test.ccnproxy" + port,
                                     "api.test.ccnproxy:0",
                                     "api.test.ccnproxy:65536",
                                     "api.test.ccnproxy:x",
                                     "169.254.169.254.ccnproxy",
                                     "169.254.169.254",
                                     "[::1].ccnproxy:x",
                                     "1.2.3.ccnproxy",
                                     "u@api.test.ccnproxy" + port,
                                     "api.test,b.ccnproxy" + port};
  const std::string targets[] = {
      "", "/", "/x?y", "/hc", "/.api/http-stats", "?q", "/" + std::string(300, 'a')};
  for (const auto& authority : authorities) {
    std::vector<std::string> command = {"map", "-f", proxy_.daemon->config_file()};
    for (const auto& target : targets) command.push_back("http://" + authority + target);
    const auto mapped = run(command).out;
    for (const auto& target : targets) {
      const auto url = "http://" + authority + target;
      const auto [by_host, by_proxy] = both_of(mapped, url);
      const auto path = target.starts_with('/') ? target : '/' + target;
      expect_same(by_host, ask(path, authority), url + " by Host");
      const auto name = authority.substr(authority.find('@') + 1);  // npos + 1 == 0
      expect_same(by_proxy, ask(url, name), url + " as a proxy");
    }
  }
}

TEST_F(Map, exits_with_1_for_a_refusal) {
  const auto map = [&](const std::string& url) {
    return run({"map", "-f", proxy_.daemon->config_file(), url});
  };
  EXPECT_EQ(map("http://api.test.ccnproxy/").code, 0);
  EXPECT_EQ(map("https://api.test/").code, 0);
  EXPECT_EQ(map("http://denied.test.ccnproxy/").code, 1);
  const auto misspelt = map("http://api.example.com.ccnproxy-htps/");
  EXPECT_EQ(misspelt.code, 1);
  EXPECT_THAT(misspelt.out, HasSubstr("did you mean ccnproxy-https?"));
  EXPECT_EQ(run({"map", "-f", proxy_.daemon->config_file(), "http://api.test.ccnproxy/",
                 "http://denied.test.ccnproxy/"})
                .code,
            1);
}

TEST_F(Map, the_daemon_suggests_the_label_as_well) {
  const auto answer = ask("/", "api.example.com.ccnproxy-htps");
  EXPECT_EQ(answer.status, 400);
  EXPECT_THAT(answer.body, HasSubstr("did you mean ccnproxy-https?"));
}

}  // namespace
}  // namespace ccnproxy::integration
