#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "fakes/fields.h"

namespace ccnproxy::fakes::h2 {

// RFC 9113 §6.
enum FrameType : std::uint8_t {
  Data = 0,
  Headers = 1,
  Priority = 2,
  RstStream = 3,
  Settings = 4,
  PushPromise = 5,
  Ping = 6,
  GoAway = 7,
  WindowUpdate = 8,
  Continuation = 9,
};

enum Flag : std::uint8_t {
  NoFlags = 0,
  Ack = 1,        ///< SETTINGS, PING
  EndStream = 1,  ///< DATA, HEADERS
  EndHeaders = 4,
  Padded = 8,
  HasPriority = 32,
};

// RFC 9113 §7.
enum ErrorCode : std::uint32_t {
  NoError = 0,
  ProtocolError = 1,
  InternalError = 2,
  FlowControlError = 3,
  SettingsTimeout = 4,
  StreamClosed = 5,
  FrameSizeError = 6,
  RefusedStream = 7,
  Cancel = 8,
  CompressionError = 9,
  ConnectError = 10,
  EnhanceYourCalm = 11,
  InadequateSecurity = 12,
  Http11Required = 13,
};

// RFC 9113 §6.5.2.
enum SettingId : std::uint16_t {
  HeaderTableSize = 1,
  EnablePush = 2,
  MaxConcurrentStreams = 3,
  InitialWindowSize = 4,
  MaxFrameSize = 5,
  MaxHeaderListSize = 6,
};

using SettingsMap = std::map<std::uint16_t, std::uint32_t>;

inline constexpr std::string_view client_preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
inline constexpr std::uint32_t largest_stream = 0x7fff'ffff;
inline constexpr std::int64_t default_window = 65535;
inline constexpr std::size_t default_frame_size = 16384;

/// One frame as it came. HEADERS that were continued are one frame with all fields.
struct Frame {
  std::uint8_t type = Data;
  std::uint8_t flags = 0;
  std::uint32_t stream = 0;
  std::string payload;  ///< as on the wire, padding and all
  Fields fields;        ///< of HEADERS, pseudo-header fields first, as they came

  bool is_ack() const { return (flags & Ack) != 0; }
  bool end_stream() const { return (flags & EndStream) != 0; }
  /// The payload of DATA or HEADERS without padding and priority. Throws Failure if these don't
  /// fit.
  std::string_view content() const;
  std::uint32_t error_code() const;   ///< RST_STREAM, GOAWAY
  std::uint32_t last_stream() const;  ///< GOAWAY
  std::string debug_data() const;     ///< GOAWAY
  std::uint32_t increment() const;    ///< WINDOW_UPDATE
  SettingsMap settings() const;
  /// "HEADERS stream 1 flags 5, 20 bytes", for messages.
  std::string describe() const;
};

const char* type_name(std::uint8_t type);

/// The frame's bytes. Nothing is checked: wrong frames are what tests are for.
std::string encode(std::uint8_t type, std::uint8_t flags, std::uint32_t stream,
                   std::string_view payload);
std::string encode_settings(const SettingsMap& settings);
std::string encode_rst(std::uint32_t stream, std::uint32_t error);
std::string encode_goaway(std::uint32_t last_stream, std::uint32_t error,
                          std::string_view debug_data = "");
std::string encode_window_update(std::uint32_t stream, std::uint32_t increment);
/// `opaque` is cut or padded to the 8 bytes that a PING has.
std::string encode_ping(std::string opaque, bool ack);

}  // namespace ccnproxy::fakes::h2
