#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include <openssl/evp.h>

namespace ccnproxy::fakes {

/// Byte count and SHA-256 of a body that is too large to keep.
class Digest {
 public:
  Digest();
  Digest(const Digest& other);
  Digest& operator=(const Digest& other);
  ~Digest() = default;

  void add(std::string_view bytes);
  std::uint64_t size() const { return size_; }
  /// In lower-case hex, of what was added so far.
  std::string sha256() const;
  /// "bytes=N sha256=HEX": what the upload handlers of serve() answer.
  std::string summary() const;

 private:
  struct Free {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  };
  std::unique_ptr<EVP_MD_CTX, Free> context_;
  std::uint64_t size_ = 0;
};

/// `size` bytes from `offset` of an endless body that repeats at no power of two, so that a
/// lost, doubled or moved piece shows.
std::string pattern(std::uint64_t offset, std::size_t size);
/// Digest of the first `size` bytes of it.
Digest pattern_digest(std::uint64_t size);

}  // namespace ccnproxy::fakes
