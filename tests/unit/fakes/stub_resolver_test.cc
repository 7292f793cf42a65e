// The manual of StubResolver: what it can be made to answer, asked in bytes.
#include "fakes/stub_resolver.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>

#include "fakes/failure.h"
#include "fakes/stream.h"

namespace ccnproxy::fakes {
namespace {

using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

struct Reply {
  bool came = false;
  int code = -1;
  bool truncated = false;
  std::vector<std::string> addresses;
  std::vector<std::uint32_t> ttls;
  std::vector<std::string> owners;
};

std::string query(const std::string& name, dns::Type type) {
  std::string bytes("\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00", 12);
  return bytes + dns::encode_name(name) + std::string("\0", 1) + static_cast<char>(type) +
         std::string("\0\1", 2);
}

/// Walks the bytes of a message. The stub compresses no names.
class Cursor {
 public:
  explicit Cursor(std::string_view bytes) : bytes_(bytes) {}
  std::uint32_t number(std::size_t size) {
    std::uint32_t value = 0;
    for (const char c : take(size)) value = value << 8 | static_cast<unsigned char>(c);
    return value;
  }
  std::string_view take(std::size_t size) {
    const std::string_view taken = bytes_.substr(at_, size);
    at_ += size;
    return taken;
  }
  std::string name() {
    std::string text;
    while (const std::uint32_t size = number(1)) {
      if (!text.empty()) text += '.';
      text += take(size);
    }
    return text;
  }

 private:
  std::string_view bytes_;
  std::size_t at_ = 0;
};

std::string as_text(std::uint32_t type, std::string_view data) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  return ::inet_ntop(type == dns::A ? AF_INET : AF_INET6, data.data(), text.data(), text.size());
}

Reply parse(const std::string& bytes) {
  Reply reply;
  Cursor cursor(bytes);
  const bool ours = cursor.number(2) == 0x1234;
  const std::uint32_t flags = cursor.number(2);
  reply.came = ours && (flags & 0x8000) != 0 && cursor.number(2) == 1;
  reply.code = static_cast<int>(flags & 15);
  reply.truncated = (flags & 0x200) != 0;
  const std::uint32_t answers = cursor.number(2);
  cursor.take(4);
  cursor.name();
  cursor.take(4);
  for (std::uint32_t i = 0; i < answers; ++i) {
    reply.owners.push_back(cursor.name());
    const std::uint32_t type = cursor.number(2);
    EXPECT_EQ(cursor.number(2), 1U);  // IN
    reply.ttls.push_back(cursor.number(4));
    const std::string_view data = cursor.take(cursor.number(2));
    if (type != dns::Cname) reply.addresses.push_back(as_text(type, data));
  }
  return reply;
}

Reply ask(const StubResolver& resolver, const std::string& name, dns::Type type = dns::A,
          Patience patience = default_patience) {
  const Descriptor socket = bind_datagram("127.0.0.1:0");
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(resolver.port());
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const std::string bytes = query(name, type);
  ::sendto(socket.get(), bytes.data(), bytes.size(), 0, reinterpret_cast<const sockaddr*>(&to),
           sizeof to);
  pollfd entry{socket.get(), POLLIN, 0};
  if (::poll(&entry, 1, static_cast<int>(patience.count())) == 0) return {};
  std::array<char, 4096> buffer;
  const ssize_t got = ::recv(socket.get(), buffer.data(), buffer.size(), 0);
  return parse({buffer.data(), static_cast<std::size_t>(std::max<ssize_t>(got, 0))});
}

Reply ask_tcp(const StubResolver& resolver, const std::string& name) {
  Stream stream(connect_to(resolver.endpoint()));
  const std::string bytes = query(name, dns::A);
  stream.write(std::string(1, '\0') + static_cast<char>(bytes.size()) + bytes);
  const std::string length = stream.read_exact(2);
  return parse(stream.read_exact(static_cast<unsigned char>(length[0]) * 256U +
                                 static_cast<unsigned char>(length[1])));
}

TEST(StubResolver, answers_each_family_with_its_own_addresses) {
  StubResolver dns;
  dns.set("api.test", {.addresses = {"127.0.0.1", "::1", "127.0.0.2"}, .ttl = seconds(7)});
  const Reply v4 = ask(dns, "API.test", dns::A);
  EXPECT_EQ(v4.code, dns::Ok);
  EXPECT_THAT(v4.addresses, ElementsAre("127.0.0.1", "127.0.0.2"));
  EXPECT_THAT(v4.ttls, ElementsAre(7, 7));
  EXPECT_THAT(ask(dns, "api.test", dns::Aaaa).addresses, ElementsAre("::1"));
  EXPECT_EQ(dns.queries("api.test"), 2U);
  EXPECT_EQ(dns.queries("api.test", dns::A), 1U);
}

TEST(StubResolver, a_name_without_addresses_of_the_family_gets_an_empty_answer) {
  StubResolver dns;
  dns.set("four.test", {.addresses = {"127.0.0.1"}});
  const Reply reply = ask(dns, "four.test", dns::Aaaa);
  EXPECT_EQ(reply.code, dns::Ok);
  EXPECT_THAT(reply.addresses, IsEmpty());
}

TEST(StubResolver, fails_in_every_way) {
  StubResolver dns;
  dns.set("broken.test", DnsAnswer::server_failure());
  dns.set("silent.test", DnsAnswer::no_reply());
  EXPECT_EQ(ask(dns, "unknown.test").code, dns::NoSuchName);
  EXPECT_EQ(ask(dns, "broken.test").code, dns::ServerFailure);
  EXPECT_FALSE(ask(dns, "silent.test", dns::A, Patience(50)).came);
  dns.wait_for_queries("silent.test", 1);
  EXPECT_THROW(dns.wait_for_queries("silent.test", 2, Patience(10)), Failure);
}

TEST(StubResolver, F046_answers_change_over_time) {
  StubResolver dns;
  dns.set_sequence("api.test", {{.addresses = {"127.0.0.1"}}, {.addresses = {"127.0.0.2"}}});
  EXPECT_THAT(ask(dns, "api.test").addresses, ElementsAre("127.0.0.1"));
  EXPECT_THAT(ask(dns, "api.test").addresses, ElementsAre("127.0.0.2"));
  EXPECT_THAT(ask(dns, "api.test").addresses, ElementsAre("127.0.0.2"));
  dns.set("api.test", {.addresses = {"127.0.0.3"}});
  EXPECT_THAT(ask(dns, "api.test").addresses, ElementsAre("127.0.0.3"));
}

TEST(StubResolver, a_slow_answer_holds_up_no_other) {
  StubResolver dns;
  dns.set("slow.test", {.addresses = {"127.0.0.1"}, .delay = Patience(300)});
  dns.set("fast.test", {.addresses = {"127.0.0.2"}});
  std::atomic<bool> slow_came = false;
  std::thread slow([&] {
    EXPECT_THAT(ask(dns, "slow.test").addresses, ElementsAre("127.0.0.1"));
    slow_came = true;
  });
  dns.wait_for_queries("slow.test", 1);
  EXPECT_THAT(ask(dns, "fast.test").addresses, ElementsAre("127.0.0.2"));
  EXPECT_FALSE(slow_came);
  slow.join();
}

TEST(StubResolver, an_alias_owns_the_addresses) {
  StubResolver dns;
  dns.set("www.test", {.addresses = {"127.0.0.1"}, .alias = "edge.test"});
  const Reply reply = ask(dns, "www.test");
  EXPECT_THAT(reply.owners, ElementsAre("www.test", "edge.test"));
  EXPECT_THAT(reply.addresses, ElementsAre("127.0.0.1"));
}

TEST(StubResolver, sends_a_client_to_tcp) {
  StubResolver dns;
  dns.set("long.test", {.addresses = {"127.0.0.1"}, .truncated = true});
  const Reply over_udp = ask(dns, "long.test");
  EXPECT_TRUE(over_udp.truncated);
  EXPECT_THAT(over_udp.addresses, IsEmpty());
  EXPECT_THAT(ask_tcp(dns, "long.test").addresses, ElementsAre("127.0.0.1"));
  EXPECT_EQ(dns.tcp_queries(), 1U);
}

TEST(StubResolver, a_wrong_address_fails_where_it_is_set) {
  StubResolver dns;
  EXPECT_THROW(dns.set("x.test", {.addresses = {"localhost"}}), Failure);
}

}  // namespace
}  // namespace ccnproxy::fakes
