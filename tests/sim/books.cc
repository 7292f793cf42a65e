#include "sim/books.h"

namespace ccnproxy::sim {
namespace {
double seconds(Duration d) { return std::chrono::duration<double>(d).count(); }
}  // namespace

Tally& Tally::operator+=(const Tally& other) {
  requests += other.requests;
  ready += other.ready;
  clean += other.clean;
  retried += other.retried;
  failed += other.failed;
  dials += other.dials;
  return *this;
}

void Books::on_request(Habit habit, const Outcome& outcome) {
  if (finished_) return;
  auto& tally = tallies_[static_cast<std::size_t>(habit)];
  ++tally.requests;
  if (outcome.found_ready) ++tally.ready;
  if (outcome.found_ready && outcome.retries == 0 && !outcome.failed) ++tally.clean;
  if (outcome.retries > 0) ++tally.retried;
  if (outcome.failed) ++tally.failed;
}

void Books::on_dial(Habit habit) {
  if (!finished_) ++tallies_[static_cast<std::size_t>(habit)].dials;
}

void Books::on_opened(TimePoint now) {
  pass(now);
  ++open_;
  if (!finished_) most_open_ = std::max(most_open_, open_);
}

void Books::on_closed(TimePoint now) {
  pass(now);
  --open_;
}

void Books::pass(TimePoint now) {
  if (open_ > 0 && !finished_)
    open_seconds_ += seconds(now - changed_) * static_cast<double>(open_);
  changed_ = now;
}

void Books::finish(TimePoint begin, TimePoint end) {
  pass(end);
  finished_ = true;
  mean_open_ = open_seconds_ / seconds(end - begin);
  hours_ = seconds(end - begin) / 3600;
}

Tally Books::total() const {
  Tally sum;
  for (const auto& tally : tallies_) sum += tally;
  return sum;
}

}  // namespace ccnproxy::sim
