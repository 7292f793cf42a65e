#include "client_hello.h"

#include <cstddef>

namespace ccnproxy::tls {
namespace {

constexpr std::uint64_t client_hello = 1;
constexpr std::size_t version_and_random = 34;
constexpr std::uint64_t supported_groups = 10;
constexpr std::uint64_t key_share = 51;

/// Takes fields off the front. What is too short for a field leaves it failed, and empty.
class Fields {
 public:
  explicit Fields(std::string_view bytes) : rest_(bytes) {}

  bool failed() const noexcept { return failed_; }
  bool empty() const noexcept { return rest_.empty(); }

  std::uint64_t number(std::size_t size) {
    std::uint64_t value = 0;
    for (const char c : bytes(size)) value = value << 8 | static_cast<unsigned char>(c);
    return value;
  }
  std::string_view bytes(std::size_t size) {
    if (size > rest_.size()) {
      failed_ = true;
      rest_ = {};
      return {};
    }
    const auto taken = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return taken;
  }
  /// Bytes with their length in `size` bytes before them.
  std::string_view vector(std::size_t size) {
    const auto length = number(size);
    return bytes(static_cast<std::size_t>(length));
  }

 private:
  std::string_view rest_;
  bool failed_ = false;
};

std::vector<std::uint16_t> read_supported(std::string_view extension) {
  std::vector<std::uint16_t> groups;
  Fields fields(Fields(extension).vector(2));
  while (!fields.empty()) groups.push_back(static_cast<std::uint16_t>(fields.number(2)));
  return groups;
}

std::vector<std::uint16_t> read_shares(std::string_view extension) {
  std::vector<std::uint16_t> groups;
  Fields fields(Fields(extension).vector(2));
  while (!fields.empty()) {
    groups.push_back(static_cast<std::uint16_t>(fields.number(2)));
    fields.vector(2);
  }
  return groups;
}

}  // namespace

std::optional<OfferedGroups> read_client_hello(std::string_view message) {
  Fields outer(message);
  const auto type = outer.number(1);
  Fields hello(outer.vector(3));
  hello.bytes(version_and_random);
  hello.vector(1);  // session
  hello.vector(2);  // cipher suites
  hello.vector(1);  // compression
  Fields extensions(hello.vector(2));
  if (type != client_hello || outer.failed() || hello.failed()) return std::nullopt;
  OfferedGroups offered;
  while (!extensions.empty()) {
    const auto extension = extensions.number(2);
    const auto body = extensions.vector(2);
    if (extension == supported_groups) offered.supported = read_supported(body);
    if (extension == key_share) offered.shares = read_shares(body);
  }
  if (extensions.failed()) return std::nullopt;
  return offered;
}

}  // namespace ccnproxy::tls
