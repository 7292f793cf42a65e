#include "ccnproxy/dns/dns_channel.h"

#include <stdexcept>

#include <ares.h>
#include <sys/time.h>

#include "dns_library.h"

namespace ccnproxy::dns {
namespace {

/// A lost datagram is sent again after this, then after twice and four times as long. A resolver
/// near the machine answers from its cache in milliseconds; one that has to ask around may take
/// longer than this, and then answers the repetition too, at no harm.
constexpr int first_try_ms = 500;
constexpr int tries = 3;

/// c-ares wants this once a process, before all else; a function's static is made once, whichever
/// thread comes first.
void require_library() {
  static const int status = ares_library_init(ARES_LIB_INIT_ALL);
  if (status != ARES_SUCCESS)
    throw std::runtime_error("c-ares: " + std::string(ares_strerror(status)));
}

}  // namespace

/// A socket of c-ares, which opens and closes it. Outlives its closing until the turn is over.
class DnsChannel::Socket final : public IoHandler, public DeferredDelete {
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
  if (!dns_library::has_one_server(channel_)) return;
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
                   ARES_OPT_TCP_PORT | ARES_OPT_SOCK_STATE_CB | ARES_OPT_RESOLVCONF |
                   dns_library::keep_no_answers(options);
  const int status = ares_init_options(&channel_, &options, mask);
  if (status != ARES_SUCCESS)
    throw std::runtime_error("c-ares: " + std::string(ares_strerror(status)));
  if (!servers.empty()) set_servers(servers);
}

DnsChannel::~DnsChannel() {
  ares_destroy(channel_);
  while (!sockets_.empty()) forget(sockets_.begin()->first);
}

void DnsChannel::set_servers(const std::vector<Endpoint>& servers) {
  const int status = dns_library::set_servers(channel_, servers);
  if (status == ARES_SUCCESS) return;
  ares_destroy(channel_);
  throw std::runtime_error("c-ares: " + std::string(ares_strerror(status)));
}

void DnsChannel::query(const std::string& name, DnsRecord type, DnsReceiver& receiver) {
  // c-ares would take these for the root, which has no addresses.
  if (name.empty() || name.front() == '.') {
    return receiver.on_answer(type, {DnsStatus::bad_name, {}, {}});
  }
  // One question, not ares_getaddrinfo: that applies the search list, and tells nothing before
  // both families have ended.
  dns_library::ask(channel_, name, type, receiver);
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
  loop_.defer_delete(std::move(node.mapped()));
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

}  // namespace ccnproxy::dns
