#include "ccnproxy/admin/server.h"

#include <cerrno>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <sys/socket.h>

#include "ccnproxy/admin/pages.h"
#include "ccnproxy/base/http_date.h"

namespace ccnproxy::admin {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;

using Stream = beast::basic_stream<asio::generic::stream_protocol>;
using Request = http::request_parser<http::empty_body>;
using Response = http::response<http::string_body>;

// g++ 12 destroys a temporary that is a coroutine's by-value argument in a co_await twice: here
// such arguments are references to objects with a name.
constexpr auto as_result = asio::as_tuple(asio::use_awaitable);
/// Without descriptors, accepting is tried again after this (F093).
constexpr auto accept_pause = std::chrono::milliseconds(100);
/// What a client sends that nobody reads is taken in for so long, so that the answer arrives.
constexpr auto linger_time = std::chrono::seconds(1);
constexpr std::size_t linger_bytes = 256 * 1024;

int domain_of(int fd) {
  int domain = AF_INET;
  socklen_t size = sizeof domain;
  ::getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &size);
  return domain;
}

bool has_body(const Request& request) {
  return request.chunked() || request.content_length().value_or(0) > 0;
}

Response make_response(const Page& page, unsigned version, bool keep) {
  Response response(static_cast<http::status>(page.status), version);
  response.set(http::field::server, "ccnproxy/" CCNPROXY_VERSION);
  response.set(http::field::date, HttpDate().at(std::chrono::steady_clock::now()));
  response.set(http::field::content_type, page.type);
  response.set(http::field::cache_control, "no-store");
  response.set("X-Content-Type-Options", "nosniff");
  response.set("Content-Security-Policy", page.policy);
  response.set("Cross-Origin-Resource-Policy", "same-origin");
  response.body() = page.body;
  response.keep_alive(keep);
  response.prepare_payload();
  return response;
}

/// Against the end of the input, or a deadline.
bool is_malformed(const boost::system::error_code& error) {
  return error.category() == http::make_error_code(http::error::bad_method).category() &&
         error != http::error::end_of_stream && error != http::error::partial_message;
}

Page refusal(unsigned status, std::string text) {
  Page page;
  page.status = status;
  page.body = text + '\n';
  return page;
}

}  // namespace

struct Server::State : std::enable_shared_from_this<Server::State> {
  State(asio::io_context& io, UniqueFd fd, Source& source, ServerOptions settings)
      : options(settings),
        executor(io.get_executor()),
        domain(domain_of(fd.get())),
        listener(io, fd.release()),
        pause(io),
        pages(executor, source, options.answer) {}

  // `self` keeps the state as long as the frame.
  asio::awaitable<void> accept_all(std::shared_ptr<State> self);
  asio::awaitable<void> wait_until(std::chrono::steady_clock::time_point when);
  asio::awaitable<void> serve(std::shared_ptr<State> self, UniqueFd client);
  asio::awaitable<bool> serve_one(Stream& stream, beast::flat_buffer& buffer, bool first);
  asio::awaitable<bool> await_input(Stream& stream, beast::flat_buffer& buffer, bool first);
  asio::awaitable<Response> respond(const Request& request);
  asio::awaitable<bool> write(Stream& stream, Response& response, bool head_only);
  asio::awaitable<void> refuse(Stream& stream, const Page& page);
  asio::awaitable<void> linger(Stream& stream);
  void start(UniqueFd client);

  const ServerOptions options;
  asio::any_io_executor executor;
  const int domain;
  asio::posix::stream_descriptor listener;
  asio::steady_timer pause;  ///< cancelled when a connection ends
  Pages pages;
  std::size_t open = 0;
};

asio::awaitable<void> Server::State::wait_until(std::chrono::steady_clock::time_point when) {
  pause.expires_at(when);
  co_await pause.async_wait(as_result);
}

asio::awaitable<void> Server::State::accept_all([[maybe_unused]] std::shared_ptr<State> self) {
  while (listener.is_open()) {
    if (open >= options.connections) {
      co_await wait_until(std::chrono::steady_clock::time_point::max());
      continue;
    }
    const auto [error] =
        co_await listener.async_wait(asio::posix::stream_descriptor::wait_read, as_result);
    if (error) co_return;
    UniqueFd client(
        ::accept4(listener.native_handle(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (client)
      start(std::move(client));
    else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)
      co_await wait_until(std::chrono::steady_clock::now() + accept_pause);
  }
}

void Server::State::start(UniqueFd client) {
  ++open;
  auto self = shared_from_this();
  asio::co_spawn(executor, serve(self, std::move(client)), [self](const std::exception_ptr&) {
    --self->open;
    self->pause.cancel();
  });
}

asio::awaitable<void> Server::State::serve([[maybe_unused]] std::shared_ptr<State> self,
                                           UniqueFd client) {
  Stream stream(executor);
  stream.socket().assign(asio::generic::stream_protocol(domain, 0), client.release());
  // Room for a head that is too long, so that it is seen as that, and for what follows one.
  beast::flat_buffer buffer(2 * options.head_bytes);
  bool first = true;
  while (co_await serve_one(stream, buffer, std::exchange(first, false))) {
  }
}

/// False if nothing came.
asio::awaitable<bool> Server::State::await_input(Stream& stream, beast::flat_buffer& buffer,
                                                 bool first) {
  if (buffer.size() > 0) co_return true;
  stream.expires_after(first ? options.request : options.idle);
  const auto [error, size] = co_await stream.async_read_some(buffer.prepare(1024), as_result);
  if (error) co_return false;
  buffer.commit(size);
  co_return true;
}

/// Whether the connection can take another request.
asio::awaitable<bool> Server::State::serve_one(Stream& stream, beast::flat_buffer& buffer,
                                               bool first) {
  if (!co_await await_input(stream, buffer, first)) co_return false;
  stream.expires_after(options.request);
  Request request;
  request.header_limit(static_cast<std::uint32_t>(options.head_bytes));
  const auto [error, size] = co_await http::async_read_header(stream, buffer, request, as_result);
  if (error == http::error::header_limit || error == http::error::buffer_overflow) {
    const auto page = refusal(431, "The request's head is too long.");
    co_await refuse(stream, page);
    co_return false;
  }
  if (error) {
    const auto page = refusal(400, "This is not HTTP/1.1.");
    if (is_malformed(error)) co_await refuse(stream, page);
    co_return false;
  }
  auto response = co_await respond(request);
  const bool keep = response.keep_alive();
  if (!co_await write(stream, response, request.get().method() == http::verb::head))
    co_return false;
  if (!keep) co_await linger(stream);
  co_return keep;
}

asio::awaitable<Response> Server::State::respond(const Request& request) {
  const auto& head = request.get();
  const bool keep = head.keep_alive() && !has_body(request) && open < options.connections;
  const std::string target(head.target());
  const bool posts = head.method() == http::verb::post && Pages::takes_post(target);
  if (!posts && head.method() != http::verb::get && head.method() != http::verb::head) {
    const bool may_post = Pages::takes_post(target);
    auto response =
        make_response(refusal(405, may_post ? "Only GET, HEAD and POST." : "Only GET and HEAD."),
                      head.version(), keep);
    response.set(http::field::allow, may_post ? "GET, HEAD, POST" : "GET, HEAD");
    co_return response;
  }
  if (has_body(request))
    co_return make_response(refusal(413, "No body is taken here."), head.version(), keep);
  // A browser says where a POST comes from. Whichever page that is, it is not an operator.
  if (posts && head.find(http::field::origin) != head.end())
    co_return make_response(refusal(403, "Not from a web page."), head.version(), keep);
  Page page;  // a co_await within an expression is more than g++ 12 gets right
  if (posts)
    page = pages.post(target);
  else
    page = co_await pages.get(target);
  co_return make_response(page, head.version(), keep);
}

asio::awaitable<bool> Server::State::write(Stream& stream, Response& response, bool head_only) {
  http::response_serializer<http::string_body> serializer(response);
  if (head_only) {
    serializer.split(true);
    const auto [error, size] = co_await http::async_write_header(stream, serializer, as_result);
    co_return !error;
  }
  const auto [error, size] = co_await http::async_write(stream, serializer, as_result);
  co_return !error;
}

asio::awaitable<void> Server::State::refuse(Stream& stream, const Page& page) {
  auto response = make_response(page, 11, false);
  if (co_await write(stream, response, false)) co_await linger(stream);
}

/// Closing with input unread would reset the connection, and with it the answer on its way.
asio::awaitable<void> Server::State::linger(Stream& stream) {
  boost::system::error_code ignored;
  stream.socket().shutdown(asio::socket_base::shutdown_send, ignored);
  stream.expires_after(linger_time);
  char unread[4096];
  for (std::size_t total = 0; total < linger_bytes;) {
    const auto [error, size] = co_await stream.async_read_some(asio::buffer(unread), as_result);
    if (error) co_return;
    total += size;
  }
}

Server::Server(asio::io_context& io, UniqueFd listener, Source& source, ServerOptions options)
    : state_(std::make_shared<State>(io, std::move(listener), source, options)) {
  asio::co_spawn(state_->executor, state_->accept_all(state_), [](const std::exception_ptr&) {});
}

Server::~Server() {
  boost::system::error_code ignored;
  state_->listener.close(ignored);
  state_->pause.cancel();
}

}  // namespace ccnproxy::admin
