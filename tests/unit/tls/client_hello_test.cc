// What a ClientHello offers, read off its bytes.

#include "tls/client_hello.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ccnproxy::tls {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::string number(std::size_t value, int size) {
  std::string out;
  for (int i = size - 1; i >= 0; --i) out += static_cast<char>(value >> (8 * i) & 0xff);
  return out;
}
std::string with_length(const std::string& bytes, int size) {
  return number(bytes.size(), size) + bytes;
}
std::string extension(int type, const std::string& body) {
  return number(static_cast<std::size_t>(type), 2) + with_length(body, 2);
}
std::string share(std::size_t group, std::size_t size) {
  return number(group, 2) + with_length(std::string(size, 'k'), 2);
}
std::string message(const std::string& extensions) {
  const std::string body = std::string(34, 'r') + with_length("session", 1) +
                           with_length("cccc", 2) + with_length("0", 1) +
                           with_length(extensions, 2);
  return '\x01' + with_length(body, 3);
}

std::string usual() {
  return message(extension(0, "name") +
                 extension(10, with_length(number(0x11ec, 2) + number(0x1d, 2), 2)) +
                 extension(51, with_length(share(0x11ec, 1216) + share(0x1d, 32), 2)));
}

TEST(ClientHello, tells_groups_and_shares_in_order) {
  const auto offered = read_client_hello(usual());
  ASSERT_TRUE(offered);
  EXPECT_THAT(offered->supported, ElementsAre(0x11ec, 0x1d));
  EXPECT_THAT(offered->shares, ElementsAre(0x11ec, 0x1d));
}

TEST(ClientHello, of_tls_1_2_has_no_shares) {
  const auto offered = read_client_hello(message(extension(10, with_length(number(23, 2), 2))));
  ASSERT_TRUE(offered);
  EXPECT_THAT(offered->supported, ElementsAre(23));
  EXPECT_THAT(offered->shares, IsEmpty());
}

TEST(ClientHello, that_is_cut_anywhere_is_none) {
  const auto whole = usual();
  for (std::size_t size = 0; size < whole.size(); ++size)
    EXPECT_FALSE(read_client_hello(whole.substr(0, size))) << size;
}

TEST(ClientHello, is_not_another_message) {
  auto other = usual();
  other[0] = '\x02';
  EXPECT_FALSE(read_client_hello(other));
}

}  // namespace
}  // namespace ccnproxy::tls
