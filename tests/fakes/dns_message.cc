#include "fakes/dns_message.h"

#include <algorithm>

#include "fakes/failure.h"

namespace ccnproxy::fakes::dns {
namespace {

constexpr std::size_t header_size = 12;

std::uint16_t number(std::string_view bytes, std::size_t at) {
  return static_cast<std::uint16_t>(static_cast<unsigned char>(bytes[at]) << 8 |
                                    static_cast<unsigned char>(bytes[at + 1]));
}

void append(std::string& out, std::uint32_t value, unsigned bytes) {
  while (bytes-- > 0) out += static_cast<char>(value >> (8 * bytes) & 0xff);
}

/// The name at `at`, which is moved past it. Empty for a name that is cut short or compressed,
/// which a question never is.
std::optional<std::string> read_name(std::string_view bytes, std::size_t& at) {
  std::string name;
  while (at < bytes.size() && bytes[at] != 0) {
    const auto size = static_cast<unsigned char>(bytes[at]);
    if (size > 63 || at + 1 + size > bytes.size()) return std::nullopt;
    if (!name.empty()) name += '.';
    for (const char c : bytes.substr(at + 1, size))
      name += c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
    at += 1U + size;
  }
  if (at++ >= bytes.size()) return std::nullopt;
  return name;
}

}  // namespace

std::optional<Question> parse_query(std::string_view bytes) {
  if (bytes.size() < header_size || (bytes[2] & 0x80) != 0 || number(bytes, 4) != 1)
    return std::nullopt;
  Question question;
  std::size_t at = header_size;
  const auto name = read_name(bytes, at);
  if (!name || at + 4 > bytes.size()) return std::nullopt;
  question.id = number(bytes, 0);
  question.name = *name;
  question.type = number(bytes, at);
  question.recursion_desired = (bytes[2] & 1) != 0;
  question.raw = bytes.substr(header_size, at + 4 - header_size);
  return question;
}

std::string encode_name(const std::string& name) {
  std::string out;
  for (std::size_t from = 0; from < name.size();) {
    const std::size_t dot = std::min(name.find('.', from), name.size());
    if (dot == from || dot - from > 63) throw Failure("not a DNS name: " + name);
    out += static_cast<char>(dot - from);
    out.append(name, from, dot - from);
    from = dot + 1;
  }
  return out + '\0';
}

std::string encode_reply(const Question& question, ReplyCode code,
                         const std::vector<Record>& answers, bool truncated) {
  std::string out;
  const unsigned flags = 0x8480U | (truncated ? 0x200U : 0U) |  // QR, AA, RA
                         (question.recursion_desired ? 0x100U : 0U) | code;
  append(out, question.id, 2);
  append(out, flags, 2);
  append(out, 1, 2);
  append(out, truncated ? 0 : static_cast<std::uint32_t>(answers.size()), 2);
  append(out, 0, 4);
  out += question.raw;
  if (truncated) return out;
  for (const Record& record : answers) {
    out += encode_name(record.owner);
    append(out, record.type, 2);
    append(out, 1, 2);  // IN
    append(out, static_cast<std::uint32_t>(record.ttl.count()), 4);
    append(out, static_cast<std::uint32_t>(record.data.size()), 2);
    out += record.data;
  }
  return out;
}

}  // namespace ccnproxy::fakes::dns
