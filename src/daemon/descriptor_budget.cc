#include "descriptor_budget.h"

#include <algorithm>

#include "ccnproxy/base/connection_budget.h"

#include "descriptor_limit.h"

namespace ccnproxy::daemon {
namespace {

/// The main thread: epoll, eventfd, timer, signal pipe, admin listener, access log and the file
/// that takes its place, state file and its folder, /proc and TLS files while they are read, and
/// the pipes and memory file of a hot restart.
constexpr std::size_t main_thread = 20;
/// A worker: its ready set, what Asio has (epoll, eventfd, timerfd), and DNS over UDP and TCP,
/// twice while a reload changes its servers.
constexpr std::size_t each_worker = 8;
/// A listening socket is duplicated for the next process of a hot restart.
constexpr std::size_t each_listener = 2;

constexpr std::size_t most_admin = 64;
constexpr std::size_t most_overflow = 256;
/// A health check and a few that wait for a place.
constexpr std::size_t least_overflow = 4;

std::size_t own_of(const DescriptorNeeds& needs) {
  return needs.open_at_start + main_thread +
         needs.workers * (each_worker + each_listener * needs.listeners);
}

/// No more than a quarter of the clients: a limit of few is meant.
std::size_t overflow_of(const DescriptorNeeds& needs, std::size_t rest) {
  const auto by_clients = std::max<std::size_t>(2 * least_overflow, needs.clients / 4);
  const auto least = least_overflow * needs.workers;
  return std::clamp(std::min(rest / 16, by_clients), std::min(least, rest / 4), most_overflow);
}

}  // namespace

DescriptorBudget DescriptorBudget::split(const DescriptorNeeds& needs) {
  DescriptorBudget budget;
  const bool bounded = needs.limit > 0;
  const auto unbounded = ConnectionBudget::no_limit;
  budget.own = own_of(needs);
  auto rest = !bounded ? unbounded : needs.limit - std::min(needs.limit, budget.own);
  budget.admin = std::clamp<std::size_t>(rest / 16, std::min<std::size_t>(4, rest / 4), most_admin);
  budget.overflow = overflow_of(needs, rest);
  rest -= budget.admin + budget.overflow;
  const auto asked =
      needs.origin_connections > 0 ? needs.origin_connections : ConnectionBudget::no_limit;
  const auto half = rest - rest / 2;
  budget.clients = std::min(needs.clients, rest - std::min(asked, half));
  budget.origins = std::min(asked, bounded ? rest - budget.clients : unbounded);
  budget.clients = std::max<std::size_t>(1, budget.clients);
  budget.origins = std::max<std::size_t>(1, budget.origins);
  return budget;
}

DescriptorNeeds descriptor_needs(const config::Config& config, std::size_t workers,
                                 std::size_t open_at_start) {
  return {descriptor_limit(),      workers,
          config.listeners.size(), open_at_start,
          config.limits.clients,   config.limits.origin_connections};
}

}  // namespace ccnproxy::daemon
