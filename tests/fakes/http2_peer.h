#pragma once

#include <deque>
#include <functional>
#include <string>
#include <string_view>

#include "fakes/http2_codec.h"
#include "fakes/message.h"
#include "fakes/origin_connection.h"
#include "fakes/stream.h"

namespace ccnproxy::fakes {

/// HTTP/2 frame by frame, so that a test is a straight line of what is sent and what is expected:
///
///   Http2Peer peer(*origin.accept());
///   peer.greet();
///   const h2::Frame request = peer.want_headers();
///   peer.write_headers(request.stream, {{":status", "200"}}, h2::EndStream);
///
/// A want_ call takes the first frame of its kind; frames of other kinds that came before it stay
/// for later calls. It fails when the deadline passes, when the connection ends (PeerGone), and at
/// once when the stream it waits on is reset. SETTINGS and PING are acknowledged and windows given
/// back as frames are read, unless `manners` says otherwise. One thread at a time.
class Http2Peer {
 public:
  enum class Role { Server, Client };
  /// What is done without being told.
  struct Manners {
    bool ack_settings = true;
    bool ack_pings = true;
    bool return_windows = true;  ///< WINDOW_UPDATE for each DATA frame that is read
  };

  /// The server side of what an origin accepted; request heads count in the origin's books.
  explicit Http2Peer(OriginConnection& connection);
  Http2Peer(Stream& stream, Role role) : stream_(stream), role_(role) {}

  Manners manners;

  /// Preface and SETTINGS of both sides (RFC 9113 §3.4). Returns the other side's SETTINGS.
  h2::SettingsMap greet(const h2::SettingsMap& settings = {}, Deadline deadline = {});
  /// The parts of greet(): as server reads, as client writes the 24 bytes.
  void preface(Deadline deadline = {});

  /// The next frame of any kind, those left by want_ calls first.
  h2::Frame read_frame(Deadline deadline = {});
  /// `stream` 0 is any.
  h2::Frame want_headers(std::uint32_t stream = 0, Deadline deadline = {});
  h2::Frame want_data(std::uint32_t stream = 0, Deadline deadline = {});
  h2::Frame want_rst(std::uint32_t stream = 0, Deadline deadline = {});
  /// Of exactly this stream; 0 is the connection's own.
  h2::Frame want_window_update(std::uint32_t stream, Deadline deadline = {});
  h2::Frame want_goaway(Deadline deadline = {});
  h2::Frame want_settings(Deadline deadline = {});
  h2::Frame want_settings_ack(Deadline deadline = {});
  h2::Frame want_ping(Deadline deadline = {});
  h2::Frame want_ping_ack(Deadline deadline = {});
  /// HEADERS and all of the body (and trailers).
  Request want_request(Deadline deadline = {});
  /// All DATA of a stream up to END_STREAM; trailers, if there are any, go to `trailers`.
  std::string want_body(std::uint32_t stream, Fields* trailers = nullptr, Deadline deadline = {});
  /// The other side ends the connection; frames before it stay for other calls.
  StreamEnd want_end(Deadline deadline = {});
  /// A PING there and back: all that the other side sent before is in seen() then. This is how a
  /// test shows that a frame was not sent.
  void sync(Deadline deadline = {});
  /// Frames that came and that no call has taken yet.
  const std::deque<h2::Frame>& seen() const { return seen_; }
  std::size_t count_seen(h2::FrameType type, std::uint32_t stream = 0) const;

  void write_settings(const h2::SettingsMap& settings) { write(h2::encode_settings(settings)); }
  void write_settings_ack() { write_raw_frame(h2::Settings, h2::Ack, 0, ""); }
  /// `split`: see Http2Codec::headers.
  void write_headers(std::uint32_t stream, const Fields& fields, std::uint8_t flags = 0,
                     std::size_t split = 0) {
    write(codec_.headers(stream, fields, flags, split));
  }
  /// A request's HEADERS, as client: GET of `target`.
  void write_get(std::uint32_t stream, const std::string& target = "/",
                 const std::string& authority = "api.test");
  /// One DATA frame, whatever the windows say; they are charged.
  void write_data(std::uint32_t stream, std::string_view bytes, std::uint8_t flags = 0);
  /// Any number of DATA frames, as the windows allow; reads frames while they are shut.
  void write_body(std::uint32_t stream, std::string_view bytes, std::uint8_t flags = h2::EndStream,
                  Deadline deadline = {});
  void write_rst(std::uint32_t stream, std::uint32_t error) {
    write(h2::encode_rst(stream, error));
  }
  void write_goaway(std::uint32_t last_stream, std::uint32_t error = h2::NoError,
                    std::string_view debug_data = "") {
    write(h2::encode_goaway(last_stream, error, debug_data));
  }
  void write_window_update(std::uint32_t stream, std::uint32_t increment) {
    write(h2::encode_window_update(stream, increment));
  }
  void write_ping(const std::string& opaque) { write(h2::encode_ping(opaque, false)); }
  void write_ping_ack(const std::string& opaque) { write(h2::encode_ping(opaque, true)); }
  void write_raw_frame(std::uint8_t type, std::uint8_t flags, std::uint32_t stream,
                       std::string_view payload) {
    write(h2::encode(type, flags, stream, payload));
  }
  /// Any bytes at all.
  void write(std::string_view bytes) { stream_.write(bytes); }

  /// What the other side lets us send, and announced.
  const Http2Codec& codec() const { return codec_; }
  Stream& stream() { return stream_; }

 private:
  using Match = std::function<bool(const h2::Frame&)>;
  h2::Frame want(const std::string& awaited, std::uint32_t stream, const Match& match,
                 Deadline deadline);
  h2::Frame receive(const std::string& awaited, Deadline deadline);
  void answer(const h2::Frame& frame);
  void be_polite(const h2::Frame& frame);
  std::string describe_seen() const;

  Stream& stream_;
  OriginConnection* connection_ = nullptr;
  Role role_;
  Http2Codec codec_;
  std::deque<h2::Frame> seen_;
  unsigned syncs_ = 0;
};

}  // namespace ccnproxy::fakes
