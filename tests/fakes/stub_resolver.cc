#include "fakes/stub_resolver.h"

#include <array>
#include <numeric>

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>

#include "fakes/failure.h"
#include "fakes/stream.h"

namespace ccnproxy::fakes {
namespace {

std::string normal(std::string name) {
  if (name.ends_with('.')) name.pop_back();
  for (char& c : name)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  return name;
}

std::vector<dns::Record> records(const dns::Question& question, const DnsAnswer& answer) {
  std::vector<dns::Record> list;
  std::string owner = question.name;
  if (!answer.alias.empty()) {
    list.push_back({owner, dns::Cname, answer.ttl, dns::encode_name(answer.alias)});
    owner = answer.alias;
  }
  for (const std::string& address : answer.addresses) {
    const bool v6 = address.find(':') != std::string::npos;
    if (question.type != (v6 ? dns::Aaaa : dns::A)) continue;
    std::string data(v6 ? 16 : 4, '\0');
    if (::inet_pton(v6 ? AF_INET6 : AF_INET, address.c_str(), data.data()) != 1)
      throw Failure("not an address: " + address);
    list.push_back({owner, question.type, answer.ttl, data});
  }
  return list;
}

}  // namespace

StubResolver::StubResolver(const std::string& host) {
  listen(host);
  thread_ = std::thread([this] { run(); });
}

// TCP chooses the port, being the busier of the two; where UDP can't have it, another is tried.
void StubResolver::listen(const std::string& host) {
  for (int tries_left = 100; !socket_; --tries_left) {
    acceptor_ = std::make_unique<Acceptor>(
        host + ":0", ListenOptions{}, [this](Descriptor accepted) { take(std::move(accepted)); });
    endpoint_ = acceptor_->endpoint();
    try {
      socket_ = bind_datagram(endpoint_);
    } catch (const Failure&) {
      if (tries_left == 0) throw;
    }
  }
}

/// On the acceptor's thread.
void StubResolver::take(Descriptor accepted) {
  connections_.remove_if([](Connection& connection) {
    if (!*connection.done) return false;
    connection.thread.join();
    return true;
  });
  Connection& made = connections_.emplace_back();
  made.thread = std::thread([this, done = made.done, socket = std::move(accepted)]() mutable {
    converse(std::move(socket));
    *done = true;
  });
}

StubResolver::~StubResolver() {
  acceptor_.reset();
  stop_->open();
  thread_.join();
  for (Connection& connection : connections_) connection.thread.join();
}

void StubResolver::set_sequence(const std::string& name, std::vector<DnsAnswer> answers) {
  if (answers.empty()) throw Failure("no answer for " + name);
  for (const DnsAnswer& answer : answers)  // a wrong address fails here, not on another thread
    for (const dns::Type type : {dns::A, dns::Aaaa})
      records({.name = normal(name), .type = type}, answer);
  state_.update([&](State& state) {
    Name& entry = state.names[normal(name)];
    entry.answers = std::move(answers);
    entry.step.clear();
  });
}

DnsAnswer StubResolver::answer_to(const dns::Question& question, bool over_tcp) {
  return state_.update([&](State& state) {
    Name& name = state.names[question.name];
    ++name.queries[question.type];
    state.tcp_queries += over_tcp ? 1 : 0;
    if (name.answers.empty()) return DnsAnswer::no_such_name();
    std::size_t& step = name.step[question.type];
    const DnsAnswer& answer = name.answers[std::min(step, name.answers.size() - 1)];
    // The query over TCP that a truncated reply asks for is the same step's.
    if (!answer.truncated || over_tcp) ++step;
    return answer;
  });
}

std::string StubResolver::reply_to(const dns::Question& question, const DnsAnswer& answer,
                                   bool over_tcp) {
  const bool truncated = answer.truncated && !over_tcp;
  return dns::encode_reply(question, answer.code, records(question, answer), truncated);
}

void StubResolver::run() {
  while (!stop_->is_open()) {
    Deadline until = Deadline::never();
    for (const Later& later : later_)
      if (later.due < until.at()) until = Deadline(later.due);
    std::array<pollfd, 2> entries{pollfd{socket_.get(), POLLIN, 0}, pollfd{stop_->fd(), POLLIN, 0}};
    ::poll(entries.data(), entries.size(), until.poll_timeout());
    if (entries[0].revents != 0) receive();
    send_due();
  }
}

void StubResolver::receive() {
  std::array<char, 4096> buffer;
  sockaddr_storage from{};
  socklen_t size = sizeof from;
  const ssize_t got = ::recvfrom(socket_.get(), buffer.data(), buffer.size(), 0,
                                 reinterpret_cast<sockaddr*>(&from), &size);
  if (got < 0) return;
  const auto question = dns::parse_query({buffer.data(), static_cast<std::size_t>(got)});
  if (!question) return;
  const DnsAnswer answer = answer_to(*question, false);
  if (answer.silent) return;
  later_.push_back({Deadline::Clock::now() + answer.delay, reply_to(*question, answer, false),
                    std::string(reinterpret_cast<const char*>(&from), size)});
}

void StubResolver::send_due() {
  const auto now = Deadline::Clock::now();
  std::erase_if(later_, [&](const Later& later) {
    if (later.due > now) return false;
    ::sendto(socket_.get(), later.reply.data(), later.reply.size(), MSG_NOSIGNAL,
             reinterpret_cast<const sockaddr*>(later.to.data()),
             static_cast<socklen_t>(later.to.size()));
    return true;
  });
}

/// TCP: each message has its length before it (RFC 1035 §4.2.2). On the connection's own thread.
void StubResolver::converse(Descriptor socket) {
  Stream stream(std::move(socket), stop_);
  try {
    while (true) {
      const std::string length = stream.read_exact(2, Deadline::never());
      const auto size = static_cast<std::size_t>(static_cast<unsigned char>(length[0]) << 8 |
                                                 static_cast<unsigned char>(length[1]));
      const auto question = dns::parse_query(stream.read_exact(size, Deadline::never()));
      if (!question) return;
      const DnsAnswer answer = answer_to(*question, true);
      if (answer.silent) continue;
      stream.pause(answer.delay);
      const std::string reply = reply_to(*question, answer, true);
      const char prefix[] = {static_cast<char>(reply.size() >> 8 & 0xff),
                             static_cast<char>(reply.size() & 0xff)};
      stream.write(std::string(prefix, 2) + reply);
    }
  } catch (const Failure&) {
    // The client left, or this resolver is being stopped.
  }
}

std::size_t StubResolver::sum(const State& state, const std::string& name) {
  const auto found = state.names.find(normal(name));
  if (found == state.names.end()) return 0;
  const auto& queries = found->second.queries;
  return std::accumulate(queries.begin(), queries.end(), std::size_t{0},
                         [](std::size_t all, const auto& entry) { return all + entry.second; });
}

std::size_t StubResolver::queries(const std::string& name) const {
  return state_.read([&name](const State& state) { return sum(state, name); });
}

std::size_t StubResolver::queries(const std::string& name, dns::Type type) const {
  return state_.read([&](const State& state) -> std::size_t {
    const auto found = state.names.find(normal(name));
    if (found == state.names.end()) return 0;
    const auto by_type = found->second.queries.find(type);
    return by_type == found->second.queries.end() ? 0 : by_type->second;
  });
}

std::size_t StubResolver::tcp_queries() const {
  return state_.read([](const State& state) { return state.tcp_queries; });
}

void StubResolver::wait_for_queries(const std::string& name, std::size_t count,
                                    Deadline deadline) const {
  state_.wait([&](const State& state) { return sum(state, name) >= count; },
              [](const State&) { return 0; },
              [&](const State& state) {
                return "awaited " + std::to_string(count) + " queries for " + name + ", got " +
                       std::to_string(sum(state, name));
              },
              deadline);
}

}  // namespace ccnproxy::fakes
