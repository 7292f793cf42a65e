#pragma once

#include <deque>
#include <string>

#include "message_reader.h"
#include "world.h"

namespace ccnproxy::soak {

/// One client of the daemon after the other, each as its plan says. Judges every response.
class Client final : private IoHandler {
 public:
  /// `daemon` is "127.0.0.1:3000".
  Client(World& world, std::string daemon);

  /// Begins with the next plan; goes on until stop().
  void start();
  /// No new one after the one that runs.
  void stop() { stopping_ = true; }
  bool is_idle() const { return !fd_ && stopping_; }
  /// One harmless GET to `place`; the next answer must be the origin's.
  void start_probe(Place place);
  bool probe_succeeded() const { return probe_ == Probe::succeeded; }
  bool probe_ended() const { return probe_ >= Probe::failed; }

 private:
  enum class Probe : std::uint8_t { none, running, failed, succeeded };
  struct Expected {
    std::uint64_t id = 0;
    RequestPlan plan{};
    std::uint32_t login_step = 0;  ///< whose credentials it carries; 0: none
  };
  static constexpr Duration patience = std::chrono::seconds(60);

  void on_io(std::uint32_t events) override;
  void connect();
  void next_turn();
  void add_request(bool last);
  void write();
  void read();
  void take(std::string_view bytes);
  void take_body(std::string_view bytes);
  void on_message();
  void judge(const Expected& expected);
  void judge_answer(const Expected& expected);
  void judge_user(const Expected& expected);
  void on_ended(bool in_order);
  void leave();
  void finish();
  void read_again();
  void on_timeout();
  void watch();
  std::string name_of_request() const;
  bool leaves() const;

  World& world_;
  std::string daemon_;
  ClientPlan plan_;
  UniqueFd fd_;
  MessageReader reader_;
  Timer timeout_;
  Timer slow_;
  std::deque<Expected> expected_;
  std::string output_;
  std::size_t written_ = 0;
  std::size_t leave_at_ = 0;  ///< bytes of output after which it leaves; 0: never
  std::uint64_t received_ = 0;
  std::string previous_;  ///< what was answered before on this connection, for reports
  std::uint32_t sent_requests_ = 0;
  std::uint32_t watched_ = 0;
  std::uint32_t interim_ = 0;
  bool body_is_own_ = true;
  bool is_logged_in_ = false;
  bool closing_ = false;  ///< the daemon said that it would close
  bool stopping_ = false;
  Probe probe_ = Probe::none;
};

}  // namespace ccnproxy::soak
