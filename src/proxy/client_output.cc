#include "ccnproxy/proxy/client_output.h"

#include <algorithm>
#include <array>
#include <cerrno>

#include <sys/socket.h>

#include "ccnproxy/http/chunked.h"

namespace ccnproxy::proxy {
namespace {

constexpr std::size_t most_pieces = 64;

/// Bytes taken by the socket; nothing if it is broken.
std::optional<std::size_t> send(int fd, std::span<iovec> pieces) {
  msghdr message{};
  message.msg_iov = pieces.data();
  message.msg_iovlen = pieces.size();
  for (;;) {
    const auto n = ::sendmsg(fd, &message, MSG_NOSIGNAL);
    if (n >= 0) return static_cast<std::size_t>(n);
    if (errno == EAGAIN) return 0;
    if (errno != EINTR) return std::nullopt;
  }
}

iovec piece(std::string_view bytes) { return {const_cast<char*>(bytes.data()), bytes.size()}; }

}  // namespace

void ClientOutput::add_body(std::string_view bytes) {
  if (bytes.empty()) return;
  body_bytes_ += bytes.size();
  uncredited_ += bytes.size();
  if (!body_.empty() && body_.back().data() + body_.back().size() == bytes.data()) {
    body_.back() = {body_.back().data(), body_.back().size() + bytes.size()};
  } else {
    body_.push_back(bytes);
  }
}

void ClientOutput::frame_chunk() {
  if (!chunked_ || body_bytes_ == 0) return;
  http::append_chunk_size(front_, body_bytes_);
  back_.insert(0, "\r\n");
}

ClientOutput::Outcome ClientOutput::flush(int fd) {
  if (!held_.empty()) {
    if (has_step()) {
      frame_chunk();
      hold_from(0);
    }
    return send_held(fd);
  }
  if (!has_step()) return Outcome::all_sent;
  frame_chunk();
  std::array<iovec, most_pieces> pieces;
  std::size_t count = 0;
  std::size_t total = 0;
  const auto add = [&](std::string_view bytes) {
    if (bytes.empty() || count == most_pieces) return;
    pieces[count++] = piece(bytes);
    total += bytes.size();
  };
  add(front_);
  for (const auto& bytes : body_) add(bytes);
  add(back_);
  const auto sent = send(fd, {pieces.data(), count});
  if (!sent) return Outcome::failed;
  written_ += *sent;
  hold_from(*sent);
  return held_.empty() ? Outcome::all_sent : Outcome::held_back;
}

/// Keeps what the step has beyond `skip` bytes, and ends it.
void ClientOutput::hold_from(std::size_t skip) {
  const auto keep = [&](std::string_view bytes) {
    const auto n = std::min(skip, bytes.size());
    skip -= n;
    held_.append(bytes.substr(n));
  };
  keep(front_);
  for (const auto& bytes : body_) keep(bytes);
  keep(back_);
  front_.clear();
  body_.clear();
  back_.clear();
  body_bytes_ = 0;
}

ClientOutput::Outcome ClientOutput::send_held(int fd) {
  auto bytes = piece(held_.view());
  const auto sent = send(fd, {&bytes, 1});
  if (!sent) return Outcome::failed;
  written_ += *sent;
  held_.consume(*sent);
  return held_.empty() ? Outcome::all_sent : Outcome::held_back;
}

std::size_t ClientOutput::take_credit() noexcept {
  const auto still_here = std::min(uncredited_, held_.size() + body_bytes_);
  const auto credit = uncredited_ - still_here;
  uncredited_ = still_here;
  return credit;
}

void ClientOutput::clear() noexcept {
  front_.clear();
  body_.clear();
  back_.clear();
  held_.clear();
  body_bytes_ = uncredited_ = 0;
  chunked_ = false;
}

}  // namespace ccnproxy::proxy
