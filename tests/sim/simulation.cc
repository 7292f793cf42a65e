#include "sim/simulation.h"

#include <deque>
#include <future>
#include <memory>

#include "sim/fixed_pool.h"
#include "sim/ready_pool.h"

namespace ccnproxy::sim {
namespace {

/// After the trace, for what is under way to end: longer than any deadline of the pool.
constexpr Duration aftermath = std::chrono::seconds(60);

std::unique_ptr<ProxyUnderTest> make(Policy policy, World& world, const OriginModel& origin,
                                     Books& books, std::uint64_t seed) {
  if (policy == Policy::ready) return std::make_unique<ReadyPool>(world, origin, books, seed);
  const auto& fixed = policy == Policy::chocon ? chocon : nginx;
  return std::make_unique<FixedPool>(world, origin, books, fixed);
}

/// One origin, who asks it, and what stands between.
class Scene {
 public:
  Scene(World& world, Books& books, const Trace& trace, Policy policy, std::uint64_t seed,
        std::size_t index)
      : origin_(seed, index),
        proxy_(make(policy, world, origin_, books, Random(seed, 3, index).next())),
        arrivals_(trace, seed, index),
        next_(world, Delegate<void()>::to<&Scene::on_arrival>(this)),
        end_(World::beginning + trace.length) {
    plan();
  }
  ProxyUnderTest& proxy() { return *proxy_; }

 private:
  void plan() {
    if (arrivals_.next() < end_) next_.set(arrivals_.next());
  }
  void on_arrival() {
    const auto demand = arrivals_.take();
    plan();
    proxy_->ask(demand);
  }

  OriginModel origin_;
  std::unique_ptr<ProxyUnderTest> proxy_;
  Arrivals arrivals_;
  Alarm next_;
  TimePoint end_;
};

}  // namespace

std::string_view to_string(Policy policy) {
  constexpr std::array<std::string_view, 3> names = {"ccnproxy", "chocon: 2 idle for 30 s",
                                                     "nginx: keepalive 16"};
  return names[static_cast<std::size_t>(policy)];
}

Result simulate(const Trace& trace, Policy policy, std::uint64_t seed) {
  Result result;
  World world;
  std::deque<Scene> scenes;
  for (std::size_t i = 0; i < trace.origins; ++i)
    scenes.emplace_back(world, result.books, trace, policy, seed, i);
  const auto end = World::beginning + trace.length;
  world.run_until(end);
  result.books.finish(World::beginning, end);
  for (auto& scene : scenes) scene.proxy().stop();
  world.run_until(end + aftermath);
  for (auto& scene : scenes) result.left += scene.proxy().empty() ? 0 : 1;
  result.left += result.books.open();
  return result;
}

std::vector<Comparison> compare(const std::vector<Trace>& traces, std::uint64_t seed) {
  std::vector<Comparison> all;
  std::vector<std::future<Result>> running;  // each in a world of its own
  for (const auto& trace : traces) {
    all.push_back({trace, {}});
    for (const auto policy : policies)
      running.push_back(
          std::async(std::launch::async, [=, &trace] { return simulate(trace, policy, seed); }));
  }
  for (std::size_t i = 0; i < running.size(); ++i)
    all[i / policies.size()].results.push_back(running[i].get());
  return all;
}

}  // namespace ccnproxy::sim
