#include "ccnproxy/origin/dns_channel.h"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <utility>

#include <ares.h>
#include <arpa/nameser.h>
#include <netinet/in.h>
#include <sys/time.h>

namespace ccnproxy::origin {
namespace {

/// A lost datagram is sent again after this, then after twice and four times as long. A resolver
/// near the machine answers from its cache in milliseconds; one that has to ask around may take
/// longer than this, and then answers the repetition too, at no harm.
constexpr int first_try_ms = 500;
constexpr int tries = 3;
/// Of one type. More would not be tried within any deadline.
constexpr int max_addresses = 64;

struct Ticket {
  DnsReceiver& receiver;
  DnsRecord type;
};

/// c-ares wants this once a process, before all else; a function's static is made once, whichever
/// thread comes first.
void require_library() {
  static const int status = ares_library_init(ARES_LIB_INIT_ALL);
  if (status != ARES_SUCCESS)
    throw std::runtime_error("c-ares: " + std::string(ares_strerror(status)));
}

DnsStatus status_of(int ares_status) {
  switch (ares_status) {
    case ARES_SUCCESS:
      return DnsStatus::answered;
    case ARES_ENODATA:
      return DnsStatus::no_data;
    case ARES_ENOTFOUND:
      return DnsStatus::no_such_name;
    case ARES_EBADNAME:
    case ARES_EBADQUERY:
      return DnsStatus::bad_name;
    case ARES_EREFUSED:
    case ARES_ENOTIMP:
      return DnsStatus::server_refused;
    case ARES_ECONNREFUSED:
      return DnsStatus::no_server;
    case ARES_ETIMEOUT:
      return DnsStatus::timed_out;
    case ARES_EDESTRUCTION:
    case ARES_ECANCELLED:
      return DnsStatus::interrupted;
    default:
      return DnsStatus::server_failed;
  }
}

Endpoint to_endpoint(const in_addr& address) {
  sockaddr_in s{};
  s.sin_family = AF_INET;
  s.sin_addr = address;
  return Endpoint::from(reinterpret_cast<const sockaddr*>(&s), sizeof s);
}

Endpoint to_endpoint(const ares_in6_addr& address) {
  sockaddr_in6 s{};
  s.sin6_family = AF_INET6;
  std::copy(std::begin(address._S6_un._S6_u8), std::end(address._S6_un._S6_u8),
            s.sin6_addr.s6_addr);
  return Endpoint::from(reinterpret_cast<const sockaddr*>(&s), sizeof s);
}

const in_addr& address_of(const ares_addrttl& record) { return record.ipaddr; }
const ares_in6_addr& address_of(const ares_addr6ttl& record) { return record.ip6addr; }

int parse_reply(const unsigned char* reply, int size, ares_addrttl* records, int* count) {
  return ares_parse_a_reply(reply, size, nullptr, records, count);
}
int parse_reply(const unsigned char* reply, int size, ares_addr6ttl* records, int* count) {
  return ares_parse_aaaa_reply(reply, size, nullptr, records, count);
}

template <class Record>
DnsAnswer parse(const unsigned char* reply, int size) {
  std::array<Record, max_addresses> records{};
  int count = max_addresses;
  const int status = parse_reply(reply, size, records.data(), &count);
  if (status != ARES_SUCCESS) return {status_of(status), {}, {}};
  if (count <= 0) return {DnsStatus::no_data, {}, {}};
  DnsAnswer answer{DnsStatus::answered, {}, Duration::max()};
  for (int i = 0; i < count; ++i) {
    const auto& record = records[static_cast<std::size_t>(i)];
    answer.addresses.push_back(to_endpoint(address_of(record)));
    // RFC 2181 §8: a TTL with its highest bit set counts as 0.
    answer.ttl = std::min<Duration>(answer.ttl, std::chrono::seconds(std::max(record.ttl, 0)));
  }
  return answer;
}

void on_reply(void* arg, int status, int, unsigned char* reply, int size) {
  const std::unique_ptr<Ticket> ticket(static_cast<Ticket*>(arg));
  DnsAnswer answer{status_of(status), {}, {}};
  if (status == ARES_SUCCESS) {
    answer = ticket->type == DnsRecord::a ? parse<ares_addrttl>(reply, size)
                                          : parse<ares_addr6ttl>(reply, size);
  }
  ticket->receiver.on_answer(ticket->type, std::move(answer));
}

ares_addr_port_node to_node(const Endpoint& server) {
  ares_addr_port_node node{};
  node.family = server.family();
  node.udp_port = node.tcp_port = server.port();
  const auto bytes = server.bytes();
  std::copy(bytes.begin(), bytes.end(), reinterpret_cast<unsigned char*>(&node.addr));
  return node;
}

}  // namespace

/// A socket of c-ares, which opens and closes it. Outlives its closing until the turn is over.
class DnsChannel::Socket final : public IoHandler, public Retired {
 public:
  Socket(DnsChannel& channel, int fd) : channel_(&channel), fd_(fd) {}

  void on_io(std::uint32_t events) override {
    if (channel_ == nullptr) return;
    constexpr std::uint32_t readable = EPOLLIN | EPOLLERR | EPOLLHUP;  // reading shows what failed
    channel_->process((events & readable) != 0 ? fd_ : ARES_SOCKET_BAD,
                      (events & EPOLLOUT) != 0 ? fd_ : ARES_SOCKET_BAD);
  }
  void end() noexcept { channel_ = nullptr; }

 private:
  DnsChannel* channel_;  ///< nullptr once it is closed
  int fd_;
};

DnsChannel::DnsChannel(EventLoop& loop, const std::vector<Endpoint>& servers,
                       const std::string& resolv_conf, std::uint16_t system_port)
    : loop_(loop), timer_(loop.timers(), Delegate<void()>::to<&DnsChannel::on_timer>(this)) {
  require_library();
  open(servers, resolv_conf, system_port, 0);
  if (!has_one_server()) return;
  // By default SERVFAIL and REFUSED mean to try another server, and what they said is lost. Where
  // there is no other, that would be the same question again and no word of why.
  ares_destroy(channel_);
  open(servers, resolv_conf, system_port, ARES_FLAG_NOCHECKRESP);
}

void DnsChannel::open(const std::vector<Endpoint>& servers, const std::string& resolv_conf,
                      std::uint16_t system_port, int flags) {
  ares_options options{};
  options.flags = flags;
  options.udp_port = options.tcp_port = system_port;
  options.timeout = first_try_ms;
  options.tries = tries;
  options.sock_state_cb = &DnsChannel::on_socket_state;
  options.sock_state_cb_data = this;
  std::string path = resolv_conf;  // c-ares copies it, but asks for a char*
  options.resolvconf_path = path.data();
  const int mask = ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_UDP_PORT |
                   ARES_OPT_TCP_PORT | ARES_OPT_SOCK_STATE_CB | ARES_OPT_RESOLVCONF;
  const int status = ares_init_options(&channel_, &options, mask);
  if (status != ARES_SUCCESS)
    throw std::runtime_error("c-ares: " + std::string(ares_strerror(status)));
  if (!servers.empty()) set_servers(servers);
}

bool DnsChannel::has_one_server() const {
  ares_addr_port_node* servers = nullptr;
  if (ares_get_servers_ports(channel_, &servers) != ARES_SUCCESS) return false;
  const bool is_one = servers != nullptr && servers->next == nullptr;
  ares_free_data(servers);
  return is_one;
}

DnsChannel::~DnsChannel() {
  ares_destroy(channel_);
  while (!sockets_.empty()) forget(sockets_.begin()->first);
}

void DnsChannel::set_servers(const std::vector<Endpoint>& servers) {
  std::vector<ares_addr_port_node> nodes;
  for (const auto& server : servers) nodes.push_back(to_node(server));
  for (std::size_t i = 1; i < nodes.size(); ++i) nodes[i - 1].next = &nodes[i];
  const int status = ares_set_servers_ports(channel_, nodes.data());
  if (status == ARES_SUCCESS) return;
  ares_destroy(channel_);
  throw std::runtime_error("c-ares: " + std::string(ares_strerror(status)));
}

void DnsChannel::query(const std::string& name, DnsRecord type, DnsReceiver& receiver) {
  // c-ares would take these for the root, which has no addresses.
  if (name.empty() || name.front() == '.') {
    return receiver.on_answer(type, {DnsStatus::bad_name, {}, {}});
  }
  auto ticket = std::make_unique<Ticket>(Ticket{receiver, type});
  const int record = type == DnsRecord::a ? ns_t_a : ns_t_aaaa;
  // ares_query, not ares_getaddrinfo: the latter applies the search list, and tells nothing before
  // both families have ended.
  ares_query(channel_, name.c_str(), ns_c_in, record, &on_reply, ticket.release());
  set_timer();
}

void DnsChannel::on_socket_state(void* self, int fd, int readable, int writable) {
  auto& channel = *static_cast<DnsChannel*>(self);
  const std::uint32_t in = readable != 0 ? EPOLLIN : 0u;
  const std::uint32_t out = writable != 0 ? EPOLLOUT : 0u;
  if ((in | out) == 0) return channel.forget(fd);
  channel.watch(fd, in | out);
}

void DnsChannel::watch(int fd, std::uint32_t events) {
  const auto [position, is_new] = sockets_.try_emplace(fd);
  if (!is_new) return loop_.rewatch(fd, events, *position->second);
  position->second = std::make_unique<Socket>(*this, fd);
  loop_.watch(fd, events, *position->second);
}

void DnsChannel::forget(int fd) {
  auto node = sockets_.extract(fd);
  if (node.empty()) return;
  loop_.unwatch(fd);
  node.mapped()->end();
  loop_.retire(std::move(node.mapped()));
}

void DnsChannel::process(int readable_fd, int writable_fd) {
  ares_process_fd(channel_, readable_fd, writable_fd);
  set_timer();
}

void DnsChannel::on_timer() { process(ARES_SOCKET_BAD, ARES_SOCKET_BAD); }

void DnsChannel::set_timer() {
  timeval left{};
  if (ares_timeout(channel_, nullptr, &left) == nullptr) return timer_.cancel();
  timer_.set_after(std::chrono::seconds(left.tv_sec) + std::chrono::microseconds(left.tv_usec));
}

}  // namespace ccnproxy::origin
