#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include <nghttp2/nghttp2.h>

#include "fakes/http2_frame.h"

namespace ccnproxy::fakes {

/// Bytes to frames and back for one end of an HTTP/2 connection: HPACK with its state in both
/// directions (RFC 7541), and how much the other side lets us send (RFC 9113 §5.2). No I/O; decides
/// nothing. What no frame can be made of throws Failure.
class Http2Codec {
 public:
  Http2Codec();

  void feed(std::string_view bytes) { input_.append(bytes); }
  /// Bytes without frames: the client's preface. Empty until all of them are there.
  std::optional<std::string> take_bytes(std::size_t size);
  /// The next whole frame. SETTINGS and WINDOW_UPDATE have been noted when it is returned; HEADERS
  /// are returned when their last CONTINUATION is there.
  std::optional<h2::Frame> next();

  /// HEADERS for these fields; where the block is longer than `split` bytes, CONTINUATION frames
  /// carry the rest. 0 splits at the frame size limit. Names are sent as they are.
  std::string headers(std::uint32_t stream, const Fields& fields, std::uint8_t flags = 0,
                      std::size_t split = 0);

  /// Bytes of DATA that may be sent on this stream now; can be negative after SETTINGS.
  std::int64_t room(std::uint32_t stream) const;
  void spend(std::uint32_t stream, std::size_t bytes);
  /// The stream is over; its window need not be remembered.
  void forget(std::uint32_t stream) { windows_.erase(stream); }
  std::size_t frame_size() const { return frame_size_; }
  /// The last value of each setting that the other side sent.
  const h2::SettingsMap& peer_settings() const { return peer_settings_; }

 private:
  struct Free {
    void operator()(nghttp2_hd_inflater* inflater) const { nghttp2_hd_inflate_del(inflater); }
    void operator()(nghttp2_hd_deflater* deflater) const { nghttp2_hd_deflate_del(deflater); }
  };
  std::optional<h2::Frame> take_frame();
  std::optional<h2::Frame> join_headers(h2::Frame frame);
  Fields inflate(std::string_view block);
  std::string deflate(const Fields& fields);
  void note_settings(const h2::SettingsMap& settings);

  std::unique_ptr<nghttp2_hd_inflater, Free> inflater_;
  std::unique_ptr<nghttp2_hd_deflater, Free> deflater_;
  std::string input_;
  std::size_t taken_ = 0;  ///< bytes of `input_` that are parsed already
  std::optional<h2::Frame> open_headers_;
  std::string block_;  ///< of `open_headers_`, so far
  h2::SettingsMap peer_settings_;
  std::int64_t initial_window_ = h2::default_window;
  std::size_t frame_size_ = h2::default_frame_size;
  std::int64_t connection_window_ = h2::default_window;
  /// What a stream's window differs by from the initial one, so that a new SETTINGS moves them all.
  std::unordered_map<std::uint32_t, std::int64_t> windows_;
};

}  // namespace ccnproxy::fakes
