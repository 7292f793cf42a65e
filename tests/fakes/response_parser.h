#pragma once

#include <optional>
#include <string>
#include <vector>

#include "fakes/body_reader.h"
#include "fakes/digest.h"
#include "fakes/fields.h"
#include "fakes/stream.h"

namespace ccnproxy::fakes {

/// How a response ended, as a careful client sees it.
enum class ResponseEnd {
  Complete,     ///< its framing says that all of it came
  ClosedEarly,  ///< FIN before the framing's end (or before a head)
  Reset,        ///< RST, or another error of the connection
  Malformed,    ///< `problem` says why
};

const char* to_string(ResponseEnd end);

/// A response as a client received it.
struct ReceivedResponse {
  int status = 0;  ///< 0: not even a head came
  std::string reason;
  std::string version;
  std::string raw_head;
  Fields fields;
  Fields trailers;
  std::string body;
  Digest digest;             ///< of the body
  std::vector<int> interim;  ///< 1xx that came before
  std::vector<Fields> interim_fields;
  bool chunked = false;
  bool ended_by_close = false;  ///< neither length nor chunks: complete only by FIN
  ResponseEnd end = ResponseEnd::ClosedEarly;
  std::string problem;

  bool complete() const { return end == ResponseEnd::Complete; }
};

/// Parses one response strictly (RFC 9112): what could be read two ways is Malformed. Fed in
/// pieces.
class ResponseParser {
 public:
  /// `method` is the request's: HEAD has no body. With `keep_body` false only the digest is made.
  explicit ResponseParser(std::string method, bool keep_body = true)
      : method_(std::move(method)), keep_body_(keep_body) {}

  /// Takes from the front of `bytes` what belongs to the response. True once it is complete or
  /// malformed; what follows a complete one stays in `bytes`.
  bool take(std::string& bytes);
  /// The connection ended; returns what there is.
  ReceivedResponse finish(StreamEnd how);
  ReceivedResponse& response() { return response_; }

 private:
  bool take_head(std::string& bytes);
  void read_head(const std::string& head);
  void read_status_line(const std::string& line);
  BodyReader choose_body() const;
  bool refuse(const std::string& problem);

  std::string method_;
  bool keep_body_;
  std::optional<BodyReader> body_;
  ReceivedResponse response_;
};

}  // namespace ccnproxy::fakes
