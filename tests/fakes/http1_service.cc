#include "fakes/http1_service.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace ccnproxy::fakes {
namespace {

constexpr std::uint64_t piece_size = 64 * 1024;

bool has_chunks(const Response& response) { return response.chunked || !response.trailers.empty(); }

bool has_body(const Request& request, const Response& response) {
  return request.method != "HEAD" && response.status != 204 && response.status != 304;
}

std::string in_hex(std::uint64_t value) {
  std::array<char, 16> text{};
  return {text.data(), std::to_chars(text.data(), text.data() + text.size(), value, 16).ptr};
}

}  // namespace

void Http1Service::run() {
  Stream& stream = connection_.stream();
  while (true) {
    const std::string first = stream.read_some(Deadline::never());
    if (first.empty()) return;
    stream.unread(first);
    if (!serve(connection_.read_request_head())) return;
  }
}

/// False where the connection is over.
bool Http1Service::serve(Request request) {
  const ServiceOptions& options = shared_.options;
  request.complete = !options.answer_early;
  if (!options.answer_early) {
    if (request.fields.has("expect")) connection_.write("HTTP/1.1 100 Continue\r\n\r\n");
    connection_.read_body(request, {}, options.kept_body);
  }
  const Response response = shared_.ask(request);
  connection_.stream().pause(response.delay);
  if (response.held_by) connection_.stream().hold_for(*response.held_by);
  const bool asked = same_name(request.fields.get("connection"), "close");
  const bool last = ++served_ == options.close_after || options.answer_early || asked;
  if (!send(request, response, last)) return false;
  shared_.stats.update([](ServiceStats& stats) { ++stats.responses; });
  if (!last) return true;
  connection_.finish_writing();
  // A close with the rest of an upload unread would be a RST, and lose the response (F112).
  if (options.answer_early) connection_.read_to_end(Deadline::never());
  return false;
}

/// False where the response's ending closed the connection.
bool Http1Service::send(const Request& request, const Response& response, bool last) {
  for (const int status : response.interim)
    connection_.write("HTTP/1.1 " + std::to_string(status) + " Interim\r\n\r\n");
  connection_.write(head(response, last));
  if (!has_body(request, response)) return true;
  if (response.ending == Ending::Reset || response.ending == Ending::CloseWithoutEnd) {
    send_body(response, std::min(response.ends_after, response.body_size()));
    response.ending == Ending::Reset ? connection_.reset() : connection_.close_without_notify();
    return false;
  }
  send_body(response, response.body_size());
  if (!has_chunks(response)) return true;
  std::string end = "0\r\n";
  for (const auto& [name, value] : response.trailers) end += name + ": " + value + "\r\n";
  connection_.write(end + "\r\n");
  return true;
}

void Http1Service::send_body(const Response& response, std::uint64_t size) {
  for (std::uint64_t at = 0; at < size; at += piece_size) {
    const auto piece_end = static_cast<std::size_t>(std::min(piece_size, size - at));
    std::string piece = response.body_part(at, piece_end);
    if (has_chunks(response)) piece = in_hex(piece.size()) + "\r\n" + piece + "\r\n";
    connection_.write(piece);
  }
}

std::string Http1Service::head(const Response& response, bool last) const {
  std::string text = "HTTP/1.1 " + std::to_string(response.status) + " Scripted\r\n";
  for (const auto& [name, value] : response.fields) text += name + ": " + value + "\r\n";
  if (has_chunks(response))
    text += "Transfer-Encoding: chunked\r\n";
  else if (response.status != 204)
    text += "Content-Length: " + std::to_string(response.body_size()) + "\r\n";
  if (last && shared_.options.announce_close) text += "Connection: close\r\n";
  return text + "\r\n";
}

}  // namespace ccnproxy::fakes
