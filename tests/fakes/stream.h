#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include <openssl/ssl.h>

#include "fakes/deadline.h"
#include "fakes/descriptor.h"
#include "fakes/failure.h"
#include "fakes/latch.h"

namespace ccnproxy::fakes {

/// How the other side's bytes ended, if they did.
enum class StreamEnd {
  Open,         ///< they did not
  Fin,          ///< TCP FIN; over TLS: without close_notify, so it may be a truncation
  CloseNotify,  ///< TLS close_notify (RFC 8446 §6.1)
  Reset,        ///< TCP RST
  TlsError,     ///< an alert, or bytes that are not TLS
};

const char* to_string(StreamEnd end);

/// One end of a connection, plain or TLS, over a non-blocking socket: blocking calls with a
/// deadline, and the two try_ calls for event loops. Used by one thread at a time. A blocking call
/// throws Failure at its deadline, PeerGone when the other side ends it too early, Stopped when the
/// `stop` latch opens.
class Stream {
 public:
  /// What one try_read or try_write did.
  enum class Outcome { Moved, WouldBlock, Ended };
  struct Attempt {
    Outcome outcome = Outcome::WouldBlock;
    std::size_t bytes = 0;
  };

  explicit Stream(Descriptor socket, std::shared_ptr<Latch> stop = nullptr);
  ~Stream();
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  /// Takes `ssl` and completes the handshake; its role is set already. Throws PeerGone with
  /// OpenSSL's reason when it fails.
  void start_tls(SSL* ssl, Deadline deadline = {});
  /// Lets TLS read and write until `done`, and takes no bytes of the client's. Throws PeerGone
  /// where the connection ends first.
  void drive_tls(const std::function<bool()>& done, Deadline deadline);
  /// Null for plain TCP.
  SSL* ssl() const { return ssl_.get(); }
  int fd() const { return socket_.get(); }

  /// At least one byte; an empty string once the other side has ended.
  std::string read_some(Deadline deadline = {});
  std::string read_exact(std::size_t size, Deadline deadline = {});
  /// Up to and with `delimiter`; what follows it stays for the next read.
  std::string read_until(std::string_view delimiter, Deadline deadline = {});
  /// All that comes until the other side ends; end() then says how it did.
  std::string read_to_end(Deadline deadline = {});
  /// Puts bytes back in front of what is read next.
  void unread(std::string_view bytes) { input_.insert(0, bytes); }
  /// Read from the socket, not yet asked for.
  const std::string& unasked() const { return input_; }
  StreamEnd end() const { return end_; }
  const std::string& tls_error() const { return tls_error_; }

  void write(std::string_view bytes, Deadline deadline = {});
  /// In pieces of `piece` bytes with a pause between them.
  void write_slowly(std::string_view bytes, std::size_t piece, Patience pause_between);

  /// Does nothing for so long, or until the stop latch opens (Stopped).
  void pause(Patience duration) const;
  /// Waits for a latch of the test's, as long as it takes; Stopped as above.
  void hold_for(const Latch& latch) const;
  /// Null where there is none.
  const Latch* stop() const { return stop_.get(); }

  /// No more from us, in order: close_notify where there is TLS, then FIN. Reading goes on.
  void finish_writing();
  /// FIN alone, which over TLS is a truncation.
  void finish_writing_without_notify();
  /// The whole connection, with and without close_notify, or by RST.
  void close();
  void close_without_notify();
  void reset();
  bool is_open() const { return static_cast<bool>(socket_); }

  /// For event loops: never block. try_read fills `into` past the buffered input.
  Attempt try_read(char* into, std::size_t size);
  Attempt try_write(std::string_view bytes);
  /// Which of poll(2)'s events the last attempts wait for.
  short events(bool reading, bool writing) const;
  /// TLS holds decrypted bytes that poll(2) will not show.
  bool has_pending() const { return ssl_ && SSL_has_pending(ssl_.get()) == 1; }

 private:
  bool fill(Deadline deadline, const std::string& awaited);
  void wait(short events, Deadline deadline, const std::string& awaited);
  void note_error(int result);
  void note_plain_error();

  struct FreeSsl {
    void operator()(SSL* ssl) const { SSL_free(ssl); }
  };
  Descriptor socket_;
  std::unique_ptr<SSL, FreeSsl> ssl_;
  std::shared_ptr<Latch> stop_;
  std::string input_;
  std::string tls_error_;
  StreamEnd end_ = StreamEnd::Open;
  bool read_wants_write_ = false;  ///< TLS must write before it can read on
  bool write_wants_read_ = false;
};

}  // namespace ccnproxy::fakes
