#include "sim/origin_model.h"

#include "sim/random.h"
#include "sim/world.h"

namespace ccnproxy::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr Duration restart_every = minutes(20);
constexpr Duration down_for = seconds(1);
constexpr Duration move_every = minutes(5);
constexpr Duration old_address_works = minutes(2);
constexpr Duration withdrawn_after = seconds(60);  // origin::AddressPatience::absence

}  // namespace

std::string_view to_string(Habit habit) {
  constexpr std::array<std::string_view, habits> names = {
      "idle limit 75 s",           "idle limit 5 s",        "idle limit 60 s",
      "100 requests a connection", "restarts every 20 min", "moves every 5 min"};
  return names[static_cast<std::size_t>(habit)];
}

OriginModel::OriginModel(std::uint64_t seed, std::size_t index)
    : habit_(static_cast<Habit>(index % habits)),
      protocol_(index / habits % 2 == 0 ? origin::Protocol::http2 : origin::Protocol::http1) {
  Random random(seed, 1, index);
  rtt_ = milliseconds(20) + random.up_to(milliseconds(180));
  phase_ = World::beginning - random.up_to(minutes(60));
}

Duration OriginModel::idle_limit() const noexcept {
  if (habit_ == Habit::closes_after_5) return seconds(5);
  return habit_ == Habit::closes_after_60 ? seconds(60) : seconds(75);
}

Duration OriginModel::unused_limit() const noexcept {
  return std::min<Duration>(idle_limit(), seconds(60));
}

std::uint64_t OriginModel::request_limit() const noexcept {
  return habit_ == Habit::hundred_requests ? 100 : UINT64_MAX;
}

std::int64_t OriginModel::period_at(TimePoint at, Duration length) const {
  return (at - phase_) / length;
}

bool OriginModel::refuses(TimePoint at) const {
  if (habit_ != Habit::restarts) return false;
  return at - phase_ - restart_every * period_at(at, restart_every) < down_for;
}

TimePoint OriginModel::cut_off(TimePoint at) const {
  if (habit_ == Habit::restarts) return phase_ + restart_every * (period_at(at, restart_every) + 1);
  if (habit_ != Habit::moves) return TimePoint::max();
  return phase_ + move_every * (period_at(at, move_every) + 1) + old_address_works;
}

std::string OriginModel::address(TimePoint at) const {
  const auto n = habit_ == Habit::moves ? period_at(at, move_every) : 0;
  return "192.0.2." + std::to_string(n % 250) + ":443";
}

bool OriginModel::is_withdrawn(const std::string& address, TimePoint at) const {
  if (habit_ != Habit::moves) return false;
  return address != this->address(at) && address != this->address(at - withdrawn_after);
}

}  // namespace ccnproxy::sim
