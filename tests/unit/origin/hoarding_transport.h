#pragma once

#include <algorithm>
#include <string>

#include <sys/socket.h>

#include "ccnproxy/tls/transport.h"

namespace ccnproxy::origin {

/// Plain bytes with TLS's two peculiarities: it reads ahead of what it is asked for, as OpenSSL
/// does, gives at most a record at a time, and can tell an end in order from a cut.
class HoardingTransport final : public tls::Transport {
 public:
  explicit HoardingTransport(UniqueFd fd, bool ends_in_order = true)
      : Transport(std::move(fd)), ends_in_order_(ends_in_order) {}

  tls::IoResult read(char* into, std::size_t size) override {
    if (hoard_.empty()) fill();
    if (hoard_.empty()) return {ended_ ? end() : tls::IoStatus::would_block};
    const auto n = std::min({size, hoard_.size(), record});
    hoard_.copy(into, n);
    hoard_.erase(0, n);
    return {tls::IoStatus::ok, n};
  }
  tls::IoResult write(std::string_view bytes) override {
    const auto n = ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n > 0) return {tls::IoStatus::ok, static_cast<std::size_t>(n)};
    return {errno == EAGAIN ? tls::IoStatus::would_block : tls::IoStatus::failed};
  }
  bool has_more() override { return !hoard_.empty(); }
  std::size_t held() const noexcept override { return hoard_.size(); }
  void close() override { fd_.reset(); }
  /// Reads ahead now, as a handshake does.
  void hoard() {
    if (hoard_.empty()) fill();
  }
  std::string failure() const override { return "broken"; }

 private:
  static constexpr std::size_t record = 16 * 1024;
  static constexpr std::size_t ahead = 256 * 1024;

  tls::IoStatus end() const {
    return ends_in_order_ ? tls::IoStatus::closed : tls::IoStatus::truncated;
  }
  void fill() {
    hoard_.resize(ahead);
    const auto n = ::recv(fd_.get(), hoard_.data(), ahead, 0);
    hoard_.resize(n > 0 ? static_cast<std::size_t>(n) : 0);
    if (n == 0) ended_ = true;
  }

  std::string hoard_;
  bool ends_in_order_;
  bool ended_ = false;
};

}  // namespace ccnproxy::origin
