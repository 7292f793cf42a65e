#include "fakes/digest.h"

#include <algorithm>
#include <array>

#include "fakes/failure.h"

namespace ccnproxy::fakes {

Digest::Digest() : context_(EVP_MD_CTX_new()) {
  if (!context_ || EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr) != 1)
    throw Failure("SHA-256 is missing");
}

Digest::Digest(const Digest& other) : context_(EVP_MD_CTX_new()), size_(other.size_) {
  if (!context_ || EVP_MD_CTX_copy_ex(context_.get(), other.context_.get()) != 1)
    throw Failure("copying a SHA-256 failed");
}

Digest& Digest::operator=(const Digest& other) {
  if (this == &other) return *this;
  Digest copy(other);
  std::swap(context_, copy.context_);
  size_ = copy.size_;
  return *this;
}

void Digest::add(std::string_view bytes) {
  size_ += bytes.size();
  EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size());
}

std::string Digest::sha256() const {
  const Digest copy(*this);
  std::array<unsigned char, EVP_MAX_MD_SIZE> raw{};
  unsigned int size = 0;
  EVP_DigestFinal_ex(copy.context_.get(), raw.data(), &size);
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (unsigned int i = 0; i < size; ++i) {
    text += digits[raw[i] >> 4];
    text += digits[raw[i] & 15];
  }
  return text;
}

std::string Digest::summary() const {
  return "bytes=" + std::to_string(size_) + " sha256=" + sha256();
}

// One period is a prime number of bytes, filled once by a linear congruence.
std::string pattern(std::uint64_t offset, std::size_t size) {
  constexpr std::size_t period = 65521;
  static const std::string once = [] {
    std::string made(period, '\0');
    std::uint32_t state = 1;
    for (char& c : made) {
      state = state * 1664525 + 1013904223;
      c = static_cast<char>('!' + (state >> 16) % 94);
    }
    return made;
  }();
  std::string out;
  out.reserve(size);
  std::size_t at = offset % period;
  while (out.size() < size) {
    const std::size_t piece = std::min(period - at, size - out.size());
    out.append(once, at, piece);
    at = 0;
  }
  return out;
}

Digest pattern_digest(std::uint64_t size) {
  Digest digest;
  constexpr std::uint64_t piece = 1 << 20;
  while (digest.size() < size)
    digest.add(pattern(digest.size(), std::min(piece, size - digest.size())));
  return digest;
}

}  // namespace ccnproxy::fakes
