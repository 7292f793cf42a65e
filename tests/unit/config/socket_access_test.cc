#include "ccnproxy/config/socket_access.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "ccnproxy/config/loader.h"

namespace ccnproxy::config {
namespace {

using Texts = std::vector<std::string>;

Texts mistakes_in(const std::string& text) {
  Texts lines;
  for (const auto& mistake : load_text(text, "f").mistakes) lines.push_back(mistake.to_string());
  return lines;
}

std::string listener(const std::string& keys) {
  return "listeners: [{address: unix:/run/x.sock, " + keys + "}]";
}

TEST(SocketAccess, F158_is_read_beside_the_address_in_any_order) {
  const auto config = load_text(
                          "listeners: [{mode: 0666, group: \"0\", address: unix:/run/x.sock}, "
                          "{address: unix:/run/y}]\n"
                          "admin: {mode: 640, owner: root, address: unix:/run/z}",
                          "f")
                          .config;
  ASSERT_EQ(config.listeners.size(), 2U);
  EXPECT_EQ(config.listeners[0].access, (SocketAccess{0666, "", "0"}));
  EXPECT_EQ(config.listeners[0].unix_path, "/run/x.sock");
  EXPECT_EQ(config.listeners[1].access, SocketAccess{});
  EXPECT_EQ(config.admin.access, (SocketAccess{0640, "root", ""}));
}

TEST(SocketAccess, F158_modes) {
  for (const auto& [text, mode] : std::vector<std::pair<std::string, std::uint32_t>>{
           {"0660", 0660}, {"660", 0660}, {"\"0600\"", 0600}, {"0777", 0777}, {"000", 0}}) {
    const auto loaded = load_text(listener("mode: " + text), "f");
    ASSERT_TRUE(loaded.ok()) << text;
    EXPECT_EQ(loaded.config.listeners[0].access.mode, mode) << text;
  }
  for (const std::string text : {"0o660", "68", "0888", "07777", "1777", "-660", "rw-rw----", "6",
                                 "u=rw", "0x1b0", "\"\"", "\" 660\"", "660 8"}) {
    EXPECT_EQ(mistakes_in(listener("mode: " + text)).size(), 1U) << text;
  }
  EXPECT_EQ(
      mistakes_in(listener("mode: 999")),
      Texts{"f:1:47: `listeners[0].mode` must be three or four octal digits from 000 to 0777, "
            "as in 0660, not `999`"});
}

TEST(SocketAccess, F158_users_and_groups_that_are_not_there) {
  EXPECT_EQ(mistakes_in(listener("owner: nosuchuser")),
            Texts{"f:1:48: `listeners[0].owner` must be a user of this system, by name or number, "
                  "not `nosuchuser`"});
  EXPECT_EQ(mistakes_in("admin:\n  address: unix:/run/z\n  group: nosuchgroup"),
            Texts{"f:3:10: `admin.group` must be a group of this system, by name or number, not "
                  "`nosuchgroup`"});
  EXPECT_EQ(user_number("root"), 0U);
  EXPECT_EQ(group_number("12345"), 12345U);
  EXPECT_EQ(user_number("-1"), std::nullopt);
}

TEST(SocketAccess, F158_are_for_unix_sockets_alone) {
  EXPECT_EQ(mistakes_in("listeners: [{address: \"127.0.0.1:3000\", mode: 0660}]"),
            Texts{"f:1:41: `listeners[0].mode` is for a unix socket alone; this address is none"});
  EXPECT_EQ(mistakes_in("admin: {group: root}"),
            Texts{"f:1:9: `admin.group` is for a unix socket alone; this address is none"});
  EXPECT_EQ(mistakes_in("admin: {address: none, owner: root}").size(), 1U);
}

}  // namespace
}  // namespace ccnproxy::config
