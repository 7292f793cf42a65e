#include "ccnproxy/http/head.h"

#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "ccnproxy/http/characters.h"
#include "ccnproxy/http/list.h"

namespace ccnproxy::http {
namespace {

const std::vector<std::pair<std::string, FieldId>> known_names = {
    {"connection", FieldId::connection},
    {"content-length", FieldId::content_length},
    {"date", FieldId::date},
    {"expect", FieldId::expect},
    {"host", FieldId::host},
    {"keep-alive", FieldId::keep_alive},
    {"proxy-connection", FieldId::proxy_connection},
    {"te", FieldId::te},
    {"trailer", FieldId::trailer},
    {"transfer-encoding", FieldId::transfer_encoding},
    {"upgrade", FieldId::upgrade},
    {"via", FieldId::via},
    {"idempotency-key", FieldId::idempotency_key},
    {"proxy-authenticate", FieldId::proxy_authenticate},
    {"proxy-authorization", FieldId::proxy_authorization},
    {"http2-settings", FieldId::http2_settings},
};

std::string upper(std::string text) {
  for (char& c : text) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return text;
}

TEST(FieldId, knows_each_name_in_any_case) {
  for (const auto& [name, id] : known_names) {
    EXPECT_EQ(field_id(name), id) << name;
    EXPECT_EQ(field_id(upper(name)), id) << name;
    std::string mixed = name;
    mixed[0] = upper(name)[0];
    EXPECT_EQ(field_id(mixed), id) << name;
  }
}

// One byte changed, added or taken away is another name: above all the bytes that differ from a
// letter or from "-" in bit 5 only, which quick comparisons take for the same.
TEST(FieldId, takes_nothing_else_for_a_known_name) {
  for (const auto& [name, id] : known_names) {
    for (std::size_t i = 0; i < name.size(); ++i) {
      for (int byte = 0; byte < 256; ++byte) {
        std::string other = name;
        other[i] = static_cast<char>(byte);
        if (to_lower(other[i]) == name[i]) continue;
        EXPECT_NE(field_id(other), id) << other;
      }
    }
    EXPECT_EQ(field_id(name + "x"), FieldId::other);
    EXPECT_EQ(field_id("x" + name), FieldId::other);
    EXPECT_NE(field_id(name.substr(1)), id);
  }
}

TEST(FieldId, of_names_it_does_not_know_is_other) {
  for (const char* name : {"", "x", "accept", "user-agent", "content-type", "set-cookie", "hosts",
                           "content_length", "x-forwarded-for", "authorization", "trailers"}) {
    EXPECT_EQ(field_id(name), FieldId::other) << name;
  }
}

TEST(Fields, are_found_by_id_and_by_name) {
  const Fields fields = {
      {"Host", "a", FieldId::host}, {"X-One", "1", FieldId::other}, {"x-one", "2", FieldId::other}};
  ASSERT_NE(find(fields, FieldId::host), nullptr);
  EXPECT_EQ(find(fields, FieldId::host)->value, "a");
  EXPECT_EQ(find(fields, FieldId::via), nullptr);
  ASSERT_NE(find(fields, "x-ONE"), nullptr);
  EXPECT_EQ(find(fields, "x-ONE")->value, "1");
  EXPECT_EQ(find(fields, "x-two"), nullptr);
}

TEST(IEquals, folds_ascii_letters_only) {
  EXPECT_TRUE(iequals("", ""));
  EXPECT_TRUE(iequals("aZ-9", "Az-9"));
  EXPECT_FALSE(iequals("a", "ab"));
  EXPECT_FALSE(iequals("-", "\r"));
  EXPECT_FALSE(iequals("@", "`"));
  EXPECT_FALSE(iequals("[", "{"));
  EXPECT_FALSE(iequals("\xc4", "\xe4"));
}

TEST(ListContains, compares_whole_members) {
  EXPECT_TRUE(list_contains("close", "close"));
  EXPECT_TRUE(list_contains("Keep-Alive, CLOSE", "close"));
  EXPECT_TRUE(list_contains(",, \t close ,", "close"));
  EXPECT_FALSE(list_contains("closed, xclose, cl ose", "close"));
  EXPECT_FALSE(list_contains("", "close"));
  EXPECT_FALSE(list_contains(" , ,", ""));
}

TEST(NextMember, walks_a_list_and_passes_over_empty_members) {
  std::string_view list = " a ,,\tb c\t, ";
  std::string_view member;
  ASSERT_TRUE(next_member(list, member));
  EXPECT_EQ(member, "a");
  ASSERT_TRUE(next_member(list, member));
  EXPECT_EQ(member, "b c");
  EXPECT_FALSE(next_member(list, member));
  EXPECT_TRUE(list.empty());
}

TEST(NextElement, F127_a_comma_in_a_quoted_string_ends_no_element) {
  struct Case {
    std::string_view list;
    std::vector<std::string_view> elements;
  };
  const std::vector<Case> cases = {
      {"", {}},
      {" , ,", {}},
      {"a, ,b", {"a", "b"}},
      {"a;x=\",\", trailers", {"a;x=\",\"", "trailers"}},
      {"a;x=\"\\\",\" ,b", {"a;x=\"\\\",\"", "b"}},
      {"a;x=\", trailers", {"a;x=\", trailers"}},
      {"a;x=\"\\", {"a;x=\"\\"}},
      {"\"\",\"\"", {"\"\"", "\"\""}},
  };
  for (const Case& c : cases) {
    std::string_view list = c.list;
    std::vector<std::string_view> elements;
    for (std::string_view element; next_element(list, element);) elements.push_back(element);
    EXPECT_EQ(elements, c.elements) << c.list;
  }
}

TEST(Combined, F127_is_the_list_of_all_lines) {
  const Fields fields = {{"Upgrade", "a", FieldId::upgrade},
                         {"Via", "x", FieldId::via},
                         {"upgrade", "", FieldId::upgrade},
                         {"UPGRADE", "b, c", FieldId::upgrade}};
  EXPECT_EQ(combined(fields, FieldId::upgrade), "a, b, c");
  EXPECT_EQ(combined(fields, FieldId::te), "");
}

TEST(Characters, are_classed_as_the_rfc_does) {
  std::string tokens;
  std::string target;
  std::size_t field_chars = 0;
  for (int byte = 0; byte < 256; ++byte) {
    const char c = static_cast<char>(byte);
    if (is(token_char, c)) tokens += c;
    if (is(target_char, c)) target += c;
    field_chars += is(field_char, c) ? 1 : 0;
  }
  EXPECT_EQ(tokens,
            "!#$%&'*+-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ^_`abcdefghijklmnopqrstuvwxyz|~");
  EXPECT_EQ(target.size(), 0x7fu - 0x21u - 1u + 0x80u);
  EXPECT_EQ(target.find('#'), std::string::npos);
  EXPECT_EQ(field_chars, 256u - 33u + 1u);  // all but the controls, and HTAB
}

}  // namespace
}  // namespace ccnproxy::http
