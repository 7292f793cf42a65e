#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ccnproxy::fakes::dns {

// RFC 1035 §3.2.2, RFC 3596.
enum Type : std::uint16_t { A = 1, Cname = 5, Soa = 6, Aaaa = 28 };
enum ReplyCode : std::uint8_t {
  Ok = 0,
  FormatError = 1,
  ServerFailure = 2,
  NoSuchName = 3,
  Refused = 5
};

/// The question of a query.
struct Question {
  std::uint16_t id = 0;
  std::string name{};  ///< lower case, without the final dot
  std::uint16_t type = A;
  bool recursion_desired = false;
  std::string raw{};  ///< the question section's bytes, to be repeated in the reply
};

struct Record {
  std::string owner{};
  std::uint16_t type = A;
  std::chrono::seconds ttl{60};
  std::string data{};  ///< as on the wire
};

/// Empty where these bytes are not a query with one question.
std::optional<Question> parse_query(std::string_view bytes);
std::string encode_reply(const Question& question, ReplyCode code,
                         const std::vector<Record>& answers, bool truncated);
/// The wire form of a name, uncompressed.
std::string encode_name(const std::string& name);

}  // namespace ccnproxy::fakes::dns
