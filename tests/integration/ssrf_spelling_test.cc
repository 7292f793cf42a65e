// No connection is made to a denied address, however it is written. Every denied address that can
// have a listener on a test machine has one.
#include "integration/ssrf_fixture.h"

namespace ccnproxy::integration {
namespace {

struct Spelling {
  std::string text;
  Ends ends;
};

// What stands for 127.0.0.2, and for addresses that can't be reached by default.
const std::vector<Spelling> spellings = {
    {"127.0.0.2", Ends::denied},
    {"127.0.0.2.", Ends::denied},
    {"2130706434", Ends::not_a_host},
    {"2130706434.", Ends::not_a_host},
    {"017700000002", Ends::not_a_host},
    {"0x7f000002", Ends::not_a_host},
    {"0X7F000002", Ends::not_a_host},
    {"0x7f.0x0.0x0.0x2", Ends::not_a_host},
    {"0x7f.2", Ends::not_a_host},
    {"0177.0.0.2", Ends::not_a_host},
    {"0177.0.0.02", Ends::not_a_host},
    {"127.0.0.002", Ends::not_a_host},
    {"127.0.0.0x2", Ends::not_a_host},
    {"127.2", Ends::not_a_host},
    {"127.0.2", Ends::not_a_host},
    {"127.0.0.2.0x0", Ends::not_a_host},
    {"127.0.0.2.2", Ends::not_a_host},
    {"127.0.0.258", Ends::not_a_host},
    {"383.0.0.2", Ends::not_a_host},
    {"127..0.2", Ends::not_a_host},
    {"127.0.0.2%00", Ends::not_a_host},
    {"%31%32%37.0.0.2", Ends::not_a_host},
    {"127.0.0.\xc2\xb2", Ends::not_a_host},
    {"\xef\xbc\x91\xef\xbc\x92\xef\xbc\x97.0.0.2", Ends::not_a_host},
    {"127\xe3\x80\x82"
     "0\xe3\x80\x82"
     "0\xe3\x80\x82"
     "2",
     Ends::not_a_host},
    {"x@127.0.0.2", Ends::not_a_host},
    {"127.0.0.2:80@127.0.0.1", Ends::not_a_host},
    {"127.0.0.2\\@127.0.0.1", Ends::not_a_host},
    {"[127.0.0.2]", Ends::not_a_host},
    {"[::ffff:127.0.0.2]", Ends::denied},
    {"[::FFFF:7F00:2]", Ends::denied},
    {"[0:0:0:0:0:ffff:7f00:2]", Ends::denied},
    {"[0000:0000:0000:0000:0000:ffff:127.0.0.2]", Ends::denied},
    {"[::ffff:127.0.0.2%25lo]", Ends::not_a_host},
    {"[::ffff:0x7f.0.0.2]", Ends::not_a_host},
    {"[::ffff:2130706434]", Ends::not_a_host},
    {"::ffff:127.0.0.2", Ends::not_a_host},
    {"[::127.0.0.2]", Ends::denied},
    {"[::ffff:0:127.0.0.2]", Ends::denied},
    {"[64:ff9b::127.0.0.2]", Ends::denied},
    {"[64:ff9b::7f00:2]", Ends::denied},
    {"[64:ff9b:1::7f00:2]", Ends::denied},
    {"[64:ff9b:1:7f00:0:200::]", Ends::denied},
    {"[2002:7f00:2::]", Ends::denied},
    {"[2002:7f00:2::1]", Ends::denied},
    {"[2001::80ff:fffd]", Ends::denied},
    {"[2001:db8::5efe:127.0.0.2]", Ends::denied},
    {"169.254.169.254", Ends::denied},
    {"169.254.170.2", Ends::denied},
    {"2852039166", Ends::not_a_host},
    {"0xa9fea9fe", Ends::not_a_host},
    {"169.254.43518", Ends::not_a_host},
    {"0251.0376.0251.0376", Ends::not_a_host},
    {"[::ffff:169.254.169.254]", Ends::denied},
    {"[64:ff9b::a9fe:a9fe]", Ends::denied},
    {"[2002:a9fe:a9fe::1]", Ends::denied},
    {"100.100.100.200", Ends::denied},
    {"168.63.129.16", Ends::denied},
    {"192.0.0.192", Ends::denied},
    {"[fd00:ec2::254]", Ends::denied},
    {"[fd00:ec2::23]", Ends::denied},
    {"[fd20:ce::254]", Ends::denied},
    {"[fe80::1]", Ends::denied},
    {"[fe80::1%25lo]", Ends::not_a_host},
    {"0.0.0.0", Ends::denied},
    {"0.1.2.3", Ends::denied},
    {"0", Ends::not_a_host},
    {"[::]", Ends::denied},
    {"[::1]", Ends::denied},
    {"[0:0:0:0:0:0:0:1]", Ends::denied},
    {"224.0.0.1", Ends::denied},
    {"[ff02::1]", Ends::denied},
};

TEST_F(Ssrf, F089_no_spelling_of_a_denied_address_leads_there) {
  Proxy proxy(places.config);
  for (const auto& [text, ends] : spellings) {
    SCOPED_TRACE(text);
    expect_end(places.ask(proxy, text), ends);
    expect_end(places.ask_labelled(proxy, text), ends);
  }
  EXPECT_EQ(places.ask(proxy, good_place).body, good_place) << "the others go their way";
  EXPECT_EQ(places.good->accepts(), 1U);
  EXPECT_GE(spellings.size(), 60U);
}

/// The same table by `origins.deny`, where deny_addresses denies nothing: what is an address ends
/// with 403, whichever way it is written, if it is one that the list has.
TEST_F(Ssrf, F153_no_spelling_passes_a_list_of_denied_hosts) {
  places.config.set("origins.deny_addresses", "[]");
  places.config.set("origins.deny",
                    "[127.0.0.2, 169.254.169.254, 169.254.170.2, 100.100.100.200, 168.63.129.16, "
                    "192.0.0.192, \"fd00:ec2::254\", \"FD00:EC2:0::23\", \"fd20:ce::254\", "
                    "\"[fe80::1]\", \"[::ffff:0.0.0.0]\", 0.1.2.3, \"::\", \"::1\", 224.0.0.1, "
                    "\"ff02:0::1\"]");
  Proxy proxy(places.config);
  for (const auto& [text, ends] : spellings) {
    SCOPED_TRACE(text);
    const auto response = places.ask(proxy, text);
    EXPECT_EQ(response.status, ends == Ends::denied ? 403 : 400) << response.body;
    EXPECT_EQ(proxy_error(response),
              ends == Ends::denied ? "http_request_denied" : "http_request_error");
    EXPECT_EQ(places.ask_labelled(proxy, text).status, response.status);
  }
  EXPECT_EQ(places.ask(proxy, "[::ffff:127.0.0.1]").body, good_place) << "another address is not";
}

/// And by `origins.allow`: the address that it has is allowed as that address alone.
TEST_F(Ssrf, F153_no_spelling_is_allowed_for_looking_like_another) {
  places.config.set("origins.deny_addresses", "[]").set("origins.allow", "[127.0.0.1]");
  Proxy proxy(places.config);
  for (const auto& [text, ends] : spellings)
    EXPECT_EQ(places.ask(proxy, text).status, ends == Ends::denied ? 403 : 400) << text;
  for (const std::string same :
       {"127.0.0.1", "127.0.0.1.", "[::ffff:127.0.0.1]", "[::FFFF:7f00:1]"})
    EXPECT_EQ(places.ask(proxy, same).body, good_place) << same;
}

TEST_F(Ssrf, F153_an_override_holds_for_its_address_in_every_spelling) {
  places.config.set("origins.deny_addresses", "[]");
  places.config.origin("[::ffff:127.0.0.2]", good_place + ":" + places.port());
  Proxy proxy(places.config);
  for (const std::string same :
       {"127.0.0.2", "127.0.0.2.", "[::ffff:127.0.0.2]", "[0:0:0:0:0:FFFF:7F00:2]"})
    EXPECT_EQ(places.ask(proxy, same).body, good_place) << same;
}

TEST_F(Ssrf, F089_what_looks_like_an_address_is_not_asked_of_dns_either) {
  Proxy proxy(places.config);
  for (const std::string text : {"2130706434", "0x7f000002", "127.2", "0177.0.0.2"}) {
    places.answer(text, {good_place});
    EXPECT_EQ(places.ask(proxy, text).status, 400) << text;
    EXPECT_EQ(places.dns.queries(text), 0U) << text;
  }
}

}  // namespace
}  // namespace ccnproxy::integration
