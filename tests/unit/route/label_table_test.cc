#include "ccnproxy/route/label_table.h"

#include <gtest/gtest.h>

#include "ccnproxy/route/label_options.h"

#include "unit/route/label_rows.h"

namespace ccnproxy::route {
namespace {

LabelTable::Options with_upgrade() {
  auto options = LabelTable::defaults();
  options.upgrade = {"*.amazonaws.com", "s3.example"};
  return options;
}

TEST(LabelTable, labels_of_the_host_field) {
  expect_rows(
      LabelTable(LabelTable::defaults()),
      {
          {"/", "api.example.com.ccnproxy-https", "https://api.example.com /"},
          {"/v1?a=b", "api.example.com.ccnproxy-https", "https://api.example.com /v1?a=b"},
          {"/", "api.example.com.ccnproxy-ssl", "https://api.example.com /"},
          {"/", "api.example.com.ccnproxy-secure", "https://api.example.com /"},
          {"/", "api.example.com.ccnproxy", "http://api.example.com /"},
          {"/", "api.example.com.ccnproxy-https.local", "https://api.example.com /"},
          {"/", "api.example.com.ccnproxy-https.svc.cluster.local", "https://api.example.com /"},
          {"/", "api.example.com.ccnproxy.internal", "http://api.example.com /"},
          {"/", "localhost.ccnproxy", "http://localhost /"},
          {"/", "a.ccnproxy-httpsx", "none"},
          {"/", "a.xccnproxy-https", "none"},
          {"/", "a.ccnproxy-http", "none"},
          {"/", "ccnproxy-https-a.example", "none"},
      });
}

TEST(LabelTable, F055_the_last_label_decides) {
  expect_rows(LabelTable(LabelTable::defaults()),
              {
                  {"/", "a.ccnproxy-https.ccnproxy-https", "https://a.ccnproxy-https /"},
                  {"/", "a.ccnproxy.ccnproxy-https", "https://a.ccnproxy /"},
                  {"/", "a.ccnproxy-https.ccnproxy", "http://a.ccnproxy-https /"},
                  {"/", "a.ccnproxy-https.b.ccnproxy.c", "http://a.ccnproxy-https.b /"},
                  {"/", "ccnproxy.ccnproxy-https", "https://ccnproxy /"},
                  {"/", "ccnproxy.example.com.ccnproxy-https", "https://ccnproxy.example.com /"},
              });
}

TEST(LabelTable, F041_one_pool_for_case_and_trailing_dots) {
  expect_rows(LabelTable(LabelTable::defaults()),
              {
                  {"/", "API.Example.COM.CCNPROXY-HTTPS", "https://api.example.com /"},
                  {"/", "api.example.com.ccnproxy-https.", "https://api.example.com /"},
                  {"/", "api.example.com.ccnproxy-https..", "https://api.example.com /"},
                  {"/", "api.example.com..ccnproxy-https", "https://api.example.com /"},
                  {"/", "api.example.com.ccnproxy-https.LOCAL.", "https://api.example.com /"},
                  {"/", "api.example.com.Ccnproxy-Ssl.:8443", "https://api.example.com:8443 /"},
                  {"http://API.example.com./x", "", "http://api.example.com /x"},
              });
}

TEST(LabelTable, F089_addresses_stand_before_a_label_only_in_plain_form) {
  expect_rows(LabelTable(LabelTable::defaults()),
              {
                  {"/", "1.2.3.4.ccnproxy-https", "https://1.2.3.4 /"},
                  {"/", "1.2.3.4.ccnproxy:8080", "http://1.2.3.4:8080 /"},
                  {"/", "[2001:db8::1].ccnproxy-https", "https://[2001:db8::1] /"},
                  {"/", "[2001:DB8:0::1].ccnproxy-https:8443", "https://[2001:db8::1]:8443 /"},
                  {"/", "[2001:db8::1].ccnproxy-https.local", "https://[2001:db8::1] /"},
                  {"/", "[::ffff:1.2.3.4].ccnproxy-https", "https://1.2.3.4 /"},
                  {"http://[2001:db8::1]:81/", "", "http://[2001:db8::1]:81 /"},
                  {"https://192.0.2.7/", "", "https://192.0.2.7 /"},
                  {"/", "[2001:db8::1]ccnproxy-https", "400"},
                  {"/", "[2001:db8::1]x.ccnproxy-https", "400"},
                  {"/", "[2001:db8::1.ccnproxy-https", "400"},
                  {"/", "2001:db8::1.ccnproxy-https", "400"},
                  {"/", "[1.2.3.4].ccnproxy-https", "400"},
                  {"/", "[fe80::1%eth0].ccnproxy-https", "400"},
                  {"/", "[].ccnproxy-https", "400"},
                  {"/", "2130706433.ccnproxy-https", "400"},
                  {"/", "0x7f.1.ccnproxy-https", "400"},
                  {"/", "0177.0.0.1.ccnproxy-https", "400"},
                  {"/", "127.1.ccnproxy-https", "400"},
                  {"/", "256.1.1.1.ccnproxy-https", "400"},
                  {"http://2130706433/", "", "400"},
              });
}

TEST(LabelTable, F090_port_in_host_auto) {
  expect_rows(LabelTable(LabelTable::defaults()),
              {
                  {"/", "h.ccnproxy-https:3000", "https://h /"},
                  {"/", "h.ccnproxy:3000", "http://h /"},
                  {"/", "h.ccnproxy-https:8443", "https://h:8443 /"},
                  {"/", "h.ccnproxy-https:443", "https://h /"},
                  {"/", "h.ccnproxy-https:80", "https://h:80 /"},
                  {"/", "h.ccnproxy:80", "http://h /"},
                  {"/", "h.ccnproxy:443", "http://h:443 /"},
                  {"/", "h.ccnproxy-https:65535", "https://h:65535 /"},
                  {"/", "h.ccnproxy-https:", "https://h /"},
                  {"/", "h.ccnproxy-https.local:3000", "https://h /"},
                  {"http://h.ccnproxy-https:3000/", "", "https://h /"},
                  {"http://h.ccnproxy-https:8443/", "", "https://h:8443 /"},
                  // The origin itself was named: its port is its own.
                  {"http://h.example:3000/", "", "http://h.example:3000 /"},
                  {"/", "h.ccnproxy-https:0", "400"},
                  {"/", "h.ccnproxy-https:65536", "400"},
                  {"/", "h.ccnproxy-https:022", "400"},
                  {"/", "h.ccnproxy-https:+22", "400"},
                  {"/", "h.ccnproxy-https:22x", "400"},
                  {"/", "h.ccnproxy-https:22:22", "400"},
                  {"/", "h:443.ccnproxy-https", "400"},
                  {"http://h.example:x/", "", "400"},
                  {"http://h.example:99999/", "", "400"},
              });
  // On a unix socket there is no port that could be ours.
  expect_rows(LabelTable(LabelTable::defaults()),
              {{"/", "h.ccnproxy-https:3000", "https://h:3000 /"}}, 0);
}

TEST(LabelTable, F090_port_in_host_origin_and_ignore) {
  auto options = LabelTable::defaults();
  options.port_in_host = PortInHost::origin;
  expect_rows(LabelTable(options), {{"/", "h.ccnproxy-https:3000", "https://h:3000 /"},
                                    {"/", "h.ccnproxy-https", "https://h /"}});
  options.port_in_host = PortInHost::ignore;
  expect_rows(LabelTable(options), {{"/", "h.ccnproxy-https:8443", "https://h /"},
                                    {"/", "h.ccnproxy-https:99999", "400"},
                                    {"https://h.example:8443/", "", "https://h.example:8443 /"}});
}

TEST(LabelTable, absolute_form_wins_over_the_host_field) {
  expect_rows(LabelTable(with_upgrade()),
              {
                  {"http://api.example.com.ccnproxy-https/x", "other.ccnproxy",
                   "https://api.example.com /x"},
                  {"https://api.example.com.ccnproxy/x", "", "http://api.example.com /x"},
                  {"https://api.example.com/x", "nolabel", "https://api.example.com /x"},
                  {"https://api.example.com:8443/x", "", "https://api.example.com:8443 /x"},
                  {"http://api.example.com/x", "", "http://api.example.com /x"},
                  {"HTTP://api.example.com/x", "", "http://api.example.com /x"},
                  {"HttpS://api.example.com/x", "", "https://api.example.com /x"},
                  {"http://api.example.com", "", "http://api.example.com /"},
                  {"http://api.example.com?x=/y", "", "http://api.example.com /?x=/y"},
                  {"http://api.example.com/?http://x@y", "", "http://api.example.com /?http://x@y"},
                  {"http://api.example.com//x//", "", "http://api.example.com //x//"},
                  {"http://api.example.com:/x", "", "http://api.example.com /x"},
                  {"https://api.example.com:443/x", "", "https://api.example.com /x"},
                  {"https://api.example.com:80/x", "", "https://api.example.com:80 /x"},
                  {"http:///x", "", "400"},
                  {"http://", "", "400"},
                  {"http:/x", "", "400"},
                  {"http:", "", "400"},
                  {"http//x", "", "400"},
                  {"ftp://api.example.com/x", "", "400"},
                  {"ws://api.example.com/x", "", "400"},
                  {"://api.example.com/x", "", "400"},
                  {"http://.ccnproxy-https/", "", "400"},
                  {"http://ccnproxy-https/", "", "400"},
                  {"http://a b/", "", "400"},
                  {"http://a\\b/", "", "400"},
              });
}

TEST(LabelTable, F116_upgrade_lists_hosts_that_go_out_as_https) {
  expect_rows(
      LabelTable(with_upgrade()),
      {
          {"http://s3.amazonaws.com/b/k", "", "https://s3.amazonaws.com /b/k"},
          {"http://b.s3.eu-west-1.amazonaws.com/k", "", "https://b.s3.eu-west-1.amazonaws.com /k"},
          {"http://S3.AmazonAWS.com./k", "", "https://s3.amazonaws.com /k"},
          {"http://s3.amazonaws.com:80/k", "", "https://s3.amazonaws.com /k"},
          {"http://s3.amazonaws.com:8080/k", "", "https://s3.amazonaws.com:8080 /k"},
          {"http://s3.example/k", "", "https://s3.example /k"},
          {"http://amazonaws.com/k", "", "http://amazonaws.com /k"},
          {"http://xamazonaws.com/k", "", "http://xamazonaws.com /k"},
          {"http://x.s3.example/k", "", "http://x.s3.example /k"},
          {"https://s3.amazonaws.com/k", "", "https://s3.amazonaws.com /k"},
          // A label says which scheme is meant; it is not upgraded behind the client's back.
          {"/", "s3.amazonaws.com.ccnproxy", "http://s3.amazonaws.com /"},
      });
}

TEST(LabelTable, F079_authorities_that_hold_more_than_host_and_port) {
  expect_rows(LabelTable(LabelTable::defaults()),
              {
                  {"http://user@api.example.com/", "", "400"},
                  {"http://user:pw@api.example.com/", "", "400"},
                  {"http://api.example.com@evil.example/", "", "400"},
                  {"http://@api.example.com/", "", "400"},
                  {"/", "u@h.ccnproxy-https", "400"},
                  {"/", "h.ccnproxy-https/x", "400"},
                  {"/", "h/x.ccnproxy-https", "400"},
                  {"/", "h?x.ccnproxy-https", "400"},
                  {"/", "h#x.ccnproxy-https", "400"},
                  {"/", "h.ccnproxy-https, i.ccnproxy-https", "400"},
                  {"/", "https://h.ccnproxy-https", "400"},
                  {"/x#y", "h.ccnproxy-https", "400"},
                  {"http://h.example/x#y", "", "400"},
                  {"http://h.example#y", "", "400"},
                  {"#", "h.ccnproxy-https", "400"},
              });
}

TEST(LabelTable, F121_host_syntax) {
  const std::string long_label(64, 'a');
  std::string name_253;
  for (const char letter : {'a', 'b', 'c'}) name_253.append(63, letter).append(1, '.');
  name_253.append(61, 'd');
  expect_rows(LabelTable(LabelTable::defaults()),
              {
                  {"/", "a_b.example.ccnproxy-https", "https://a_b.example /"},
                  {"/", "-a-.example.ccnproxy-https", "https://-a-.example /"},
                  {"/", "xn--bcher-kva.example.ccnproxy-https", "https://xn--bcher-kva.example /"},
                  {"/", (name_253 + ".ccnproxy-https").c_str(), "https://" + name_253 + " /"},
                  {"/", ("x" + name_253 + ".ccnproxy-https").c_str(), "400"},
                  {"/", (long_label + ".ccnproxy-https").c_str(), "400"},
                  {"/", ("h.ccnproxy-https." + long_label).c_str(), "400"},
                  {"/", "a..b.ccnproxy-https", "400"},
                  {"/", ".a.ccnproxy-https", "400"},
                  {"/", "h.ccnproxy-https..local", "400"},
                  {"/", "h.ccnproxy-https.lo cal", "400"},
                  {"/", "h.ccnproxy-https.[::1]", "400"},
                  {"/", "ccnproxy-https", "400"},
                  {"/", ".ccnproxy-https", "400"},
                  {"/", "..ccnproxy-https", "400"},
                  {"/", "ccnproxy-https.local", "400"},
                  {"/", ":3000", "400"},
                  {"/", "a b.ccnproxy-https", "400"},
                  {"/", "a\tb.ccnproxy-https", "400"},
                  {"/", "a%2eb.ccnproxy-https", "400"},
                  {"/", "*.ccnproxy-https", "400"},
                  {"/",
                   "b\xc3\xbc"
                   "cher.example.ccnproxy-https",
                   "400"},
                  {"/", "a!.example", "400"},
                  {"/", ".", "400"},
              });
}

TEST(LabelTable, hosts_without_a_label_are_for_ourselves) {
  expect_rows(LabelTable(LabelTable::defaults()), {
                                                      {"/hc", "", "none"},
                                                      {"/hc", "127.0.0.1", "none"},
                                                      {"/hc", "127.0.0.1:3000", "none"},
                                                      {"/hc", "[::1]:3000", "none"},
                                                      {"/hc", "proxy.internal.", "none"},
                                                      {"/hc", "localhost:99999", "400"},
                                                      {"/hc", "bad_\x01host", "400"},
                                                  });
}

TEST(LabelTable, forms_of_the_target) {
  expect_rows(LabelTable(LabelTable::defaults()),
              {
                  {"*", "h.ccnproxy-https", "https://h *", "OPTIONS"},
                  {"/x", "h.ccnproxy-https", "https://h /x", "OPTIONS"},
                  {"http://h.ccnproxy-https", "", "https://h *", "OPTIONS"},
                  {"http://h.ccnproxy-https/", "", "https://h /", "OPTIONS"},
                  {"http://h.ccnproxy-https?x", "", "https://h /?x", "OPTIONS"},
                  {"*", "h.ccnproxy-https", "400", "GET"},
                  {"*", "", "none", "OPTIONS"},
                  {"**", "h.ccnproxy-https", "400", "OPTIONS"},
                  {"", "h.ccnproxy-https", "400"},
                  {"x", "h.ccnproxy-https", "400"},
                  {"?x", "h.ccnproxy-https", "400"},
                  {"h.example:443", "h.ccnproxy-https", "400"},
              });
}

TEST(LabelTable, F122_connect_is_refused_with_what_to_do_instead) {
  const LabelTable table(LabelTable::defaults());
  for (const char* target : {"api.example.com:443", "/", "http://api.example.com/", ""}) {
    const auto mapped = table.map({"CONNECT", target, "api.example.com:443", our_port});
    ASSERT_FALSE(mapped);
    EXPECT_EQ(mapped.error().status_code, 405);
    EXPECT_NE(mapped.error().reason.find("ccnproxy-https"), std::string::npos);
  }
  EXPECT_TRUE(table.map({"connect", "/", "h.ccnproxy", our_port}));  // methods are case-sensitive
}

TEST(LabelTable, F118_the_target_is_passed_byte_for_byte) {
  std::string target = "/";
  for (char c = 0x21; c < 0x7f; ++c) {
    if (c != '#') target += c;
  }
  target += "%2F%2f//a/../b/./?q=a+b@c==&%zz";
  const LabelTable table(LabelTable::defaults());
  const auto mapped = table.map({"GET", target, "h.ccnproxy-https", our_port});
  ASSERT_TRUE(mapped);
  EXPECT_EQ(mapped->target.data(), target.data());
  EXPECT_EQ(mapped->target.size(), target.size());
  const std::string absolute = "http://h.ccnproxy-https" + target;
  const auto from_uri = table.map({"GET", absolute, "", our_port});
  ASSERT_TRUE(from_uri);
  EXPECT_EQ(from_uri->target, target);
  EXPECT_FALSE(from_uri->prepend_slash);
}

TEST(LabelTable, prepend_slash_is_told_apart) {
  const LabelTable table(LabelTable::defaults());
  const auto mapped = table.map({"GET", "http://h.example?x", "", our_port});
  ASSERT_TRUE(mapped);
  EXPECT_TRUE(mapped->prepend_slash);
  EXPECT_EQ(mapped->target, "?x");
}

TEST(LabelTable, F117_authority_holds_a_port_only_where_it_is_not_the_schemes_own) {
  using origin::Origin;
  using origin::Scheme;
  EXPECT_EQ((Origin{Scheme::https, "h", 443}.authority()), "h");
  EXPECT_EQ((Origin{Scheme::https, "h", 80}.authority()), "h:80");
  EXPECT_EQ((Origin{Scheme::http, "h", 80}.authority()), "h");
  EXPECT_EQ((Origin{Scheme::http, "h", 443}.authority()), "h:443");
  EXPECT_EQ((Origin{Scheme::https, "::1", 443}.authority()), "[::1]");
  EXPECT_EQ((Origin{Scheme::https, "::1", 8443}.authority()), "[::1]:8443");
  EXPECT_EQ((Origin{Scheme::https, "h", 8443}.to_string()), "https://h:8443");
  EXPECT_EQ((Origin{Scheme::http, "h", 80}.to_string()), "http://h");
}

TEST(LabelTable, labels_are_what_the_configuration_says) {
  config::Config config;
  config.labels = {{"tls", "https"}, {"plain", "http"}};
  config.port_in_host = config::PortInHost::ignore;
  config.upgrade = {"up.example"};
  const LabelTable table(label_options(config));
  expect_rows(table, {
                         {"/", "h.TLS:1", "https://h /"},
                         {"/", "h.plain", "http://h /"},
                         {"/", "h.ccnproxy-https", "none"},
                         {"http://up.example/", "", "https://up.example /"},
                     });
  EXPECT_NE(table.map({"GET", "/", "h", our_port}).error().reason.find("api.example.com.tls"),
            std::string::npos);
  EXPECT_EQ(label_options(config::Config{}).labels, LabelTable::defaults().labels);
}

TEST(LabelTable, without_labels_only_whole_uris_are_served) {
  LabelTable::Options options;
  const LabelTable table(options);
  expect_rows(table, {{"/", "h.ccnproxy-https", "none"},
                      {"https://h.example/", "", "https://h.example /"}});
  EXPECT_NE(table.map({"GET", "/", "h", our_port}).error().reason.find("whole URI"),
            std::string::npos);
}

TEST(LabelTable, F104_reasons_can_stand_in_a_header) {
  const LabelTable table(LabelTable::defaults());
  const std::vector<std::pair<const char*, const char*>> rows = {
      {"/", "h\r\nX: y"}, {"/", "\"\\h"}, {"http://\"@x/", ""},
      {"/\r\n#", "h"},    {"x\n", "h"},   {"/", "h:\r\n"}};
  for (const auto& [target, host] : rows) {
    const auto mapped = table.map({"GET", target, host, our_port});
    ASSERT_FALSE(mapped) << target;
    for (const char c : mapped.error().reason) {
      EXPECT_TRUE(c >= 0x20 && c < 0x7f && c != '"' && c != '\\') << mapped.error().reason;
    }
  }
}

TEST(LabelTable, an_unchecked_failure_throws_what_it_was) {
  const LabelTable table(LabelTable::defaults());
  EXPECT_THROW(table.map({"GET", "/", "h", our_port}).value(), std::logic_error);
}

}  // namespace
}  // namespace ccnproxy::route
