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

OutputStep& ClientOutput::step() {
  if (!step_) step_ = steps_.take();
  return *step_;
}

void ClientOutput::end_step() {
  if (step_) steps_.give(std::move(step_));
}

void ClientOutput::add_body(std::string_view bytes) {
  if (bytes.empty()) return;
  auto& [front, body, back, body_bytes] = step();
  body_bytes += bytes.size();
  uncredited_ += bytes.size();
  if (!body.empty() && body.back().data() + body.back().size() == bytes.data()) {
    body.back() = {body.back().data(), body.back().size() + bytes.size()};
  } else {
    body.push_back(bytes);
  }
}

void ClientOutput::frame_chunk() {
  if (!chunked_ || step_->body_bytes == 0) return;
  http::append_chunk_size(step_->front, step_->body_bytes);
  step_->back.insert(0, "\r\n");
}

ClientOutput::Outcome ClientOutput::flush(int fd) {
  if (!held_.empty()) {
    if (has_step()) {
      frame_chunk();
      hold_from(0);
    }
    return send_held(fd);
  }
  if (!has_step()) {
    end_step();
    return Outcome::all_sent;
  }
  frame_chunk();
  std::array<iovec, most_pieces> pieces;
  std::size_t count = 0;
  std::size_t total = 0;
  const auto add = [&](std::string_view bytes) {
    if (bytes.empty() || count == most_pieces) return;
    pieces[count++] = piece(bytes);
    total += bytes.size();
  };
  add(step_->front);
  for (const auto& bytes : step_->body) add(bytes);
  add(step_->back);
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
  keep(step_->front);
  for (const auto& bytes : step_->body) keep(bytes);
  keep(step_->back);
  end_step();
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
  const auto still_here = std::min(uncredited_, held_.size() + (step_ ? step_->body_bytes : 0));
  const auto credit = uncredited_ - still_here;
  uncredited_ = still_here;
  return credit;
}

void ClientOutput::drop_step() {
  if (step_) uncredited_ -= std::min(uncredited_, step_->body_bytes);
  end_step();
  chunked_ = false;
}

void ClientOutput::clear() {
  end_step();
  held_.clear();
  uncredited_ = 0;
  chunked_ = false;
}

}  // namespace ccnproxy::proxy
