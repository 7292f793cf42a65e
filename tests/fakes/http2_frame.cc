#include "fakes/http2_frame.h"

#include <array>

#include "fakes/failure.h"

namespace ccnproxy::fakes::h2 {
namespace {

std::uint32_t number(std::string_view bytes, std::size_t from, std::size_t size) {
  if (bytes.size() < from + size) throw Failure("a frame that is too short");
  std::uint32_t value = 0;
  for (std::size_t i = from; i < from + size; ++i)
    value = value << 8 | static_cast<unsigned char>(bytes[i]);
  return value;
}

void append(std::string& out, std::uint32_t value, unsigned bytes) {
  while (bytes-- > 0) out += static_cast<char>(value >> (8 * bytes) & 0xff);
}

}  // namespace

const char* type_name(std::uint8_t type) {
  static constexpr std::array names{"DATA",          "HEADERS",      "PRIORITY", "RST_STREAM",
                                    "SETTINGS",      "PUSH_PROMISE", "PING",     "GOAWAY",
                                    "WINDOW_UPDATE", "CONTINUATION"};
  return type < names.size() ? names[type] : "unknown type";
}

std::string_view Frame::content() const {
  std::string_view bytes = payload;
  std::size_t padding = 0;
  if ((flags & Padded) != 0) {
    padding = number(bytes, 0, 1);
    bytes.remove_prefix(1);
  }
  const std::size_t priority = type == Headers && (flags & HasPriority) != 0 ? 5 : 0;
  if (bytes.size() < padding + priority) throw Failure("padding longer than " + describe());
  return bytes.substr(priority, bytes.size() - priority - padding);
}

std::uint32_t Frame::error_code() const { return number(payload, type == GoAway ? 4 : 0, 4); }
std::uint32_t Frame::last_stream() const { return number(payload, 0, 4) & largest_stream; }
std::string Frame::debug_data() const { return payload.substr(8); }
std::uint32_t Frame::increment() const { return number(payload, 0, 4) & largest_stream; }

SettingsMap Frame::settings() const {
  SettingsMap map;
  for (std::size_t at = 0; at + 6 <= payload.size(); at += 6)
    map[static_cast<std::uint16_t>(number(payload, at, 2))] = number(payload, at + 2, 4);
  return map;
}

std::string Frame::describe() const {
  std::string text = std::string(type_name(type)) + " stream " + std::to_string(stream) +
                     " flags " + std::to_string(flags) + ", " + std::to_string(payload.size()) +
                     " bytes";
  if (type == RstStream || type == GoAway) text += ", error " + std::to_string(error_code());
  if (type == GoAway) text += " '" + debug_data() + "'";
  return text;
}

std::string encode(std::uint8_t type, std::uint8_t flags, std::uint32_t stream,
                   std::string_view payload) {
  std::string out;
  out.reserve(9 + payload.size());
  append(out, static_cast<std::uint32_t>(payload.size()), 3);
  append(out, type, 1);
  append(out, flags, 1);
  append(out, stream, 4);
  return out.append(payload);
}

std::string encode_settings(const SettingsMap& settings) {
  std::string payload;
  for (const auto& [id, value] : settings) {
    append(payload, id, 2);
    append(payload, value, 4);
  }
  return encode(Settings, NoFlags, 0, payload);
}

std::string encode_rst(std::uint32_t stream, std::uint32_t error) {
  std::string payload;
  append(payload, error, 4);
  return encode(RstStream, NoFlags, stream, payload);
}

std::string encode_goaway(std::uint32_t last_stream, std::uint32_t error,
                          std::string_view debug_data) {
  std::string payload;
  append(payload, last_stream, 4);
  append(payload, error, 4);
  return encode(GoAway, NoFlags, 0, payload.append(debug_data));
}

std::string encode_window_update(std::uint32_t stream, std::uint32_t increment) {
  std::string payload;
  append(payload, increment, 4);
  return encode(WindowUpdate, NoFlags, stream, payload);
}

std::string encode_ping(std::string opaque, bool ack) {
  opaque.resize(8, '\0');
  return encode(Ping, ack ? Ack : NoFlags, 0, opaque);
}

}  // namespace ccnproxy::fakes::h2
