#pragma once

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include <arpa/inet.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include "ccnproxy/base/unique_fd.h"
#include "ccnproxy/net/ip_address.h"

namespace ccnproxy::dns {

/// A DNS server under test control, on a UDP and a TCP port of loopback, with a thread of its own.
/// A name and type for which nothing was set does not exist. All may be called while it runs.
class DnsStub {
 public:
  static constexpr int a = 1;
  static constexpr int aaaa = 28;
  static constexpr int no_error = 0;
  static constexpr int server_failure = 2;
  static constexpr int no_such_name = 3;
  static constexpr int refused = 5;

  struct Reply {
    int rcode = no_error;
    std::vector<std::string> addresses = {};
    std::uint32_t ttl = 60;
    unsigned silent_times = 0;  ///< so many questions get no answer
    bool is_held = false;       ///< until release()
    bool needs_tcp = false;     ///< over UDP it is cut
    std::string alias = {};     ///< the addresses are this name's, by a CNAME
    std::uint32_t alias_ttl = 60;
  };
  static constexpr unsigned always = ~0u;

  /// `port` 0 takes any that is free.
  explicit DnsStub(const char* address = "127.0.0.1", std::uint16_t port = 0) {
    open(Endpoint::from_literal(address, port).value());
    thread_ = std::thread([this] { run(); });
  }
  DnsStub(const DnsStub&) = delete;
  DnsStub& operator=(const DnsStub&) = delete;
  ~DnsStub() {
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto n = ::write(stop_.get(), &one, sizeof one);
    thread_.join();
  }

  Endpoint where() const { return where_; }
  std::string server() const { return where_.to_string(); }

  void set(const std::string& name, int type, Reply reply) {
    const std::lock_guard lock(mutex_);
    replies_[{name, type}] = std::move(reply);
  }
  /// Questions for this name and type so far.
  unsigned count(const std::string& name, int type) const {
    const std::lock_guard lock(mutex_);
    const auto found = counts_.find({name, type});
    return found == counts_.end() ? 0 : found->second;
  }
  /// Every name that was asked for.
  std::vector<std::string> names() const {
    const std::lock_guard lock(mutex_);
    std::vector<std::string> names;
    for (const auto& [key, count] : counts_) names.push_back(key.first);
    names.erase(std::unique(names.begin(), names.end()), names.end());
    return names;
  }
  /// Sends the answers that were held.
  void release() {
    const std::lock_guard lock(mutex_);
    for (const auto& [message, peer] : held_) send_udp(message, peer);
    held_.clear();
  }

 private:
  using Key = std::pair<std::string, int>;
  using Message = std::vector<std::uint8_t>;

  /// The same free port for both protocols; another process may hold one of the two.
  void open(const Endpoint& wanted) {
    for (int tries = 0; tries < 100; ++tries) {
      udp_ = bound(SOCK_DGRAM, wanted);
      sockaddr_in address{};
      socklen_t size = sizeof address;
      auto* generic = reinterpret_cast<sockaddr*>(&address);
      ::getsockname(udp_.get(), generic, &size);
      where_ = Endpoint::from(generic, size);
      tcp_ = bound(SOCK_STREAM, where_);
      if (tcp_ && ::listen(tcp_.get(), 16) == 0) return;
    }
    throw std::system_error(errno, std::system_category(), "no port for both UDP and TCP");
  }
  static UniqueFd bound(int type, const Endpoint& where) {
    UniqueFd fd(::socket(where.family(), type | SOCK_CLOEXEC, 0));
    if (::bind(fd.get(), where.data(), where.size()) < 0) fd.reset();
    return fd;
  }

  void run() {
    std::array<pollfd, 3> fds = {
        {{udp_.get(), POLLIN, 0}, {tcp_.get(), POLLIN, 0}, {stop_.get(), POLLIN, 0}}};
    while (::poll(fds.data(), fds.size(), -1) >= 0 && fds[2].revents == 0) {
      if (fds[0].revents != 0) answer_udp();
      if (fds[1].revents != 0) answer_tcp();
    }
  }
  void answer_udp() {
    Message question(1500);
    sockaddr_in from{};
    socklen_t size = sizeof from;
    auto* generic = reinterpret_cast<sockaddr*>(&from);
    const auto n = ::recvfrom(udp_.get(), question.data(), question.size(), 0, generic, &size);
    if (n < 12) return;
    question.resize(static_cast<std::size_t>(n));
    const auto peer = Endpoint::from(generic, size);
    const std::lock_guard lock(mutex_);
    auto& reply = count_question(question);
    if (reply.silent_times > 0) {
      if (reply.silent_times != always) --reply.silent_times;
      return;
    }
    auto message = make_message(question, reply, reply.needs_tcp);
    if (reply.is_held) {
      held_.emplace_back(std::move(message), peer);
    } else {
      send_udp(message, peer);
    }
  }
  void send_udp(const Message& message, const Endpoint& peer) const {
    ::sendto(udp_.get(), message.data(), message.size(), 0, peer.data(), peer.size());
  }
  void answer_tcp() {
    const UniqueFd fd(::accept4(tcp_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    const timeval patience{5, 0};
    ::setsockopt(fd.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    std::array<std::uint8_t, 2> length{};
    if (::recv(fd.get(), length.data(), 2, MSG_WAITALL) != 2) return;
    Message question(static_cast<std::size_t>(length[0] << 8 | length[1]));
    const auto n = ::recv(fd.get(), question.data(), question.size(), MSG_WAITALL);
    if (n < 12 || static_cast<std::size_t>(n) != question.size()) return;
    const std::lock_guard lock(mutex_);
    const auto message = make_message(question, count_question(question), false);
    Message framed;
    put16(framed, message.size());
    framed.insert(framed.end(), message.begin(), message.end());
    ::send(fd.get(), framed.data(), framed.size(), MSG_NOSIGNAL);
  }

  Reply& count_question(const Message& question) {
    const auto key = key_of(question);
    ++counts_[key];
    const auto found = replies_.find(key);
    return found != replies_.end() ? found->second : unknown_;
  }
  static std::size_t question_end(const Message& m) {
    std::size_t at = 12;
    while (m.at(at) != 0) at += m[at] + 1u;
    return at + 5;
  }
  static Key key_of(const Message& m) {
    Key key;
    std::size_t at = 12;
    for (; m.at(at) != 0; at += m[at] + 1u) {
      if (!key.first.empty()) key.first += '.';
      key.first.append(m.begin() + static_cast<std::ptrdiff_t>(at) + 1,
                       m.begin() + static_cast<std::ptrdiff_t>(at + 1 + m[at]));
    }
    key.second = m.at(at + 1) << 8 | m.at(at + 2);
    return key;
  }

  static Message make_message(const Message& question, const Reply& reply, bool is_cut) {
    const auto count = is_cut ? 0 : reply.addresses.size() + (reply.alias.empty() ? 0 : 1);
    Message m(question.begin(), question.begin() + 2);
    put16(m, 0x8180u | (is_cut ? 0x0200u : 0u) | static_cast<unsigned>(reply.rcode));
    for (const auto n : {std::size_t{1}, count, std::size_t{0}, std::size_t{0}}) put16(m, n);
    m.insert(m.end(), question.begin() + 12,
             question.begin() + static_cast<std::ptrdiff_t>(question_end(question)));
    if (!is_cut) put_records(m, reply);
    return m;
  }
  static void put_records(Message& m, const Reply& reply) {
    std::size_t owner = 12;
    if (!reply.alias.empty()) {
      const auto name = encoded(reply.alias);
      put_record(m, owner, 5, reply.alias_ttl, name);
      owner = m.size() - name.size();
    }
    for (const auto& text : reply.addresses) {
      const auto address = Endpoint::from_literal(text, 0).value();
      const auto bytes = address.bytes();
      put_record(m, owner, address.is_v6() ? aaaa : a, reply.ttl, {bytes.begin(), bytes.end()});
    }
  }
  static void put_record(Message& m, std::size_t owner, int type, std::uint32_t ttl,
                         const Message& data) {
    put16(m, 0xC000u | owner);
    put16(m, static_cast<std::size_t>(type));
    put16(m, 1);
    put16(m, ttl >> 16);
    put16(m, ttl & 0xFFFFu);
    put16(m, data.size());
    m.insert(m.end(), data.begin(), data.end());
  }
  static Message encoded(const std::string& name) {
    Message m;
    for (std::size_t at = 0; at < name.size();) {
      const auto end = std::min(name.find('.', at), name.size());
      m.push_back(static_cast<std::uint8_t>(end - at));
      m.insert(m.end(), name.begin() + static_cast<std::ptrdiff_t>(at),
               name.begin() + static_cast<std::ptrdiff_t>(end));
      at = end + 1;
    }
    m.push_back(0);
    return m;
  }
  static void put16(Message& m, std::size_t value) {
    m.push_back(static_cast<std::uint8_t>(value >> 8));
    m.push_back(static_cast<std::uint8_t>(value));
  }

  UniqueFd udp_;
  UniqueFd tcp_;
  UniqueFd stop_{::eventfd(0, EFD_CLOEXEC)};
  Endpoint where_;
  mutable std::mutex mutex_;  ///< guards all below
  std::map<Key, Reply> replies_;
  std::map<Key, unsigned> counts_;
  std::vector<std::pair<Message, Endpoint>> held_;
  Reply unknown_{.rcode = no_such_name};
  std::thread thread_;  ///< last: runs on all of the above
};

}  // namespace ccnproxy::dns
