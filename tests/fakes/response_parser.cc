#include "fakes/response_parser.h"

#include <charconv>
#include <stdexcept>

namespace ccnproxy::fakes {
namespace {

constexpr std::size_t largest_head = 1 << 20;

std::uint64_t parse_length(const std::string& text) {
  std::uint64_t size = 0;
  const char* const end = text.data() + text.size();
  const auto [after, error] = std::from_chars(text.data(), end, size);
  if (text.empty() || after != end || error != std::errc())
    throw std::invalid_argument("Content-Length '" + text + "'");
  return size;
}

}  // namespace

const char* to_string(ResponseEnd end) {
  switch (end) {
    case ResponseEnd::Complete:
      return "complete";
    case ResponseEnd::ClosedEarly:
      return "closed early";
    case ResponseEnd::Reset:
      return "reset";
    case ResponseEnd::Malformed:
      return "malformed";
  }
  return "?";
}

bool ResponseParser::refuse(const std::string& problem) {
  response_.end = ResponseEnd::Malformed;
  response_.problem = problem;
  return true;
}

bool ResponseParser::take(std::string& bytes) {
  try {
    while (!body_)
      if (!take_head(bytes)) return false;
    body_->take(bytes, [this](std::string_view part) {
      if (keep_body_) response_.body += part;
      response_.digest.add(part);
    });
  } catch (const std::invalid_argument& error) {
    return refuse(error.what());
  }
  if (!body_->done()) return false;
  response_.trailers = body_->trailers();
  response_.end = ResponseEnd::Complete;
  return true;
}

/// False where more input is needed; an interim response is noted, and the next head awaited.
bool ResponseParser::take_head(std::string& bytes) {
  const std::size_t end = bytes.find("\r\n\r\n");
  if (end == std::string::npos) {
    if (bytes.size() > largest_head) throw std::invalid_argument("a head without end");
    return false;
  }
  read_head(bytes.substr(0, end + 4));
  bytes.erase(0, end + 4);
  if (response_.status >= 200 || response_.status == 101) {
    body_ = choose_body();
  } else {
    response_.interim.push_back(response_.status);
    response_.interim_fields.push_back(std::move(response_.fields));
    response_.status = 0;
  }
  return true;
}

void ResponseParser::read_head(const std::string& head) {
  const std::size_t line_end = head.find("\r\n");
  read_status_line(head.substr(0, line_end));
  response_.raw_head = head;
  response_.fields = parse_fields(std::string_view(head).substr(line_end + 2));
}

void ResponseParser::read_status_line(const std::string& line) {
  const bool shaped = line.size() >= 12 && line.starts_with("HTTP/1.") && line[8] == ' ' &&
                      (line.size() == 12 || line[12] == ' ');
  int status = 0;
  if (!shaped ||
      std::from_chars(line.data() + 9, line.data() + 12, status).ptr != line.data() + 12 ||
      status < 100 || line.find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos)
    throw std::invalid_argument("status line '" + line + "'");
  response_.version = line.substr(0, 8);
  response_.status = status;
  response_.reason = line.size() > 13 ? line.substr(13) : "";
}

BodyReader ResponseParser::choose_body() const {
  const Fields& fields = response_.fields;
  if (fields.count("content-length") > 1) throw std::invalid_argument("two Content-Length fields");
  if (fields.count("transfer-encoding") > 1) throw std::invalid_argument("two Transfer-Encodings");
  const auto length = fields.find("content-length");
  const auto coding = fields.find("transfer-encoding");
  if (length && coding) throw std::invalid_argument("Content-Length with Transfer-Encoding");
  if (coding && !same_name(*coding, "chunked")) throw std::invalid_argument("coding " + *coding);
  if (length) parse_length(*length);
  const int status = response_.status;
  if (status == 101) return BodyReader::until_close();
  if (coding && status == 204) throw std::invalid_argument("Transfer-Encoding on a 204");
  if (coding && response_.version == "HTTP/1.0") throw std::invalid_argument("chunks in HTTP/1.0");
  if (method_ == "HEAD" || status == 204 || status == 304) return BodyReader::none();
  if (coding) return BodyReader::chunked();
  return length ? BodyReader::length(parse_length(*length)) : BodyReader::until_close();
}

ReceivedResponse ResponseParser::finish(StreamEnd how) {
  response_.chunked = same_name(response_.fields.get("transfer-encoding"), "chunked");
  response_.ended_by_close = body_ && body_->ends_by_close();
  if (response_.end != ResponseEnd::ClosedEarly || how == StreamEnd::Open) return response_;
  if (how == StreamEnd::Reset || how == StreamEnd::TlsError) {
    response_.end = ResponseEnd::Reset;
  } else if (response_.ended_by_close) {
    response_.end = ResponseEnd::Complete;
  }
  if (!response_.complete()) response_.problem = body_ ? "missing " + body_->missing() : "no head";
  return response_;
}

}  // namespace ccnproxy::fakes
