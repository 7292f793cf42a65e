#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "fakes/deadline.h"
#include "fakes/digest.h"
#include "fakes/fields.h"
#include "fakes/latch.h"

namespace ccnproxy::fakes {

/// A request as an origin received it, by either protocol.
struct Request {
  std::string method{};
  std::string target{};     ///< HTTP/1's request target as sent; HTTP/2's :path
  std::string authority{};  ///< Host, or :authority
  std::string scheme{};     ///< HTTP/2 only
  std::string version{};    ///< "HTTP/1.1", "HTTP/1.0" or "HTTP/2"
  std::string raw_head{};   ///< HTTP/1 only: every byte up to and with the empty line
  Fields fields{};          ///< without HTTP/2's pseudo-header fields
  Fields trailers{};
  std::string body{};           ///< Service keeps only the first `kept_body` bytes of it
  Digest digest{};              ///< of the whole body
  bool complete = true;         ///< false where Service was told to answer early
  std::size_t connection = 0;   ///< number of the connection, from 0
  std::uint32_t stream_id = 0;  ///< HTTP/2 only
};

/// What Service does after `at` bytes of the response's body.
enum class Ending {
  Complete,         ///< end it properly
  Reset,            ///< RST_STREAM(stream_error); HTTP/1: TCP RST
  CloseWithoutEnd,  ///< the whole connection is closed (FIN, no close_notify) in mid-body
  NoErrorReset,     ///< HTTP/2: all of the response, then RST_STREAM(NO_ERROR), RFC 9113 §8.1
};

/// A response for Service to send.
struct Response {
  int status = 200;
  Fields fields{};
  std::string body{};
  std::uint64_t pattern_size = 0;    ///< instead of `body`: so many bytes of pattern()
  Fields trailers{};                 ///< HTTP/1: makes it chunked
  bool chunked = false;              ///< HTTP/1: chunked; HTTP/2: no content-length
  std::vector<int> interim{};        ///< 1xx statuses sent before
  Patience delay{0};                 ///< before the head
  std::shared_ptr<Latch> held_by{};  ///< the head waits until this is open
  Ending ending = Ending::Complete;
  std::uint64_t ends_after = 0;    ///< for the endings that cut: bytes of body that are sent
  std::uint32_t stream_error = 2;  ///< for Ending::Reset over HTTP/2; INTERNAL_ERROR

  std::uint64_t body_size() const { return pattern_size > 0 ? pattern_size : body.size(); }
  /// `size` bytes of the body from `offset`.
  std::string body_part(std::uint64_t offset, std::size_t size) const;
};

}  // namespace ccnproxy::fakes
