#include "fakes/origin_connection.h"

#include <algorithm>
#include <charconv>
#include <stdexcept>

#include <openssl/err.h>

#include "fakes/body_reader.h"
#include "fakes/origin_books.h"
#include "fakes/origin_setup.h"

namespace ccnproxy::fakes {
namespace {

/// Of the handshake that runs on this thread.
thread_local int certificates_seen = 0;

int note_certificate(int good, X509_STORE_CTX*) {
  ++certificates_seen;
  return good;
}

Request parse_head(const std::string& head) {
  Request request;
  request.raw_head = head;
  const std::size_t line_end = head.find("\r\n");
  const std::string line = head.substr(0, line_end);
  const std::size_t first = line.find(' ');
  const std::size_t last = line.rfind(' ');
  if (first == std::string::npos || last <= first) throw Failure("not a request line: " + line);
  request.method = line.substr(0, first);
  request.target = line.substr(first + 1, last - first - 1);
  request.version = line.substr(last + 1);
  try {
    request.fields = parse_fields(std::string_view(head).substr(line_end + 2));
  } catch (const std::invalid_argument& error) {
    throw Failure(std::string(error.what()) + " in the request head '" + head + "'");
  }
  request.authority = request.fields.get("host");
  return request;
}

BodyReader reader_for(const Request& request) {
  const auto coding = request.fields.find("transfer-encoding");
  const auto length = request.fields.find("content-length");
  if (coding && length) throw Failure("both framings in a request: '" + request.raw_head + "'");
  if (coding) {
    if (!same_name(*coding, "chunked")) throw Failure("unknown coding: " + *coding);
    return BodyReader::chunked();
  }
  if (!length) return BodyReader::none();
  std::uint64_t size = 0;
  const char* const end = length->data() + length->size();
  if (std::from_chars(length->data(), end, size).ptr != end || length->empty())
    throw Failure("not a length: " + *length);
  return BodyReader::length(size);
}

}  // namespace

OriginConnection::OriginConnection(Descriptor socket, std::shared_ptr<Latch> stop,
                                   std::size_t number, std::shared_ptr<OriginBooks> books)
    : stream_(std::move(socket), std::move(stop)), number_(number), books_(std::move(books)) {
  books_->note([](OriginCounts& counts) { ++counts.open; });
}

OriginConnection::~OriginConnection() {
  stream_.close();
  books_->note([](OriginCounts& counts) { --counts.open; });
}

Request OriginConnection::read_request_head(Deadline deadline) {
  Request request = parse_head(stream_.read_until("\r\n\r\n", deadline));
  request.connection = number_;
  books_->note([](OriginCounts& counts) { ++counts.requests; });
  return request;
}

void OriginConnection::read_body(Request& request, Deadline deadline, std::size_t keep) {
  BodyReader reader = reader_for(request);
  std::string bytes;
  while (!reader.done()) {
    std::string more = stream_.read_some(deadline);
    if (more.empty())
      throw PeerGone(std::string("request body: ") + to_string(stream_.end()) + ", missing " +
                     reader.missing());
    bytes += more;
    try {
      reader.take(bytes, [&request, keep](std::string_view part) {
        request.body += part.substr(0, keep - std::min(keep, request.body.size()));
        request.digest.add(part);
      });
    } catch (const std::invalid_argument& error) {
      throw Failure(std::string("request body: ") + error.what());
    }
  }
  stream_.unread(bytes);
  request.trailers = reader.trailers();
}

Request OriginConnection::read_request(Deadline deadline) {
  Request request = read_request_head(deadline);
  read_body(request, deadline);
  return request;
}

std::optional<Request> OriginConnection::next_request() {
  const std::string first = stream_.read_some(Deadline::never());
  if (first.empty()) return std::nullopt;
  stream_.unread(first);
  return read_request();
}

StreamEnd OriginConnection::wait_for_end(Deadline deadline) {
  const std::string more = stream_.read_to_end(deadline);
  if (!more.empty()) throw Failure("awaited the end of the connection, got '" + more + "'");
  return stream_.end();
}

void OriginConnection::respond(int status, std::string_view body, const Fields& fields) {
  std::string text = "HTTP/1.1 " + std::to_string(status) + " Scripted\r\n";
  for (const auto& [name, value] : fields) text += name + ": " + value + "\r\n";
  text += "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n";
  write(text + std::string(body));
}

void OriginConnection::send_session_ticket() {
  if (SSL_new_session_ticket(stream_.ssl()) != 1) throw Failure("no session ticket to send");
  // OpenSSL sends it with the next write or handshake call; this is the call without payload.
  SSL_do_handshake(stream_.ssl());
}

std::string OriginConnection::ask_certificate(Deadline deadline) {
  SSL* ssl = stream_.ssl();
  certificates_seen = 0;
  SSL_set_verify(ssl, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, note_certificate);
  SSL_set_options(ssl, SSL_OP_NO_SESSION_RESUMPTION_ON_RENEGOTIATION);  // it shows no certificate
  const bool tls13 = SSL_version(ssl) >= TLS1_3_VERSION;
  if ((tls13 ? SSL_verify_client_post_handshake(ssl) : SSL_renegotiate(ssl)) != 1)
    throw Failure("the client can't be asked for a certificate on this connection");
  ERR_clear_error();
  SSL_do_handshake(ssl);
  stream_.drive_tls([&] { return certificates_seen > 0 && SSL_in_init(ssl) == 0; }, deadline);
  return subject_of_client(ssl);
}

}  // namespace ccnproxy::fakes
