#include "link_direction.h"

#include <algorithm>
#include <cinttypes>
#include <utility>

#include <unistd.h>

namespace ccnproxy::wan {
namespace {

constexpr int kPacketsPerTurn = 512;

double microseconds(std::chrono::nanoseconds time) {
  return std::chrono::duration<double, std::micro>(time).count();
}

}  // namespace

LinkDirection::LinkDirection(Side from, int from_fd, int to_fd, LinkModel model, FlowTable& flows)
    : from_(from), from_fd_(from_fd), to_fd_(to_fd), model_(std::move(model)), flows_(flows) {}

void LinkDirection::take_in() {
  for (int i = 0; i < kPacketsPerTurn; ++i) {
    const ssize_t size = ::read(from_fd_, buffer_.data(), buffer_.size());
    if (size <= 0) return;
    admit(static_cast<std::size_t>(size));
  }
}

void LinkDirection::admit(std::size_t size) {
  ++counters_.in;
  const std::span<const std::uint8_t> packet(buffer_.data(), size);
  if (flows_.drops(packet, from_ == Side::a)) {
    ++counters_.blackholed;
    return;
  }
  const auto verdict = model_.admit(size, std::chrono::steady_clock::now());
  switch (verdict.fate) {
    case LinkModel::Fate::lost:
      ++counters_.lost;
      return;
    case LinkModel::Fate::queue_full:
      ++counters_.queue_dropped;
      return;
    case LinkModel::Fate::delivered:
      break;
  }
  held_.push({verdict.due, numbered_++, {packet.begin(), packet.end()}});
}

void LinkDirection::let_out(TimePoint now) {
  while (!held_.empty() && held_.top().due <= now) {
    const Packet& packet = held_.top();
    count_lateness(std::chrono::steady_clock::now() - packet.due);
    const ssize_t written = ::write(to_fd_, packet.bytes.data(), packet.bytes.size());
    if (written == static_cast<ssize_t>(packet.bytes.size())) {
      ++counters_.out;
      counters_.bytes += packet.bytes.size();
    } else {
      ++counters_.write_failed;
    }
    held_.pop();
  }
}

void LinkDirection::count_lateness(std::chrono::nanoseconds late) {
  counters_.late_total += late;
  counters_.late_worst = std::max(counters_.late_worst, late);
  if (late > std::chrono::microseconds(200)) ++counters_.late_over_200us;
}

std::optional<LinkDirection::TimePoint> LinkDirection::next_due() const {
  if (held_.empty()) return std::nullopt;
  return held_.top().due;
}

void LinkDirection::report(std::FILE* out) const {
  const Counters& c = counters_;
  const auto written = c.out + c.write_failed;
  const double late_average =
      written == 0 ? 0 : microseconds(c.late_total) / static_cast<double>(written);
  std::fprintf(out,
               "{\"dir\":\"%s\",\"in\":%" PRIu64 ",\"out\":%" PRIu64 ",\"bytes\":%" PRIu64
               ",\"lost\":%" PRIu64 ",\"queue_drop\":%" PRIu64 ",\"write_fail\":%" PRIu64
               ",\"blackholed\":%" PRIu64
               ",\"late_avg_us\":%.1f,\"late_max_us\":%.1f,\"late_over_200us\":%" PRIu64
               ",\"queued\":%zu}\n",
               from_ == Side::a ? "a->b" : "b->a", c.in, c.out, c.bytes, c.lost, c.queue_dropped,
               c.write_failed, c.blackholed, late_average, microseconds(c.late_worst),
               c.late_over_200us, held_.size());
  std::fflush(out);
}

}  // namespace ccnproxy::wan
