#pragma once

#include <string>

#include "world.h"

namespace ccnproxy::soak {

enum class AdminKind : std::uint8_t {
  silent,       ///< connects and says nothing
  half_head,    ///< sends half of a request
  slow_reader,  ///< asks for /pools and reads a few bytes at a time
  health,       ///< asks for /healthz, which must be answered whatever the others do
};

/// One client of the admin endpoint after the other, all of one kind.
class AdminClient final : private IoHandler {
 public:
  /// `admin` is "127.0.0.1:3001".
  AdminClient(World& world, std::string admin, AdminKind kind);

  void start();
  /// Ends what is open, and begins no other.
  void stop();
  std::uint64_t answered() const { return answered_; }

 private:
  static constexpr Duration patience = std::chrono::seconds(10);

  void on_io(std::uint32_t events) override;
  void read();
  void read_again();
  void on_timeout();
  void on_end();
  void finish();

  World& world_;
  std::string admin_;
  AdminKind kind_;
  UniqueFd fd_;
  Timer timeout_;
  Timer slow_;
  std::string received_;
  std::uint64_t answered_ = 0;
  bool stopping_ = false;
};

}  // namespace ccnproxy::soak
