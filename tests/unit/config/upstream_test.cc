#include "ccnproxy/config/upstream.h"

#include <gtest/gtest.h>

#include "ccnproxy/config/loader.h"

namespace ccnproxy::config {
namespace {

using Texts = std::vector<std::string>;

Texts mistakes_in(const std::string& text) {
  Texts all;
  for (const auto& mistake : load_text(text, "f").mistakes) all.push_back(mistake.to_string());
  return all;
}

TEST(Upstream, is_an_origin_in_normal_form) {
  const std::vector<std::pair<std::string, std::string>> table = {
      {"http://app.internal", "http://app.internal"},
      {"http://app.internal/", "http://app.internal"},
      {"https://App.Internal.:443/", "https://app.internal"},
      {"http://app.internal:8080", "http://app.internal:8080"},
      {"\"https://[2001:DB8::1]:8443\"", "https://[2001:db8::1]:8443"},
      {"http://192.0.2.7", "http://192.0.2.7"},
      {"\"\"", ""},
  };
  for (const auto& [text, wanted] : table) {
    const auto loaded = load_text("upstream: " + text, "f");
    EXPECT_TRUE(loaded.ok()) << text;
    EXPECT_EQ(loaded.config.upstream, wanted) << text;
  }
}

TEST(Upstream, tells_what_is_wrong_with_it_where_it_stands) {
  const std::string alone = "f:1:11: `upstream` must be an origin alone, without ";
  const std::string wanted = "f:1:11: `upstream` must be an origin, as in https://api.example.com";
  const std::vector<std::pair<std::string, std::string>> table = {
      {"app.internal", wanted + ", not `app.internal`"},
      {"app.internal:8080", wanted + ", not `app.internal:8080`"},
      {"ftp://app.internal", wanted + ", not `ftp://app.internal`"},
      {"http://", wanted + ", not `http://`"},
      {"http://:80", wanted + ", not `http://:80`"},
      {"http://app:0", wanted + ", not `http://app:0`"},
      {"http://app:65536", wanted + ", not `http://app:65536`"},
      {"http://0x7f.1", wanted + ", not `http://0x7f.1`"},
      {"http://app..internal", wanted + ", not `http://app..internal`"},
      {"http://app/base", alone + "a path, not `http://app/base`"},
      {"http://app//", alone + "a path, not `http://app//`"},
      {"http://app?x", alone + "a query, not `http://app?x`"},
      {"http://app/?x=/", alone + "a query, not `http://app/?x=/`"},
      {"\"http://app/#x\"", alone + "a fragment, not `http://app/#x`"},
      {"[http://app]", wanted + ", not a list"},
  };
  for (const auto& [text, mistake] : table)
    EXPECT_EQ(mistakes_in("upstream: " + text), Texts{mistake}) << text;
  EXPECT_EQ(mistakes_in("\nupstream:"),
            Texts{"f:2:1: `upstream` must be an origin, as in https://api.example.com, not empty"});
}

TEST(Upstream, F108_user_information_is_refused_and_not_repeated) {
  for (const std::string text : {"http://joe:secret@app", "http://secret@app/?x", "http://@app"}) {
    EXPECT_EQ(mistakes_in("upstream: " + text),
              Texts{"f:1:11: `upstream` must be an origin alone, without user information"})
        << text;
  }
}

TEST(Upstream, rules_that_deny_it_contradict_it) {
  const std::string denied = " `upstream` names an origin that is denied: ";
  const std::vector<std::pair<std::string, std::string>> table = {
      {"upstream: http://app.test\norigins: {deny: [\"*.test\"]}",
       "f:1:1:" + denied + "*.test of origins.deny denies it"},
      {"origins: {deny: [\"*:80\"]}\nupstream: http://app.test",
       "f:2:1:" + denied + "*:80 of origins.deny denies it"},
      {"origins: {allow: [other.test]}\nupstream: http://app.test",
       "f:2:1:" + denied + "no rule of origins.allow matches it"},
      {"upstream: http://127.0.0.1:8080",
       "f:1:1: `upstream` is an address that no connection is made to: 127.0.0.0/8 of "
       "origins.deny_addresses denies it; take that out, or lead there by connect_to in an "
       "override"},
      {"origins: {deny_addresses: []}\nupstream: http://127.0.0.1:3000",
       "f:2:1: `upstream` is an address that this proxy itself listens on"},
      {"origins: {deny_addresses: []}\nupstream: http://127.0.0.1:3001",
       "f:2:1: `upstream` is an address that this proxy itself listens on"},
  };
  for (const auto& [text, mistake] : table) EXPECT_EQ(mistakes_in(text), Texts{mistake}) << text;
}

TEST(Upstream, what_only_looks_like_a_contradiction_is_none) {
  for (const std::string text :
       {"upstream: https://app.test\norigins: {deny: [\"*:80\"], allow: [app.test]}",
        "origins: {deny_addresses: []}\nupstream: http://127.0.0.1:8080",
        "upstream: http://127.0.0.1:8080\n"
        "overrides: [{match: 127.0.0.1, connect_to: 127.0.0.1:8081}]",
        "upstream: https://app.test\npool: {warm: [\"https://app.test\"]}",
        "upstream: \"\"\nlabels: {x: http}\norigins: {deny: [a.test]}"}) {
    EXPECT_EQ(mistakes_in(text), Texts{}) << text;
  }
}

TEST(Upstream, keys_that_would_be_without_effect_are_mistakes) {
  const std::string file = "upstream: http://app.test\n";
  const std::string no_effect = "has no effect: everything goes to `upstream`";
  EXPECT_EQ(mistakes_in(file + "labels: {x: http}"), Texts{"f:2:1: `labels` " + no_effect});
  EXPECT_EQ(mistakes_in(file + "port_in_host: origin"),
            Texts{"f:2:1: `port_in_host` " + no_effect});
  EXPECT_EQ(mistakes_in(file + "upgrade: [a.test]"), Texts{"f:2:1: `upgrade` " + no_effect});
  EXPECT_EQ(mistakes_in(file + "pool: {warm: [\"http://app.test\", \"http://b.test\"]}"),
            Texts{"f:2:34: `pool.warm[1]` names an origin that is never asked for: everything goes "
                  "to `upstream`"});
  const Texts none;
  EXPECT_EQ(mistakes_in(file + "port_in_host: auto"), none) << "a default, said aloud";
}

}  // namespace
}  // namespace ccnproxy::config
