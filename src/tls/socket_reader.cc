#include "ccnproxy/tls/socket_reader.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <new>

#include <openssl/bio.h>
#include <sys/socket.h>

namespace ccnproxy::tls {

/// The functions that OpenSSL calls.
struct SocketBio {
  static SocketReader& self(BIO* bio) { return *static_cast<SocketReader*>(BIO_get_data(bio)); }

  static int read(BIO* bio, char* into, int size) {
    BIO_clear_retry_flags(bio);
    const auto n = self(bio).read(into, size);
    if (n < 0 && self(bio).would_block_) BIO_set_retry_read(bio);
    return n;
  }

  static int write(BIO* bio, const char* bytes, int size) {
    BIO_clear_retry_flags(bio);
    const auto flags = MSG_NOSIGNAL | (self(bio).more_follows_ ? MSG_MORE : 0);
    const auto n = ::send(self(bio).fd_, bytes, static_cast<std::size_t>(size), flags);
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) BIO_set_retry_write(bio);
    return static_cast<int>(n);
  }

  static long control(BIO* bio, int command, long, void*) {
    if (command == BIO_CTRL_EOF) return self(bio).ended_;
    return command == BIO_CTRL_FLUSH ? 1 : 0;
  }

  static BIO_METHOD* method() {
    static BIO_METHOD* const made = [] {
      auto* m = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "ccnproxy socket");
      if (!m) throw std::bad_alloc();
      BIO_meth_set_read(m, read);
      BIO_meth_set_write(m, write);
      BIO_meth_set_ctrl(m, control);
      return m;
    }();
    return made;
  }
};

SocketReader::~SocketReader() {
  if (shared_.owner == this) shared_.owner = nullptr;
}

bio_st* SocketReader::make_bio() {
  auto* bio = BIO_new(SocketBio::method());
  if (!bio) throw std::bad_alloc();
  BIO_set_data(bio, this);
  BIO_set_init(bio, 1);
  return bio;
}

int SocketReader::read(char* into, int size) {
  would_block_ = false;
  if (size <= 0) return 0;
  if (held() == 0) {
    if (drained_) {
      would_block_ = true;
      return -1;
    }
    if (!receive()) return ended_ ? 0 : -1;
  }
  return take(into, size);
}

bool SocketReader::receive() {
  if (shared_.owner && shared_.owner != this) shared_.owner->move_out();
  shared_.owner = nullptr;
  const auto n = ::recv(fd_, shared_.bytes.get(), CipherBuffer::size, 0);
  if (n <= 0) {
    ended_ = n == 0;
    would_block_ = n < 0 && (errno == EAGAIN || errno == EINTR);
    return false;
  }
  begin_ = 0;
  end_ = static_cast<std::size_t>(n);
  drained_ = end_ < CipherBuffer::size;
  shared_.owner = this;
  return true;
}

int SocketReader::take(char* into, int size) {
  const bool own = !own_.empty();
  const auto available = own ? own_.size() : end_ - begin_;
  const auto n = std::min(available, static_cast<std::size_t>(size));
  std::memcpy(into, own ? own_.view().data() : shared_.bytes.get() + begin_, n);
  if (own) {
    own_.consume(n);
  } else if ((begin_ += n) == end_) {
    begin_ = end_ = 0;
    shared_.owner = nullptr;
  }
  return static_cast<int>(n);
}

void SocketReader::move_out() {
  own_.append({shared_.bytes.get() + begin_, end_ - begin_});
  begin_ = end_ = 0;
  shared_.owner = nullptr;
}

}  // namespace ccnproxy::tls
