#include "ccnproxy/daemon/admin_source.h"

#include <boost/asio/post.hpp>

#include "ccnproxy/daemon/worker.h"

namespace ccnproxy::daemon {

AdminSource::AdminSource(boost::asio::io_context& io, const WorkerGroup& group,
                         const observe::AccessLog& access_log,
                         std::function<admin::Readiness()> readiness)
    : io_(io), group_(group), access_log_(access_log), readiness_(std::move(readiness)) {}

std::size_t AdminSource::workers() const { return group_.members.size(); }

void AdminSource::ask(std::size_t worker, std::function<void(admin::WorkerReport)> answer) {
  const auto question = ++last_question_;
  asking_.emplace(question, std::move(answer));
  group_.members[worker]->ask_report([this, question](admin::WorkerReport report) {
    boost::asio::post(io_, [this, question, report = std::move(report)]() mutable {
      take(question, std::move(report));
    });
  });
}

void AdminSource::take(std::uint64_t question, admin::WorkerReport report) {
  const auto who = asking_.extract(question);
  who.mapped()(std::move(report));
}

}  // namespace ccnproxy::daemon
