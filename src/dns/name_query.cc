#include "name_query.h"

#include <algorithm>
#include <string_view>
#include <utility>

namespace ccnproxy::dns {
namespace {

constexpr std::size_t index_of(DnsRecord type) { return static_cast<std::size_t>(type); }

std::string_view words(DnsStatus status) {
  switch (status) {
    case DnsStatus::no_data:
      return "the name has no address (NODATA)";
    case DnsStatus::no_such_name:
      return "no such name (NXDOMAIN)";
    case DnsStatus::bad_name:
      return "not a name that DNS can hold";
    case DnsStatus::server_failed:
      return "the DNS server failed (SERVFAIL)";
    case DnsStatus::server_refused:
      return "the DNS server refuses to answer (REFUSED)";
    case DnsStatus::no_server:
      return "no DNS server could be reached, or none would answer";
    case DnsStatus::answered:
    case DnsStatus::timed_out:
    case DnsStatus::interrupted:
      break;
  }
  return "no answer from the DNS servers";
}

}  // namespace

NameQuery::NameQuery(TimerWheel& timers, std::string name, Delegate<void()> on_progress)
    : name_(std::move(name)),
      on_progress_(on_progress),
      late_(timers, Delegate<void()>::to<&NameQuery::tell>(this)) {}

void NameQuery::start(DnsChannel& channel) {
  for (const auto type : {DnsRecord::aaaa, DnsRecord::a}) {
    auto& question = questions_[index_of(type)];
    const auto status = question.answer.status;
    if (question.asked) continue;
    if (status != DnsStatus::interrupted && status != DnsStatus::timed_out) continue;
    question.asked = true;
    channel.query(name_, type, *this);
  }
}

void NameQuery::on_answer(DnsRecord type, DnsAnswer answer) {
  auto& question = questions_[index_of(type)];
  question.asked = false;
  question.answer = std::move(answer);
  if (is_done() || is_interrupted()) {
    late_.cancel();
    tell();
  } else if (question.answer.status == DnsStatus::answered) {
    late_.set_after(late_family_wait);
  }
}

void NameQuery::tell() {
  news_ = true;
  on_progress_();
}

bool NameQuery::is_done() const noexcept {
  return std::none_of(questions_.begin(), questions_.end(), [](const auto& q) { return q.asked; });
}

bool NameQuery::is_interrupted() const noexcept {
  return std::any_of(questions_.begin(), questions_.end(), [](const auto& q) {
    return !q.asked && q.answer.status == DnsStatus::interrupted;
  });
}

bool NameQuery::is_unanswered() const noexcept {
  return is_done() && verdict() == DnsStatus::timed_out;
}

std::vector<Endpoint> NameQuery::addresses() const {
  auto all = questions_[index_of(DnsRecord::aaaa)].answer.addresses;
  const auto& v4 = questions_[index_of(DnsRecord::a)].answer.addresses;
  all.insert(all.end(), v4.begin(), v4.end());
  return all;
}

std::vector<FamilyAnswer> NameQuery::take_answers() {
  std::vector<FamilyAnswer> answers;
  for (const auto type : {DnsRecord::aaaa, DnsRecord::a}) {
    auto& question = questions_[index_of(type)];
    const auto status = question.answer.status;
    if (question.taken) continue;
    if (status != DnsStatus::answered && status != DnsStatus::no_data) continue;
    question.taken = true;
    answers.push_back(
        {type == DnsRecord::a ? AddressFamily::v4 : AddressFamily::v6, question.answer.addresses});
  }
  return answers;
}

Duration NameQuery::ttl() const {
  auto least = Duration::max();
  for (const auto& question : questions_) {
    if (question.answer.status == DnsStatus::answered) least = std::min(least, question.answer.ttl);
  }
  return least;
}

bool NameQuery::any(DnsStatus status) const noexcept {
  return std::any_of(questions_.begin(), questions_.end(),
                     [&](const auto& q) { return q.answer.status == status; });
}

/// The status that stands for both where neither has addresses. That a name does not exist is true
/// of all its types; but that it has no AAAA says nothing while the question for A has failed.
DnsStatus NameQuery::verdict() const noexcept {
  constexpr std::array by_weight = {DnsStatus::answered,       DnsStatus::bad_name,
                                    DnsStatus::no_such_name,   DnsStatus::server_failed,
                                    DnsStatus::server_refused, DnsStatus::no_server,
                                    DnsStatus::timed_out,      DnsStatus::interrupted};
  for (const auto status : by_weight) {
    if (any(status)) return status;
  }
  return DnsStatus::no_data;
}

Error NameQuery::failure() const {
  const auto status = verdict();
  const auto type = status == DnsStatus::timed_out ? ErrorType::dns_timeout : ErrorType::dns_error;
  return {type, Side::origin, Phase::dns, Proof::not_sent,
          name_ + ": " + std::string(words(status))};
}

Duration NameQuery::failure_ttl() const {
  switch (verdict()) {
    case DnsStatus::no_data:
    case DnsStatus::no_such_name:
    case DnsStatus::bad_name:
      return std::chrono::seconds(5);
    default:
      return std::chrono::seconds(1);
  }
}

}  // namespace ccnproxy::dns
