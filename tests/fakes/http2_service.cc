#include "fakes/http2_service.h"

#include <algorithm>
#include <array>

#include "fakes/origin_books.h"

namespace ccnproxy::fakes {
namespace {

constexpr std::size_t enough_output = 512 * 1024;
const std::string goaway_ping = "goingawy";

bool has_body(const Request& request, const Response& response) {
  return request.method != "HEAD" && response.status != 204 && response.status != 304 &&
         response.body_size() > 0;
}

bool cuts(const Response& response) {
  return response.ending == Ending::Reset || response.ending == Ending::CloseWithoutEnd;
}

std::string lower(std::string name) {
  for (char& c : name)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  return name;
}

}  // namespace

Http2Service::Http2Service(OriginConnection& connection, Service::Shared& shared)
    : connection_(connection),
      stream_(connection.stream()),
      shared_(shared),
      options_(shared.options),
      announce_at_(options_.announce_after) {}

void Http2Service::count(std::size_t ServiceStats::*member) {
  shared_.stats.update([member](ServiceStats& stats) { ++(stats.*member); });
}

void Http2Service::run() {
  while (true) {
    announce_settings();  // before any answer to what has come already (RFC 9113 §3.4)
    read_input();
    announce_settings();
    check_goaway();
    const bool more = produce();
    if (!flush() || over()) return;
    if (!more || written_ < out_.size()) wait();
  }
}

bool Http2Service::over() const {
  if (ended_) return true;
  return written_ == out_.size() && (cut_ || (going_ && streams_.empty()));
}

void Http2Service::read_input() {
  std::array<char, 65536> buffer;
  while (true) {
    const auto attempt = stream_.try_read(buffer.data(), buffer.size());
    if (attempt.outcome == Stream::Outcome::Ended) ended_ = true;
    if (attempt.outcome != Stream::Outcome::Moved) break;
    codec_.feed({buffer.data(), attempt.bytes});
    if (!greeted_ && !take_preface()) continue;
    while (auto frame = codec_.next()) handle(std::move(*frame));
  }
}

bool Http2Service::take_preface() {
  const auto got = codec_.take_bytes(h2::client_preface.size());
  if (!got) return false;
  if (*got != h2::client_preface) throw Failure("awaited the HTTP/2 preface, got '" + *got + "'");
  greeted_ = true;
  return true;
}

void Http2Service::announce_settings() {
  if (announced_ || !announce_at_.passed()) return;
  if (options_.announce_when && !options_.announce_when->is_open()) return;
  announced_ = true;
  h2::SettingsMap settings = options_.settings;
  if (options_.max_streams) settings[h2::MaxConcurrentStreams] = *options_.max_streams;
  out_ += h2::encode_settings(settings);
}

void Http2Service::handle(h2::Frame frame) {
  switch (frame.type) {
    case h2::Settings:
      if (!frame.is_ack()) out_ += h2::encode(h2::Settings, h2::Ack, 0, "");
      break;
    case h2::Ping:
      if (frame.is_ack() && frame.payload == goaway_ping) return send_goaway();
      if (frame.is_ack()) break;
      count(&ServiceStats::pings);
      out_ += h2::encode_ping(frame.payload, true);
      break;
    case h2::Headers:
      return handle_headers(frame);
    case h2::Data:
      return handle_data(frame);
    case h2::RstStream:
      count(&ServiceStats::client_resets);
      streams_.erase(frame.stream);
      codec_.forget(frame.stream);
      break;
    default:
      break;  // WINDOW_UPDATE is the codec's; the rest needs no answer
  }
}

void Http2Service::handle_headers(const h2::Frame& frame) {
  const auto found = streams_.find(frame.stream);
  if (frame.stream > newest_) {
    if (admits(frame)) open_stream(frame);
  } else if (found != streams_.end()) {
    found->second.request.trailers = frame.fields;
    if (frame.end_stream()) end_request(frame.stream, found->second);
  }
}

/// Whether this new stream is taken on; if not, it has been refused or is to be ignored.
bool Http2Service::admits(const h2::Frame& frame) {
  if (going_) {
    count(&ServiceStats::after_goaway);
    return false;
  }
  const bool over_limit = options_.max_streams && streams_.size() >= *options_.max_streams;
  if (over_limit) count(&ServiceStats::over_limit);
  if (!over_limit && !shared_.refuses()) return true;
  newest_ = frame.stream;
  out_ += h2::encode_rst(frame.stream, h2::RefusedStream);
  return false;
}

void Http2Service::open_stream(const h2::Frame& frame) {
  newest_ = frame.stream;
  ++opened_;
  connection_.books().note([](OriginCounts& counts) { ++counts.requests; });
  Active& active = streams_[frame.stream];
  shared_.stats.update([this](ServiceStats& stats) {
    stats.most_streams = std::max(stats.most_streams, streams_.size());
  });
  Request& request = active.request;
  for (const auto& field : frame.fields)
    if (!field.first.starts_with(':')) request.fields.push_back(field);
  request.method = frame.fields.get(":method");
  request.target = frame.fields.get(":path");
  request.authority = frame.fields.get(":authority");
  request.scheme = frame.fields.get(":scheme");
  request.version = "HTTP/2";
  request.connection = connection_.number();
  request.stream_id = frame.stream;
  request.complete = frame.end_stream();
  if (frame.end_stream() || options_.answer_early) end_request(frame.stream, active);
}

void Http2Service::handle_data(const h2::Frame& frame) {
  const auto size = static_cast<std::uint32_t>(frame.payload.size());
  if (size > 0 && options_.return_windows) out_ += h2::encode_window_update(0, size);
  const auto found = streams_.find(frame.stream);
  if (found == streams_.end()) return;
  if (size > 0 && options_.return_windows && !frame.end_stream())
    out_ += h2::encode_window_update(frame.stream, size);
  Request& request = found->second.request;
  const std::string_view content = frame.content();
  request.digest.add(content);
  const std::size_t left = options_.kept_body - std::min(options_.kept_body, request.body.size());
  request.body += content.substr(0, left);
  request.complete = frame.end_stream();
  if (frame.end_stream()) end_request(frame.stream, found->second);
}

void Http2Service::end_request(std::uint32_t, Active& active) {
  if (active.answered) return;
  active.answered = true;
  active.response = shared_.ask(active.request);
  active.due = Deadline(active.response.delay);
}

void Http2Service::check_goaway() {
  const bool counted = options_.goaway_after > 0 && opened_ >= options_.goaway_after;
  const bool told = options_.goaway_when && options_.goaway_when->is_open();
  if (going_ || warned_ || !greeted_ || !announced_ || (!counted && !told)) return;
  if (!options_.warn_of_goaway) return send_goaway();
  warned_ = true;
  out_ += h2::encode_goaway(h2::largest_stream, h2::NoError);
  out_ += h2::encode_ping(goaway_ping, false);
}

void Http2Service::send_goaway() {
  if (std::exchange(going_, true)) return;
  count(&ServiceStats::goaways);
  out_ += h2::encode_goaway(newest_, options_.goaway_error);
}

/// One frame of each stream in turn, until nothing moves or enough is queued. True where more could
/// be made at once: the socket may take all that is queued and never say so again.
bool Http2Service::produce() {
  for (bool moved = true; moved && announced_ && !cut_;) {
    moved = false;
    for (auto entry = streams_.begin(); entry != streams_.end() && !cut_;) {
      if (out_.size() - written_ > enough_output) return true;
      const std::uint32_t id = entry->first;
      const Step step = advance(id, entry->second);
      moved = moved || step == Step::Moved;
      if (step == Step::Done) codec_.forget(id);
      entry = step == Step::Done ? streams_.erase(entry) : std::next(entry);
    }
  }
  return false;
}

Http2Service::Step Http2Service::advance(std::uint32_t id, Active& active) {
  if (!active.answered) return Step::Waiting;
  if (!active.head_sent) {
    if (!active.due.passed()) return Step::Waiting;
    if (active.response.held_by && !active.response.held_by->is_open()) return Step::Waiting;
    send_head(id, active);
  }
  const Response& response = active.response;
  if (cuts(response) && active.sent >= std::min(response.ends_after, response.body_size())) {
    cut(id, active);
    return Step::Done;
  }
  if (has_body(active.request, response) && active.sent < response.body_size())
    return send_data(id, active);
  return finish(id, active);
}

void Http2Service::send_head(std::uint32_t id, Active& active) {
  const Response& response = active.response;
  for (const int status : response.interim)
    out_ += codec_.headers(id, {{":status", std::to_string(status)}});
  Fields fields{{":status", std::to_string(response.status)}};
  for (const auto& [name, value] : response.fields) fields.emplace_back(lower(name), value);
  if (!response.chunked && response.status != 204)
    fields.emplace_back("content-length", std::to_string(response.body_size()));
  const bool ends =
      !has_body(active.request, response) && response.trailers.empty() && !cuts(response);
  out_ += codec_.headers(id, fields, ends ? h2::EndStream : h2::NoFlags);
  active.head_sent = true;
}

Http2Service::Step Http2Service::send_data(std::uint32_t id, Active& active) {
  const Response& response = active.response;
  const std::uint64_t stop =
      cuts(response) ? std::min(response.ends_after, response.body_size()) : response.body_size();
  const std::int64_t room = codec_.room(id);
  if (room <= 0) return Step::Blocked;
  const auto size =
      static_cast<std::size_t>(std::min({stop - active.sent, static_cast<std::uint64_t>(room),
                                         static_cast<std::uint64_t>(codec_.frame_size())}));
  const bool ends = active.sent + size == response.body_size() && response.trailers.empty();
  out_ += h2::encode(h2::Data, ends ? h2::EndStream : h2::NoFlags, id,
                     response.body_part(active.sent, size));
  codec_.spend(id, size);
  active.sent += size;
  return ends ? finish(id, active) : Step::Moved;
}

/// All of the body is out, with END_STREAM unless there are trailers.
Http2Service::Step Http2Service::finish(std::uint32_t id, const Active& active) {
  Fields trailers;
  for (const auto& [name, value] : active.response.trailers)
    trailers.emplace_back(lower(name), value);
  if (!trailers.empty()) out_ += codec_.headers(id, trailers, h2::EndStream);
  const bool unread = !active.request.complete;
  if (active.response.ending == Ending::NoErrorReset || unread)
    out_ += h2::encode_rst(id, h2::NoError);
  count(&ServiceStats::responses);
  return Step::Done;
}

void Http2Service::cut(std::uint32_t id, const Active& active) {
  if (active.response.ending == Ending::CloseWithoutEnd)
    cut_ = true;
  else
    out_ += h2::encode_rst(id, active.response.stream_error);
}

/// False where the connection can't be written any more.
bool Http2Service::flush() {
  while (written_ < out_.size()) {
    const auto attempt = stream_.try_write(std::string_view(out_).substr(written_));
    if (attempt.outcome == Stream::Outcome::Ended) return false;
    if (attempt.outcome == Stream::Outcome::WouldBlock) return true;
    written_ += attempt.bytes;
  }
  out_.clear();
  written_ = 0;
  if (cut_) connection_.close_without_notify();
  return !cut_;
}

std::vector<pollfd> Http2Service::watched(Deadline& until) const {
  std::vector<pollfd> entries;
  const auto sooner = [&until](const Deadline& at) {
    if (!at.passed() && at.at() < until.at()) until = at;
  };
  const auto latch = [&entries](const std::shared_ptr<Latch>& wanted) {
    if (wanted && !wanted->is_open()) entries.push_back({wanted->fd(), POLLIN, 0});
  };
  // One that opened since it was looked at must end the wait.
  const auto still = [&entries](const std::shared_ptr<Latch>& wanted) {
    if (wanted) entries.push_back({wanted->fd(), POLLIN, 0});
  };
  entries.push_back({stream_.fd(), stream_.events(true, written_ < out_.size()), 0});
  if (stream_.stop() != nullptr) entries.push_back({stream_.stop()->fd(), POLLIN, 0});
  if (!announced_) sooner(announce_at_);
  if (!announced_) still(options_.announce_when);
  if (announced_ && greeted_ && !going_ && !warned_) still(options_.goaway_when);
  for (const auto& [id, active] : streams_) {
    if (!active.answered || active.head_sent) continue;
    sooner(active.due);
    latch(active.response.held_by);
  }
  return entries;
}

void Http2Service::wait() {
  Deadline until = Deadline::never();
  std::vector<pollfd> entries = watched(until);
  // A deadline that passes while we look at it must not be slept through.
  const bool ready = std::any_of(streams_.begin(), streams_.end(), [](const auto& entry) {
    const Active& active = entry.second;
    return active.answered && !active.head_sent && active.due.passed() &&
           (!active.response.held_by || active.response.held_by->is_open());
  });
  const bool writable = written_ < out_.size();
  ::poll(entries.data(), entries.size(),
         ready && announced_ && !writable ? 0 : until.poll_timeout());
  if (stream_.stop() != nullptr && stream_.stop()->is_open())
    throw Stopped("stopped while serving");
}

}  // namespace ccnproxy::fakes
