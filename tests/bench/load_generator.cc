#include "load_generator.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <ctime>
#include <system_error>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "cpu_time.h"

namespace ccnproxy::bench {
namespace {

constexpr std::size_t buffer_bytes = 1024 * 1024;
/// Body bytes that are missing beyond this are dropped by the kernel instead of being copied out.
constexpr std::uint64_t drop_above = 64 * 1024;
constexpr std::uint64_t ns_per_s = 1'000'000'000;

std::uint64_t monotonic_ns() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<std::uint64_t>(now.tv_sec) * ns_per_s +
         static_cast<std::uint64_t>(now.tv_nsec);
}

std::uint64_t to_ns(std::chrono::milliseconds time) {
  return static_cast<std::uint64_t>(std::chrono::nanoseconds(time).count());
}

[[noreturn]] void throw_errno(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

std::string request_head(const LoadOptions& options, const std::string& host) {
  std::string head = options.upload_bytes > 0 ? "PUT " : "GET ";
  head += options.path + " HTTP/1.1\r\nHost: " + host + "\r\nUser-Agent: bench\r\n";
  if (options.upload_bytes > 0) {
    head += "Content-Length: " + std::to_string(options.upload_bytes) + "\r\n";
  }
  return head + "\r\n";
}

std::vector<std::string> request_heads(const LoadOptions& options) {
  std::vector<std::string> heads;
  const auto number_at = options.host.find('%');
  for (std::uint64_t i = 0; i < options.hosts; ++i) {
    auto host = options.host;
    if (number_at != std::string::npos) host.replace(number_at, 1, std::to_string(i));
    heads.push_back(request_head(options, host));
  }
  return heads;
}

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

}  // namespace

LoadGenerator::LoadGenerator(const LoadOptions& options)
    : options_(options),
      heads_(request_heads(options)),
      epoll_(::epoll_create1(EPOLL_CLOEXEC)),
      slots_(options.connections),
      buffer_(buffer_bytes) {
  if (epoll_ < 0) throw_errno("epoll_create1");
  for (auto& slot : slots_) free_.push_back(&slot);
  // The schedule of an open loop is finer than the 50 us by which the kernel rounds a timeout.
  ::prctl(PR_SET_TIMERSLACK, 1UL);
}

LoadGenerator::~LoadGenerator() {
  for (auto& slot : slots_) close(slot);
  ::close(epoll_);
}

LoadResult LoadGenerator::run() {
  if (!options_.connection_each) open_all();
  const auto watched_before = scheduler_time_ns(options_.watch);
  const auto own_before = scheduler_time_ns({::getpid()});
  begin_ns_ = now_ns_ = monotonic_ns();
  end_ns_ = begin_ns_ + to_ns(options_.duration);
  start_what_is_due();
  while (may_start()) turn(end_ns_);
  const auto deadline = now_ns_ + to_ns(options_.drain);
  while (under_way_ > 0 && now_ns_ < deadline) turn(deadline);
  give_up();
  result_.elapsed_ns = now_ns_ - begin_ns_;
  result_.watched_ns = scheduler_time_ns(options_.watch) - watched_before;
  result_.own_ns = scheduler_time_ns({::getpid()}) - own_before;
  return std::move(result_);
}

/// Connections of a keep-alive run are there before the measured time begins.
void LoadGenerator::open_all() {
  now_ns_ = monotonic_ns();
  const auto deadline = now_ns_ + to_ns(options_.drain);
  for (auto& slot : slots_) open(slot);
  const auto opening = [](const Slot& slot) { return slot.connecting; };
  while (std::any_of(slots_.begin(), slots_.end(), opening) && now_ns_ < deadline) turn(deadline);
}

/// Waits for events until the given time or the next request's, and handles what came.
void LoadGenerator::turn(std::uint64_t until_ns) {
  const auto wake_ns = std::max(next_event_ns(until_ns), now_ns_);
  const auto wait_ns = wake_ns - now_ns_;
  const timespec timeout{static_cast<time_t>(wait_ns / ns_per_s),
                         static_cast<long>(wait_ns % ns_per_s)};
  std::array<epoll_event, 256> events;
  const int count =
      ::epoll_pwait2(epoll_, events.data(), static_cast<int>(events.size()), &timeout, nullptr);
  if (count < 0 && errno != EINTR) throw_errno("epoll_pwait2");
  now_ns_ = monotonic_ns();
  for (int i = 0; i < count; ++i) {
    const auto& event = events[static_cast<std::size_t>(i)];
    on_event(*static_cast<Slot*>(event.data.ptr), event.events);
  }
  start_what_is_due();
}

std::uint64_t LoadGenerator::next_event_ns(std::uint64_t until_ns) const {
  if (options_.rate <= 0 || free_.empty() || !may_start()) return until_ns;
  return std::min(until_ns, due_ns(issued_));
}

std::uint64_t LoadGenerator::due_ns(std::uint64_t request) const {
  return begin_ns_ + static_cast<std::uint64_t>(static_cast<double>(request) * 1e9 / options_.rate);
}

bool LoadGenerator::may_start() const {
  if (begin_ns_ == 0 || now_ns_ >= end_ns_) return false;
  return options_.requests == 0 || issued_ < options_.requests;
}

void LoadGenerator::start_what_is_due() {
  // A start can fail at once and free its slot again, so a turn starts no more than there are.
  for (auto tries = slots_.size(); tries > 0 && !free_.empty() && may_start(); --tries) {
    const auto due = options_.rate > 0 ? due_ns(issued_) : now_ns_;
    if (due > now_ns_) return;
    Slot& slot = *free_.back();
    free_.pop_back();
    start(slot, due);
  }
}

void LoadGenerator::start(Slot& slot, std::uint64_t started_ns) {
  slot.head = &heads_[(options_.first_host + issued_) % heads_.size()];
  ++issued_;
  ++under_way_;
  slot.busy = true;
  slot.started_ns = started_ns;
  slot.sent = 0;
  slot.reader.reset();
  if (slot.fd < 0 && !open(slot)) return fail(slot, LoadError::Connect);
  if (!slot.connecting) send_more(slot);
}

bool LoadGenerator::open(Slot& slot) {
  slot.fd = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (slot.fd < 0) throw_errno("socket");
  if (options_.upload_bytes > 0) {
    const int on = 1;
    ::setsockopt(slot.fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  }
  const auto address = loopback(options_.port);
  const int failed =
      ::connect(slot.fd, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  slot.connecting = failed != 0 && errno == EINPROGRESS;
  if (failed != 0 && !slot.connecting) {
    close(slot);
    return false;
  }
  ++result_.connections_opened;
  slot.waits_to_write = slot.connecting;
  epoll_event event{};
  event.events = EPOLLIN | (slot.connecting ? EPOLLOUT : 0U);
  event.data.ptr = &slot;
  if (::epoll_ctl(epoll_, EPOLL_CTL_ADD, slot.fd, &event) != 0) throw_errno("epoll_ctl");
  return true;
}

void LoadGenerator::close(Slot& slot) {
  if (slot.fd >= 0) ::close(slot.fd);
  slot.fd = -1;
  slot.connecting = false;
  slot.waits_to_write = false;
}

void LoadGenerator::watch_writing(Slot& slot, bool on) {
  if (slot.waits_to_write == on) return;
  slot.waits_to_write = on;
  epoll_event event{};
  event.events = EPOLLIN | (on ? EPOLLOUT : 0U);
  event.data.ptr = &slot;
  if (::epoll_ctl(epoll_, EPOLL_CTL_MOD, slot.fd, &event) != 0) throw_errno("epoll_ctl");
}

void LoadGenerator::on_event(Slot& slot, std::uint32_t events) {
  if (slot.fd < 0) return;
  if (slot.connecting) return on_connected(slot);
  if ((events & EPOLLOUT) != 0 && slot.busy) send_more(slot);
  // Sending may have ended the request and closed the socket.
  if (slot.fd >= 0 && (events & ~static_cast<std::uint32_t>(EPOLLOUT)) != 0) read_more(slot);
}

void LoadGenerator::on_connected(Slot& slot) {
  int error = 0;
  socklen_t size = sizeof error;
  ::getsockopt(slot.fd, SOL_SOCKET, SO_ERROR, &error, &size);
  slot.connecting = false;
  if (error != 0) {
    if (slot.busy) return fail(slot, LoadError::Connect);
    return close(slot);  // not yet in use: the request that wants it tries again, and counts
  }
  watch_writing(slot, false);
  if (slot.busy) send_more(slot);
}

void LoadGenerator::send_more(Slot& slot) {
  while (slot.sent < request_bytes(slot)) {
    const auto sent = send_piece(slot);
    if (sent < 0 && errno == EAGAIN) return watch_writing(slot, true);
    if (sent < 0) return fail(slot, LoadError::Reset);
    slot.sent += static_cast<std::uint64_t>(sent);
  }
  watch_writing(slot, false);
}

std::uint64_t LoadGenerator::request_bytes(const Slot& slot) const {
  return slot.head->size() + options_.upload_bytes;
}

/// The head, then a body of zeros: what is in it matters to nobody between here and the origin.
long LoadGenerator::send_piece(const Slot& slot) const {
  static const std::vector<char> zeros(buffer_bytes);
  const auto& head = *slot.head;
  if (slot.sent < head.size()) {
    const int more = options_.upload_bytes > 0 ? MSG_MORE : 0;
    return ::send(slot.fd, head.data() + slot.sent, head.size() - slot.sent, MSG_NOSIGNAL | more);
  }
  const auto left = std::min<std::uint64_t>(request_bytes(slot) - slot.sent, zeros.size());
  return ::send(slot.fd, zeros.data(), left, MSG_NOSIGNAL);
}

void LoadGenerator::read_more(Slot& slot) {
  using State = ResponseReader::State;
  const auto got = read_piece(slot);
  if (got <= 0) return on_read_end(slot, got);
  if (!slot.busy || slot.reader.state() == State::BadFraming) return fail(slot, LoadError::Framing);
  if (slot.reader.state() == State::Done) finish(slot);
}

long LoadGenerator::read_piece(Slot& slot) {
  const auto missing = slot.reader.missing();
  if (slot.busy && missing > drop_above) {
    const auto got =
        ::recv(slot.fd, buffer_.data(), std::min<std::uint64_t>(missing, buffer_bytes), MSG_TRUNC);
    if (got > 0) slot.reader.skip(static_cast<std::uint64_t>(got));
    return got;
  }
  const auto got = ::recv(slot.fd, buffer_.data(), drop_above, 0);
  if (got > 0) slot.reader.feed({buffer_.data(), static_cast<std::size_t>(got)});
  return got;
}

void LoadGenerator::on_read_end(Slot& slot, long got) {
  if (got < 0 && errno == EAGAIN) return;
  if (!slot.busy) return close(slot);  // an idle connection may be closed: not an error
  fail(slot, got == 0 ? LoadError::EarlyClose : LoadError::Reset);
}

void LoadGenerator::finish(Slot& slot) {
  const bool all_sent = slot.sent == request_bytes(slot);
  if (slot.reader.status() < options_.status_from || slot.reader.status() > options_.status_to) {
    return fail(slot, LoadError::Status);
  }
  if (slot.reader.length() != options_.expect_bytes) return fail(slot, LoadError::Length);
  // An answer to half an upload is no completed upload.
  if (!all_sent) return fail(slot, LoadError::EarlyClose);
  result_.latencies_ns.push_back(now_ns_ - slot.started_ns);
  result_.bytes += options_.expect_bytes + options_.upload_bytes;
  if (options_.connection_each || !slot.reader.keeps_alive()) close(slot);
  release(slot);
}

void LoadGenerator::fail(Slot& slot, LoadError kind) {
  result_.count(kind);
  close(slot);
  if (slot.busy) release(slot);
}

void LoadGenerator::release(Slot& slot) {
  slot.busy = false;
  --under_way_;
  // Closed loop: at once, so that the answer and the next request are one wake-up of the client.
  if (options_.rate <= 0 && result_.failed() == 0 && may_start()) return start(slot, now_ns_);
  free_.push_back(&slot);
}

void LoadGenerator::give_up() {
  for (auto& slot : slots_) {
    if (slot.busy) fail(slot, LoadError::Timeout);
  }
}

}  // namespace ccnproxy::bench
