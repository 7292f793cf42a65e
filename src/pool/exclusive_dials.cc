#include "ccnproxy/pool/exclusive_dials.h"

#include <utility>

namespace ccnproxy::pool {

void ExclusiveDials::put_on(ExclusiveConnection& c, Phase phase) {
  using Hook = ExclusiveConnection::DialHook;
  if (c.Hook::is_linked()) c.Hook::unlink();
  if (phase != Phase::none) list(phase).push_back(c);
  c.phase_ = phase;
}

void ExclusiveDials::uncount(ExclusiveConnection& c) noexcept {
  if (auto* counted = std::exchange(c.counted_, nullptr)) counted->give_back_waiting();
}

bool ExclusiveDials::want(ExclusiveConnection& c, TimePoint now) {
  c.since_ = now;
  put_on(c, Phase::waiting);
  return !std::exchange(c.paid_, true);
}

void ExclusiveDials::count_waiting(ExclusiveConnection& c, std::uint32_t most) {
  if (c.waits_for_dial() && shared_.take_waiting(most)) c.counted_ = &shared_;
}

bool ExclusiveDials::begin_next(TimePoint now) {
  auto& c = list(Phase::waiting).front();
  uncount(c);
  put_on(c, Phase::none);
  if (!c.begin_dial()) {
    put_off(c);
    return false;
  }
  c.trial_ = {now, now};
  put_on(c, Phase::dialing);
  return true;
}

void ExclusiveDials::note_connected(ExclusiveConnection& c, TimePoint now) {
  c.trial_.connected = now;
  put_on(c, Phase::on_trial);
}

bool ExclusiveDials::leave(ExclusiveConnection& c) noexcept {
  const bool was_dialing = c.phase_ == Phase::dialing;
  uncount(c);
  put_on(c, Phase::none);
  return was_dialing;
}

void ExclusiveDials::fail(const Error& error, TimePoint dial_began) {
  auto& waiting = list(Phase::waiting);
  auto later = waiting.begin();
  while (later != waiting.end() && later->since_ <= dial_began) ++later;
  List failed;
  failed.splice(failed.begin(), waiting, waiting.begin(), later);
  while (!failed.empty()) {
    auto& c = failed.front();
    leave(c);
    c.on_no_dial(error);
  }
}

}  // namespace ccnproxy::pool
