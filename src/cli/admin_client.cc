#include "admin_client.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

namespace ccnproxy::cli {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using Stream = beast::basic_stream<asio::generic::stream_protocol>;

/// Thousands of origins are some megabytes.
constexpr std::uint64_t largest_body = 256 * 1024 * 1024;

asio::generic::stream_protocol::endpoint endpoint_of(const config::ListenAddress& address) {
  if (!address.unix_path.empty()) return asio::local::stream_protocol::endpoint(address.unix_path);
  return asio::ip::tcp::endpoint(asio::ip::make_address(address.host), address.port);
}

/// Throws boost::system::system_error.
asio::awaitable<http::response<http::string_body>> get(const config::ListenAddress& address,
                                                       const std::string& path, Duration deadline) {
  Stream stream(co_await asio::this_coro::executor);
  stream.expires_after(std::chrono::duration_cast<std::chrono::milliseconds>(deadline));
  co_await stream.async_connect(endpoint_of(address), asio::use_awaitable);
  http::request<http::empty_body> request{http::verb::get, path, 11};
  request.set(http::field::host, address.unix_path.empty() ? address.to_string() : "localhost");
  request.set(http::field::connection, "close");
  co_await http::async_write(stream, request, asio::use_awaitable);
  beast::flat_buffer buffer;
  http::response_parser<http::string_body> parser;
  parser.body_limit(largest_body);
  co_await http::async_read(stream, buffer, parser, asio::use_awaitable);
  co_return parser.release();
}

Error failure(const config::ListenAddress& address, const std::string& what) {
  return {ErrorType::destination_unavailable, Side::origin, Phase::response, Proof::unknown,
          "the admin endpoint at " + address.to_string() + ": " + what};
}

Error connect_failure(const config::ListenAddress& address, const std::string& why) {
  return {ErrorType::connection_refused, Side::origin, Phase::tcp, Proof::not_sent,
          "no daemon has its admin endpoint at " + address.to_string() + " (" + why +
              "); is it running, with this configuration?"};
}

/// In words of the system or of ours: those of the library are for programmers.
std::string reason(const boost::system::error_code& error) {
  if (error == beast::error::timeout) return "no answer in time";
  if (error.category() == boost::system::system_category()) return error.message();
  const bool ended = error == http::error::end_of_stream || error == http::error::partial_message ||
                     error == asio::error::eof;
  return ended ? "the connection ended before the answer" : "the answer is not HTTP";
}

bool is_absent(const boost::system::error_code& error) {
  namespace errc = boost::system::errc;
  return error == errc::connection_refused || error == errc::no_such_file_or_directory;
}

}  // namespace

Result<AdminAnswer> ask_admin(const config::ListenAddress& address, const std::string& path,
                              Duration deadline) {
  asio::io_context io(1);
  std::exception_ptr thrown;
  http::response<http::string_body> response;
  asio::co_spawn(io, get(address, path, deadline),
                 [&](std::exception_ptr e, http::response<http::string_body> got) {
                   thrown = std::move(e);
                   response = std::move(got);
                 });
  io.run();
  try {
    if (thrown) std::rethrow_exception(thrown);
  } catch (const boost::system::system_error& e) {
    if (is_absent(e.code())) return connect_failure(address, e.code().message());
    return failure(address, reason(e.code()));
  }
  return AdminAnswer{response.result_int(), std::move(response).body()};
}

Result<std::string> fetch_from_admin(const config::ListenAddress& address, const std::string& path,
                                     Duration deadline) {
  auto answer = ask_admin(address, path, deadline);
  if (!answer) return std::move(answer).error();
  if (answer->status != 200)
    return failure(address, "it answered " + std::to_string(answer->status));
  return std::move(answer->body);
}

}  // namespace ccnproxy::cli
