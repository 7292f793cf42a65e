// What the loader says of slips that people make: what it is, where, and what to write.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ccnproxy/config/loader.h"

namespace ccnproxy::config {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

struct Slip {
  std::string text;
  std::string place;  ///< LINE:COL
  std::string words;  ///< of the first message
};

void expect_slips(const std::vector<Slip>& slips) {
  for (const auto& slip : slips) {
    const auto loaded = load_text(slip.text, "f");
    ASSERT_FALSE(loaded.ok()) << slip.text;
    const auto line = loaded.mistakes.front().to_string();
    EXPECT_EQ(line.find("f:" + slip.place + ": "), 0u) << line << "\n" << slip.text;
    EXPECT_THAT(line, HasSubstr(slip.words)) << slip.text;
  }
}

TEST(Messages, a_tab_in_the_indentation) {
  const std::string words = "a tab stands in the indentation; write spaces";
  expect_slips({
      {"\tworkers: 1\n", "1:1", words},
      {"pool:\n\tmax_age: 1h\n", "2:1", words},
      {"pool:\n  min_ready: 1\n\tmax_age: 1h\n", "3:1", words},
      {"pool:\n  \tmax_age: 1h\n", "2:3", words},
      {"pool:\r\n\tmax_age: 1h\r\n", "2:1", words},
  });
  EXPECT_TRUE(load_text("tls: {verify: true,\n\talpn: [h2]}\n", "f").ok()) << "YAML allows this";
}

TEST(Messages, what_YAML_would_take_for_an_alias_is_to_be_quoted) {
  expect_slips({
      {"upgrade: [*.x.com]\n", "1:11", "quote it: \"*.x.com\""},
      {"upgrade:\n  - *.x.com\n", "2:5", "quote it: \"*.x.com\""},
      {"upgrade: *.x.com\n", "1:10", "quote it: \"*.x.com\""},
      {"origins:\n  allow: [api.example.com, *]\n", "2:28", "quote it: \"*\""},
      {"overrides:\n  - match: *\n", "2:12", "quote it: \"*\""},
      {"origins: {deny: [*.a, *.b]}\n", "1:18", "quote it: \"*.a\""},
      {"pid_file: @x\n", "1:11", "quote it: \"@x\""},
      {"pid_file: %x\n", "1:11", "quote it: \"%x\""},
      {"pid_file: `x`\n", "1:11", "quote it: \"`x`\""},
  });
}

TEST(Messages, a_key_in_the_wrong_section) {
  expect_slips({
      {"headers: 5\n", "1:1", "unknown key `headers`; did you mean `limits.headers`?"},
      {"level: info\n", "1:1", "did you mean `log.level`?"},
      {"allow: []\n", "1:1", "did you mean `clients.allow` or `origins.allow`?"},
      {"address: 127.0.0.1:1\n", "1:1", "did you mean `listeners[].address` or `admin.address`?"},
      {"connect_to: a\n", "1:1", "did you mean `overrides[].connect_to`?"},
      {"pool: {connect: 5s}\n", "1:8", "did you mean `timeouts.connect`?"},
      {"limits.headers: 5\n", "1:1", "write `headers` below `limits:`, indented"},
      {"log.access.to: none\n", "1:1", "write `to` below `log.access:`, indented"},
      {"hedaers: 5\n", "1:1", "did you mean `limits.headers`?"},
      {"min_reddy: 5\n", "1:1", "did you mean `pool.min_ready`?"},
  });
}

TEST(Messages, values_of_the_wrong_form) {
  expect_slips({
      {"upgrade: a.example\n", "1:10", "not `a.example`; write [a.example]"},
      {"upgrade: \"*.example\"\n", "1:10", "write [\"*.example\"]"},
      {"clients: {allow: 10.0.0.0/8}\n", "1:18", "write [10.0.0.0/8]"},
      {"timeouts: {connect: 5}\n", "1:21", "not `5`; write 5s"},
      {"timeouts: {connect: 5 s}\n", "1:21", "write 5s"},
      {"listeners: 127.0.0.1:1\n", "1:12", "write [{address: \"127.0.0.1:1\"}]"},
      {"listeners:\n  address: 127.0.0.1:1\n", "2:3", "put `- ` before its first key"},
      {"log: {level: WARN}\n", "1:14", "not `WARN`; write warn"},
      {"port_in_host: Auto\n", "1:15", "write auto"},
      {"coalesce: 100\n", "1:11", "write 100us"},
      {"log: {access: {rotate_every: 90}}\n", "1:30", "write 90m"},
      {"limits: {head_bytes: 64k}\n", "1:22", "write 64KiB"},
      {"limits: {memory: 1GB}\n", "1:18", "write 1GiB"},
      {"tunnel_upgrades: yes\n", "1:18", "must be true or false, not `yes`; write true"},
      {"tls: {verify: Off}\n", "1:15", "write false"},
      {"log: {level: warnin}\n", "1:14", "`warn`"},
  });
}

TEST(Messages, a_colon_without_a_space) {
  expect_slips({
      {"workers:2\n", "1:1", "a space is missing after the colon: write `workers: 2`"},
      {"workers:2\nadmin: {address: none}\n", "1:8", "write `workers: 2`"},
      {"admin: {address: none}\nworkers:2\n", "2:1", "write `workers: 2`"},
      {"pool:\n  min_ready:3\n  max_age: 1h\n", "2:12", "write `min_ready: 3`"},
      {"pool: {min_ready:3}\n", "1:8", "write `min_ready: 3`"},
  });
}

TEST(Messages, brackets_and_quotes_that_stay_open) {
  expect_slips({
      {"upgrade: [a, b\nworkers: 2\n", "1:10", "a `[` is opened here and not closed by `]`"},
      {"pool: {max_age: 1h\nworkers: 2\n", "1:7", "a `{` is opened here and not closed by `}`"},
      {"upgrade: [a]]\n", "1:13", "none is open"},
      {"pid_file: \"/x\nworkers: 2\n", "1:11", "a quote is opened here and not closed"},
      {"pid_file: '/x\nworkers: 2\n", "1:11", "a quote is opened here and not closed"},
      {"pid_file: \"/x\" y\n", "1:16", "more text stands behind the end of a value"},
      {"listeners:\n  - address: [::1]:3000\n", "2:19", "quote the whole: \"[::1]:3000\""},
      {"pid_file: \"\\q\"\n", "1:14", "no escape that YAML knows"},
  });
}

TEST(Messages, structure_that_does_not_fit) {
  expect_slips({
      {"pool: a: b\n", "1:8", "a second colon"},
      {"workers: 1\n pool: {}\n", "2:6", "no key can stand here"},
      {"pool:\n  max_age: 1h\n min_ready: 1\n", "3:2", "indented otherwise"},
      {"overrides:\n  - match: a\n  -match: b\n", "3:3", "a space is missing after the dash"},
      {"pool: - b\n", "1:7", "a list can't begin in this place"},
      {"workers: 1\nworkers: 2\n", "2:1", "stands here twice, first in line 1; keep one"},
  });
}

TEST(Messages, bytes_that_are_no_text) {
  expect_slips({
      {"workers: \xe9\n", "1:10", "a byte (0xe9) that is no UTF-8"},
      {"a: 1\npid_file: /\xc3\x28\n", "2:12", "a byte (0xc3) that is no UTF-8"},
      {"\xff\xfew\x00o\x00", "1:1", "the file is UTF-16; save it as UTF-8"},
      {"\xfe\xff", "1:1", "UTF-16"},
  });
  EXPECT_TRUE(load_text("workers: 1  # caf\xe9\n# \xfc\n", "f").ok()) << "a comment may hold it";
  EXPECT_TRUE(load_text("pid_file: /caf\xc3\xa9\n", "f").ok());
}

TEST(Messages, a_byte_order_mark_and_other_line_ends_are_fine) {
  EXPECT_TRUE(load_text("\xef\xbb\xbfworkers: 1\n", "f").ok());
  EXPECT_TRUE(load_text("workers: 1\r\npool:\r\n  max_age: 1h\r\n", "f").ok());
  expect_slips({{"\xef\xbb\xbfworkers: x\n", "1:10", "`workers`"},
                {"pool:\r\n  max_age: 1\r\n", "2:12", "write 1s"}});
}

TEST(Messages, depth_is_told) {
  const auto loaded = load_text(std::string(100'000, '['), "f");
  EXPECT_THAT(loaded.mistakes.front().message, HasSubstr("stand inside of each other"));
}

TEST(Messages, F137_an_origin_without_a_scheme_is_told_in_our_words) {
  for (const char* text :
       {"pool: {warm: [api.example.com]}", "pool: {warm: [a]}", "pool: {warm: ['']}",
        "pool: {warm: ['https:']}", "pool: {warm: [h]}", "pool: {warm: ['http:/']}",
        "pool: {warm: [~]}", "upstream: a\npool: {warm: [a]}", "upstream: 'https'"}) {
    const auto loaded = load_text(text, "f");
    ASSERT_FALSE(loaded.ok()) << text;
    for (const auto& mistake : loaded.mistakes) {
      EXPECT_THAT(mistake.message, Not(HasSubstr("basic_string"))) << text;
      EXPECT_THAT(mistake.message, HasSubstr("an origin, as in https://api.example.com")) << text;
      EXPECT_GT(mistake.column, 1) << text;
    }
  }
}

TEST(Messages, F135_addresses_that_can_not_be_listened_on_together) {
  expect_slips({
      {"listeners: [{address: 127.0.0.1:3000}]\nadmin: {address: 127.0.0.1:3000}\n", "2:9",
       "`admin.address` is where a listener is already"},
      {"listeners: [{address: 0.0.0.0:3001}]\n", "1:14",
       "`listeners[0].address` is where the admin endpoint is by default: 0.0.0.0:3001"},
      {"listeners: [{address: '[::]:3001'}]\nadmin: {address: '[::1]:3001'}\n", "2:9",
       "`admin.address`"},
      {"listeners: [{address: 0.0.0.0:1}, {address: 127.0.0.1:1}]\n", "1:36",
       "listens a second time: 127.0.0.1:1 and 0.0.0.0:1 (listeners[0].address)"},
      {"listeners: [{address: unix:/run/a}, {address: unix:/run/./a}]\n", "1:38",
       "listens a second time"},
      {"listeners: [{address: unix:/run/a}]\nadmin: {address: unix:/run//a}\n", "2:9",
       "`admin.address`"},
      {"listeners: [{address: 224.0.0.1:1}]\n", "1:14", "not a multicast one"},
      {"listeners: [{address: 255.255.255.255:1}]\n", "1:14", "not the broadcast one"},
      {"listeners: [{address: '[::ffff:127.0.0.1]:1'}]\n", "1:14", "write 127.0.0.1:1"},
      {"listeners: [{address: '[fe80::1]:1'}]\n", "1:14", "link-local"},
  });
  for (const char* text : {"listeners: [{address: 0.0.0.0:1}, {address: '[::]:1'}]",
                           "listeners: [{address: 127.0.0.1:1}, {address: 127.0.0.2:1}]",
                           "listeners: [{address: 127.0.0.1:0}, {address: 127.0.0.1:0}]",
                           "listeners: [{address: '[::1]:3001'}]"}) {
    EXPECT_TRUE(load_text(text, "f").ok()) << text;
  }
}

}  // namespace
}  // namespace ccnproxy::config
