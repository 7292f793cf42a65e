#include "fakes/http2_peer.h"

#include "fakes/origin_books.h"

namespace ccnproxy::fakes {
namespace {

bool on(const h2::Frame& frame, std::uint32_t stream) {
  return stream == 0 || frame.stream == stream;
}

bool is(const h2::Frame& frame, h2::FrameType type, std::uint32_t stream) {
  return frame.type == type && on(frame, stream);
}

std::string named(h2::FrameType type, std::uint32_t stream) {
  return h2::type_name(type) + (stream == 0 ? "" : " on stream " + std::to_string(stream));
}

bool is_pseudo(const std::pair<std::string, std::string>& field) {
  return field.first.starts_with(':');
}

}  // namespace

Http2Peer::Http2Peer(OriginConnection& connection)
    : stream_(connection.stream()), connection_(&connection), role_(Role::Server) {}

void Http2Peer::preface(Deadline deadline) {
  if (role_ == Role::Client) return write(h2::client_preface);
  const std::string got = stream_.read_exact(h2::client_preface.size(), deadline);
  if (got != h2::client_preface) throw Failure("awaited the HTTP/2 preface, got '" + got + "'");
}

h2::SettingsMap Http2Peer::greet(const h2::SettingsMap& settings, Deadline deadline) {
  preface(deadline);
  write_settings(settings);
  return want_settings(deadline).settings();
}

h2::Frame Http2Peer::receive(const std::string& awaited, Deadline deadline) {
  while (true) {
    if (auto frame = codec_.next()) {
      answer(*frame);
      return std::move(*frame);
    }
    std::string bytes;
    try {
      bytes = stream_.read_some(deadline);
    } catch (const Stopped&) {
      throw;
    } catch (const Failure&) {
      throw Failure("awaited " + awaited +
                    ": the deadline passed; not asked for: " + describe_seen());
    }
    if (bytes.empty())
      throw PeerGone("awaited " + awaited + ": " + to_string(stream_.end()) +
                     "; not asked for: " + describe_seen());
    codec_.feed(bytes);
  }
}

void Http2Peer::answer(const h2::Frame& frame) {
  try {
    be_polite(frame);
  } catch (const PeerGone&) {
    // It left without waiting for our answer; what it sent before still counts.
  }
  const bool begins = frame.type == h2::Headers && frame.fields.has(":method");
  if (connection_ != nullptr && begins)
    connection_->books().note([](OriginCounts& counts) { ++counts.requests; });
}

void Http2Peer::be_polite(const h2::Frame& frame) {
  if (frame.type == h2::Settings && !frame.is_ack() && manners.ack_settings) write_settings_ack();
  if (frame.type == h2::Ping && !frame.is_ack() && manners.ack_pings) write_ping_ack(frame.payload);
  if (frame.type != h2::Data || frame.payload.empty() || !manners.return_windows) return;
  const auto size = static_cast<std::uint32_t>(frame.payload.size());
  write_window_update(0, size);
  if (!frame.end_stream()) write_window_update(frame.stream, size);
}

h2::Frame Http2Peer::want(const std::string& awaited, std::uint32_t stream, const Match& match,
                          Deadline deadline) {
  for (std::size_t at = 0;; ++at) {
    if (at == seen_.size()) seen_.push_back(receive(awaited, deadline));
    if (match(seen_[at])) {
      h2::Frame found = std::move(seen_[at]);
      seen_.erase(seen_.begin() + static_cast<std::ptrdiff_t>(at));
      return found;
    }
    if (stream != 0 && is(seen_[at], h2::RstStream, stream))
      throw Failure("awaited " + awaited + ", got " + seen_[at].describe());
  }
}

h2::Frame Http2Peer::read_frame(Deadline deadline) {
  return want(
      "any frame", 0, [](const h2::Frame&) { return true; }, deadline);
}

h2::Frame Http2Peer::want_headers(std::uint32_t stream, Deadline deadline) {
  return want(
      named(h2::Headers, stream), stream,
      [stream](const h2::Frame& frame) { return is(frame, h2::Headers, stream); }, deadline);
}

h2::Frame Http2Peer::want_data(std::uint32_t stream, Deadline deadline) {
  return want(
      named(h2::Data, stream), stream,
      [stream](const h2::Frame& frame) { return is(frame, h2::Data, stream); }, deadline);
}

h2::Frame Http2Peer::want_rst(std::uint32_t stream, Deadline deadline) {
  return want(
      named(h2::RstStream, stream), 0,
      [stream](const h2::Frame& frame) { return is(frame, h2::RstStream, stream); }, deadline);
}

h2::Frame Http2Peer::want_window_update(std::uint32_t stream, Deadline deadline) {
  return want(
      named(h2::WindowUpdate, stream), stream,
      [stream](const h2::Frame& frame) {
        return frame.type == h2::WindowUpdate && frame.stream == stream;
      },
      deadline);
}

h2::Frame Http2Peer::want_goaway(Deadline deadline) {
  return want(
      "GOAWAY", 0, [](const h2::Frame& frame) { return frame.type == h2::GoAway; }, deadline);
}

h2::Frame Http2Peer::want_settings(Deadline deadline) {
  return want(
      "SETTINGS", 0,
      [](const h2::Frame& frame) { return frame.type == h2::Settings && !frame.is_ack(); },
      deadline);
}

h2::Frame Http2Peer::want_settings_ack(Deadline deadline) {
  return want(
      "the ACK of SETTINGS", 0,
      [](const h2::Frame& frame) { return frame.type == h2::Settings && frame.is_ack(); },
      deadline);
}

h2::Frame Http2Peer::want_ping(Deadline deadline) {
  return want(
      "PING", 0, [](const h2::Frame& frame) { return frame.type == h2::Ping && !frame.is_ack(); },
      deadline);
}

h2::Frame Http2Peer::want_ping_ack(Deadline deadline) {
  return want(
      "the ACK of a PING", 0,
      [](const h2::Frame& frame) { return frame.type == h2::Ping && frame.is_ack(); }, deadline);
}

std::string Http2Peer::want_body(std::uint32_t stream, Fields* trailers, Deadline deadline) {
  std::string body;
  while (true) {
    const h2::Frame frame = want(
        "the end of stream " + std::to_string(stream), stream,
        [stream](const h2::Frame& seen) {
          return is(seen, h2::Data, stream) || is(seen, h2::Headers, stream);
        },
        deadline);
    if (frame.type == h2::Data) body += frame.content();
    if (frame.type == h2::Headers && trailers != nullptr) *trailers = frame.fields;
    if (frame.end_stream()) return body;
  }
}

Request Http2Peer::want_request(Deadline deadline) {
  const h2::Frame head = want_headers(0, deadline);
  Request request;
  request.method = head.fields.get(":method");
  request.target = head.fields.get(":path");
  request.authority = head.fields.get(":authority");
  request.scheme = head.fields.get(":scheme");
  request.version = "HTTP/2";
  request.stream_id = head.stream;
  request.connection = connection_ != nullptr ? connection_->number() : 0;
  request.fields = head.fields;
  request.fields.erase(std::remove_if(request.fields.begin(), request.fields.end(), is_pseudo),
                       request.fields.end());
  if (!head.end_stream()) request.body = want_body(head.stream, &request.trailers, deadline);
  request.digest.add(request.body);
  return request;
}

StreamEnd Http2Peer::want_end(Deadline deadline) {
  try {
    while (true) seen_.push_back(receive("the end of the connection", deadline));
  } catch (const PeerGone&) {
    return stream_.end();
  }
}

void Http2Peer::sync(Deadline deadline) {
  std::string opaque = "sync" + std::to_string(++syncs_);
  opaque.resize(8, '\0');
  write_ping(opaque);
  want(
      "the ACK of a PING", 0,
      [&opaque](const h2::Frame& frame) {
        return frame.type == h2::Ping && frame.is_ack() && frame.payload == opaque;
      },
      deadline);
}

std::size_t Http2Peer::count_seen(h2::FrameType type, std::uint32_t stream) const {
  return static_cast<std::size_t>(std::count_if(
      seen_.begin(), seen_.end(), [=](const h2::Frame& frame) { return is(frame, type, stream); }));
}

void Http2Peer::write_get(std::uint32_t stream, const std::string& target,
                          const std::string& authority) {
  write_headers(
      stream,
      {{":method", "GET"}, {":scheme", "https"}, {":authority", authority}, {":path", target}},
      h2::EndStream);
}

void Http2Peer::write_data(std::uint32_t stream, std::string_view bytes, std::uint8_t flags) {
  codec_.spend(stream, bytes.size());
  write_raw_frame(h2::Data, flags, stream, bytes);
}

void Http2Peer::write_body(std::uint32_t stream, std::string_view bytes, std::uint8_t flags,
                           Deadline deadline) {
  do {
    while (!bytes.empty() && codec_.room(stream) <= 0) {
      seen_.push_back(receive("room to send on stream " + std::to_string(stream), deadline));
      if (is(seen_.back(), h2::RstStream, stream))
        throw Failure("sending a body, got " + seen_.back().describe());
    }
    const auto room = static_cast<std::size_t>(std::max<std::int64_t>(codec_.room(stream), 0));
    const std::size_t size = std::min({bytes.size(), room, codec_.frame_size()});
    const bool last = size == bytes.size();
    write_data(stream, bytes.substr(0, size), last ? flags : std::uint8_t{h2::NoFlags});
    bytes.remove_prefix(size);
  } while (!bytes.empty());
}

std::string Http2Peer::describe_seen() const {
  std::string text;
  for (const h2::Frame& frame : seen_) text += "\n  " + frame.describe();
  return text.empty() ? "nothing" : text;
}

}  // namespace ccnproxy::fakes
