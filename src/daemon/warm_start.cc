#include "warm_start.h"

#include <boost/asio/post.hpp>

#include "state_file.h"
#include "warm_share.h"
#include "worker.h"

namespace ccnproxy::daemon {
namespace {

namespace asio = boost::asio;

constexpr auto look_every = std::chrono::milliseconds(20);
constexpr auto save_every = std::chrono::seconds(5);
/// The drain waits for the last state no longer than this.
constexpr auto disk_patience = std::chrono::seconds(2);

/// Asks every member of a group and comes back to the main thread with what all said, or never if
/// one of them has ended.
template <class Answer, class Ask, class Done>
void ask_all(asio::io_context& io, WorkerGroup& group, Ask ask, Done done) {
  auto answers = std::make_shared<std::vector<Answer>>();
  const auto wanted = group.members.size();
  for (auto* worker : group.members) {
    ask(*worker, [&io, answers, wanted, done](Answer answer) {
      asio::post(io, [answers, wanted, done, answer = std::move(answer)]() mutable {
        answers->push_back(std::move(answer));
        if (answers->size() == wanted) done(std::move(*answers));
      });
    });
  }
}

struct Missing {
  std::size_t count;
  std::string origins;
};

}  // namespace

WarmStart::WarmStart(asio::io_context& io, const ActiveConfig& active_config, WorkerGroup& group,
                     spdlog::logger& log)
    : io_(io),
      active_config_(active_config),
      group_(group),
      log_(log),
      look_timer_(io),
      save_timer_(io),
      writer_(io, write_state_file) {}

void WarmStart::begin(const std::string& state, std::function<void()> on_ready) {
  on_ready_ = std::move(on_ready);
  const auto& t = active_config_.config().timeouts;
  deadline_ =
      std::chrono::steady_clock::now() +
      std::chrono::duration_cast<std::chrono::steady_clock::duration>(t.dns + t.connect + t.tls);
  distribute(state.empty() ? active_config_.config().warmth.state_file : state);
  look();
  follow_state_file();
}

void WarmStart::distribute(const std::string& state_file) {
  struct Share {
    std::vector<origin::Origin> for_ever;
    std::vector<pool::OriginSnapshot> remembered;
  };
  std::vector<Share> shares(group_.members.size());
  for (std::size_t i = 0; i < shares.size(); ++i)
    shares[i].for_ever = warm_share(active_config_.config(), i, shares.size());
  if (!state_file.empty()) {
    auto state = read_state_file(state_file);
    if (!state.fault.empty())
      log_.warn("{} is not used, nothing is remembered: {}", state_file, state.fault);
    for (auto& memory : state.origins)
      shares[home_of(memory.origin, shares.size())].remembered.push_back(std::move(memory));
  }
  for (std::size_t i = 0; i < shares.size(); ++i)
    group_.members[i]->prepare(std::move(shares[i].for_ever), std::move(shares[i].remembered));
}

void WarmStart::look() {
  ask_all<Missing>(
      io_, group_,
      [](Worker& worker, auto answer) {
        worker.ask_not_ready([answer](std::size_t count, std::string origins) {
          answer(Missing{count, std::move(origins)});
        });
      },
      [this](std::vector<Missing> all) {
        Missing sum{0, ""};
        for (const auto& one : all) {
          sum.count += one.count;
          if (!one.origins.empty()) sum.origins += (sum.origins.empty() ? "" : ", ") + one.origins;
        }
        on_looked(sum.count, sum.origins);
      });
}

void WarmStart::on_looked(std::size_t missing, const std::string& origins) {
  if (ready_ || finishing_) return;
  if (missing == 0) return be_ready();
  waiting_for_ = std::to_string(missing) + " origins are not ready yet: " + origins;
  if (std::chrono::steady_clock::now() >= deadline_) {
    log_.warn("serving, although {}", waiting_for_);
    return be_ready();
  }
  look_timer_.expires_after(look_every);
  look_timer_.async_wait([this](const auto& error) {
    if (!error) look();
  });
}

void WarmStart::be_ready() {
  ready_ = true;
  waiting_for_.clear();
  std::exchange(on_ready_, nullptr)();
}

void WarmStart::follow_state_file() {
  if (finishing_ || state_file_ == active_config_.config().warmth.state_file) return;
  state_file_ = active_config_.config().warmth.state_file;
  last_given_.clear();
  write_failed_ = false;
  save_timer_.cancel();
  if (!state_file_.empty()) save_later();
}

/// While the workers are asked the file may become another one, which has its own timer then.
void WarmStart::save_later() {
  save_timer_.expires_after(save_every);
  save_timer_.async_wait([this](const auto& error) {
    if (error || finishing_) return;
    save([this, file = state_file_] {
      if (file == state_file_) save_later();
    });
  });
}

void WarmStart::collect(std::function<void(std::string)> done) {
  using Snapshots = std::vector<pool::OriginSnapshot>;
  ask_all<Snapshots>(
      io_, group_, [](Worker& worker, auto answer) { worker.ask_snapshots(answer); },
      [done = std::move(done)](std::vector<Snapshots> all) {
        Snapshots together;
        for (auto& some : all) together.insert(together.end(), some.begin(), some.end());
        done(state_text(std::move(together)));
      });
}

void WarmStart::save(std::function<void()> done) {
  collect([this, done = std::move(done)](std::string text) { write(std::move(text), done); });
}

/// A next one is begun only when this one is done, but for the last: that one may wait behind.
void WarmStart::write(std::string text, std::function<void()> done) {
  if (text == last_given_ || state_file_.empty()) return done();
  last_given_ = text;
  writer_.write(state_file_, std::move(text),
                [this, file = state_file_, done = std::move(done)](const auto& fault) {
                  on_written(file, fault);
                  done();
                });
}

void WarmStart::on_written(const std::string& file, const std::optional<std::string>& fault) {
  if (fault && !write_failed_) log_.error("pool.state_file can't be written: {}", *fault);
  if (file != state_file_) return;  // it is another one by now
  write_failed_ = fault.has_value();
  if (fault) last_given_.clear();
}

void WarmStart::finish(std::function<void()> done) {
  finishing_ = true;
  look_timer_.cancel();
  save_timer_.cancel();
  if (state_file_.empty()) return done();
  const auto once = std::make_shared<std::function<void()>>(std::move(done));
  const auto call = [this, once] {
    save_timer_.cancel();
    if (auto last = std::exchange(*once, nullptr)) last();
  };
  save_timer_.expires_after(disk_patience);
  save_timer_.async_wait([call](const auto& error) {
    if (!error) call();
  });
  save(call);
}

}  // namespace ccnproxy::daemon
