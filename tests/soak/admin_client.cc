#include "admin_client.h"

#include <cerrno>

#include <sys/socket.h>

#include "fakes/endpoint.h"
#include "fakes/failure.h"

namespace ccnproxy::soak {
namespace {

using std::chrono::milliseconds;

constexpr Duration between_looks = milliseconds(100);
constexpr Duration between_pieces = milliseconds(50);
constexpr std::size_t slow_piece = 64;

std::string_view request_of(AdminKind kind) {
  switch (kind) {
    case AdminKind::silent:
      return "";
    case AdminKind::half_head:
      return "GET /pools HT";
    case AdminKind::slow_reader:
      return "GET /pools HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    case AdminKind::health:
      return "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
  }
  return "";
}

}  // namespace

AdminClient::AdminClient(World& world, std::string admin, AdminKind kind)
    : world_(world),
      admin_(std::move(admin)),
      kind_(kind),
      timeout_(world.loop.timers(), Delegate<void()>::to<&AdminClient::on_timeout>(this)),
      slow_(world.loop.timers(), Delegate<void()>::to<&AdminClient::read_again>(this)) {}

void AdminClient::start() {
  if (stopping_) return;
  received_.clear();
  const int small = kind_ == AdminKind::slow_reader ? 4 * 1024 : 0;
  try {
    fd_ = UniqueFd(fakes::connect_to(admin_, {}, small).release());
  } catch (const fakes::Failure& failure) {
    if (kind_ == AdminKind::health) world_.ledger.violation(failure.what());
    stopping_ = true;
    return;
  }
  const auto request = request_of(kind_);
  [[maybe_unused]] const auto n = ::send(fd_.get(), request.data(), request.size(), MSG_NOSIGNAL);
  world_.loop.watch(fd_.get(), EPOLLIN, *this);
  timeout_.set_after(patience);
}

void AdminClient::stop() {
  stopping_ = true;
  finish();
}

void AdminClient::on_io(std::uint32_t) {
  if (fd_) read();
}

void AdminClient::read() {
  char buffer[4096];
  const bool slow = kind_ == AdminKind::slow_reader;
  while (fd_) {
    const auto n = ::recv(fd_.get(), buffer, slow ? slow_piece : sizeof buffer, 0);
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (n <= 0) return on_end();
    if (received_.size() < 64) received_.append(buffer, static_cast<std::size_t>(n));
    if (!slow) continue;
    world_.loop.rewatch(fd_.get(), 0, *this);
    return slow_.set_after(between_pieces);
  }
}

void AdminClient::read_again() {
  if (!fd_) return;
  world_.loop.rewatch(fd_.get(), EPOLLIN, *this);
  read();
}

void AdminClient::on_end() {
  const bool good = received_.starts_with("HTTP/1.1 200 ");
  if (good) ++answered_;
  if (!good && kind_ == AdminKind::health)
    world_.ledger.violation("/healthz was not answered: " + received_);
  finish();
}

void AdminClient::on_timeout() {
  if (kind_ == AdminKind::health) world_.ledger.violation("/healthz was not answered in time");
  finish();
}

void AdminClient::finish() {
  timeout_.cancel();
  slow_.cancel();
  fd_.reset();
  if (!stopping_) world_.later.after(between_looks, [this] { start(); });
}

}  // namespace ccnproxy::soak
