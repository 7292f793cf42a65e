#include "ccnproxy/admin/server.h"

#include <algorithm>
#include <cerrno>
#include <utility>
#include <vector>

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

#include "ccnproxy/admin/answer_queue.h"
#include "ccnproxy/admin/eviction_policy.h"
#include "ccnproxy/admin/pages.h"
#include "ccnproxy/admin/request_origin.h"
#include "ccnproxy/base/http_date.h"

namespace ccnproxy::admin {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;

using Stream = beast::basic_stream<asio::generic::stream_protocol>;
using Request = http::request_parser<http::empty_body>;
using Response = http::response<http::span_body<const char>>;
using Clock = std::chrono::steady_clock;

// g++ 12 destroys a temporary that is a coroutine's by-value argument in a co_await twice: here
// such arguments are references to objects with a name.
constexpr auto as_result = asio::as_tuple(asio::use_awaitable);
/// Without descriptors, accepting is tried again after this (F093).
constexpr auto accept_pause = std::chrono::milliseconds(100);
/// Connections accepted in a row: those that are open get their turn in between.
constexpr int accept_batch = 16;
/// How long unread input is drained after the answer: closing with unread input would reset it.
constexpr auto linger_time = std::chrono::seconds(1);
constexpr std::size_t linger_bytes = 256 * 1024;
/// Written at once, so that progress is seen.
constexpr std::size_t write_piece = 64 * 1024;

int domain_of(int fd) {
  int domain = AF_INET;
  socklen_t size = sizeof domain;
  ::getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &size);
  return domain;
}

bool has_body(const Request& request) {
  return request.chunked() || request.content_length().value_or(0) > 0;
}

/// `page` must outlive the response.
Response make_response(const Page& page, unsigned version, bool keep) {
  Response response(static_cast<http::status>(page.status), version);
  response.set(http::field::server, "ccnproxy/" CCNPROXY_VERSION);
  response.set(http::field::date, HttpDate().at(std::chrono::steady_clock::now()));
  response.set(http::field::content_type, page.type);
  response.set(http::field::cache_control, "no-store");
  response.set("X-Content-Type-Options", "nosniff");
  response.set("Content-Security-Policy", page.policy);
  response.set("Cross-Origin-Resource-Policy", "same-origin");
  if (page.status == 503) response.set(http::field::retry_after, "1");
  if (!page.allow.empty()) response.set(http::field::allow, page.allow);
  response.body() = beast::span<const char>(page.body.data(), page.body.size());
  response.keep_alive(keep);
  response.prepare_payload();
  return response;
}

/// Against the end of the input, or a deadline.
bool is_malformed(const boost::system::error_code& error) {
  return error.category() == http::make_error_code(http::error::bad_method).category() &&
         error != http::error::end_of_stream && error != http::error::partial_message;
}

using SharedPage = std::shared_ptr<const Page>;

SharedPage refusal(unsigned status, std::string text, std::string allow = {}) {
  auto page = std::make_shared<Page>();
  page->status = status;
  page->body = std::move(text) + '\n';
  page->allow = std::move(allow);
  return page;
}

/// One client's. On the list of the server's as long as it counts.
struct Connection {
  Connection(const asio::any_io_executor& executor, std::size_t buffer_bytes)
      : stream(executor), buffer(buffer_bytes) {}

  void enter(ConnectionPhase phase) { facts = {phase, Clock::now()}; }

  Stream stream;
  beast::flat_buffer buffer;
  ConnectionFacts facts{ConnectionPhase::silent, Clock::now()};
  bool first = true;     ///< no request has come
  bool evicted = false;  ///< closed to make room
};

}  // namespace

struct Server::State : std::enable_shared_from_this<Server::State> {
  State(asio::io_context& io, UniqueFd fd, Source& of, ServerOptions settings)
      : options(settings),
        executor(io.get_executor()),
        domain(domain_of(fd.get())),
        source(of),
        listener(io, fd.release()),
        pause(io),
        pages(executor, source, options.answer),
        answers(executor, pages) {}

  // `self` keeps the state as long as the frame.
  asio::awaitable<void> accept_all(std::shared_ptr<State> self);
  asio::awaitable<void> accept_some();
  asio::awaitable<void> serve(std::shared_ptr<State> self, UniqueFd client);
  asio::awaitable<bool> serve_one(Connection& client);
  asio::awaitable<bool> await_input(Connection& client);
  asio::awaitable<SharedPage> answer_to(const Request& request);
  asio::awaitable<bool> write(Connection& client, Response& response, bool head_only);
  asio::awaitable<bool> write_pieces(Connection& client, Response& response);
  asio::awaitable<void> refuse(Connection& client, const SharedPage& page);
  asio::awaitable<void> linger(Connection& client);
  SharedPage objection_to(const Request& request, std::string& target) const;
  void start(UniqueFd client);
  bool evict();
  void forget(Connection& client) { std::erase(connections, &client); }

  const ServerOptions options;
  asio::any_io_executor executor;
  const int domain;
  Source& source;
  asio::posix::stream_descriptor listener;
  asio::steady_timer pause;
  Pages pages;
  AnswerQueue answers;
  std::vector<Connection*> connections;  ///< those that count
  std::size_t starting = 0;              ///< accepted, their coroutine has not begun
};

asio::awaitable<void> Server::State::accept_all([[maybe_unused]] std::shared_ptr<State> self) {
  while (listener.is_open()) {
    const auto [error] =
        co_await listener.async_wait(asio::posix::stream_descriptor::wait_read, as_result);
    if (error) co_return;
    co_await accept_some();
  }
}

asio::awaitable<void> Server::State::accept_some() {
  for (int i = 0; i < accept_batch && listener.is_open(); ++i) {
    UniqueFd client(
        ::accept4(listener.native_handle(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (client) {
      if (connections.size() + starting >= options.connections) evict();
      start(std::move(client));
      continue;
    }
    const bool short_of = errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM;
    if (short_of && evict()) continue;
    if (!short_of) co_return;
    pause.expires_after(accept_pause);
    co_await pause.async_wait(as_result);
    co_return;
  }
}

/// Closes the connection that makes room; false if there is none.
bool Server::State::evict() {
  std::vector<ConnectionFacts> facts;
  for (const auto* one : connections) facts.push_back(one->facts);
  const auto which = connection_to_evict(facts);
  if (!which) return false;
  auto& client = *connections[*which];
  client.evicted = true;
  client.stream.close();
  forget(client);
  return true;
}

void Server::State::start(UniqueFd client) {
  ++starting;
  auto self = shared_from_this();
  asio::co_spawn(executor, serve(self, std::move(client)), [self](const std::exception_ptr&) {});
}

asio::awaitable<void> Server::State::serve([[maybe_unused]] std::shared_ptr<State> self,
                                           UniqueFd fd) {
  --starting;
  // Room for a head that is too long, so that it is seen as that, and for what follows one.
  Connection client(executor, 2 * options.head_bytes);
  client.stream.socket().assign(asio::generic::stream_protocol(domain, 0), fd.release());
  connections.push_back(&client);
  try {
    while (co_await serve_one(client)) {
    }
  } catch (const std::exception&) {  // out of memory: this connection ends, the others go on
  }
  forget(client);
}

/// False if nothing came.
asio::awaitable<bool> Server::State::await_input(Connection& client) {
  if (client.buffer.size() > 0) co_return true;
  client.enter(ConnectionPhase::silent);
  client.stream.expires_after(std::exchange(client.first, false) ? options.first_byte
                                                                 : options.idle);
  const auto [error, size] =
      co_await client.stream.async_read_some(client.buffer.prepare(1024), as_result);
  if (error) co_return false;
  client.buffer.commit(size);
  co_return true;
}

/// Whether the connection can take another request.
asio::awaitable<bool> Server::State::serve_one(Connection& client) {
  if (!co_await await_input(client)) co_return false;
  client.enter(ConnectionPhase::head);
  client.stream.expires_after(options.head);
  Request request;
  request.header_limit(static_cast<std::uint32_t>(options.head_bytes));
  const auto [error, size] =
      co_await http::async_read_header(client.stream, client.buffer, request, as_result);
  if (client.evicted) co_return false;
  if (error == http::error::header_limit || error == http::error::buffer_overflow) {
    const auto page = refusal(431, "The request's head is too long.");
    co_await refuse(client, page);
    co_return false;
  }
  if (error) {
    const auto page = refusal(400, "This is not HTTP/1.1.");
    if (is_malformed(error)) co_await refuse(client, page);
    co_return false;
  }
  client.enter(ConnectionPhase::answering);
  client.stream.expires_never();
  const auto page = co_await answer_to(request);
  if (client.evicted) co_return false;
  const bool keep = request.get().keep_alive() && !has_body(request);
  auto response = make_response(*page, request.get().version(), keep);
  if (!co_await write(client, response, request.get().method() == http::verb::head))
    co_return false;
  if (!keep) co_await linger(client);
  co_return keep;
}

/// Why the request is not answered, or null; `target` is in origin form afterwards.
SharedPage Server::State::objection_to(const Request& request, std::string& target) const {
  const auto& head = request.get();
  if (head.count(http::field::host) > 1) return refusal(400, "More than one Host.");
  const auto authority = take_authority(target);
  const auto host = authority.empty() ? std::string(head[http::field::host]) : authority;
  const bool is_local = domain == AF_UNIX || host.empty();
  if (!is_local && !is_host_allowed(host, source.config().admin.hosts)) {
    return refusal(421,
                   "This endpoint is asked for by an address or as localhost, not by the Host "
                   "of this request; list that name in admin.hosts to allow it.");
  }
  const bool may_post = Pages::takes_post(target);
  const bool posts = head.method() == http::verb::post && may_post;
  if (!posts && head.method() != http::verb::get && head.method() != http::verb::head) {
    return refusal(405, may_post ? "Only GET, HEAD and POST." : "Only GET and HEAD.",
                   may_post ? "GET, HEAD, POST" : "GET, HEAD");
  }
  if (has_body(request)) return refusal(413, "No body is taken here.");
  // A browser says where a POST comes from. Whichever page that is, it is not an operator.
  if (posts && (head.find(http::field::origin) != head.end() ||
                is_from_web_page({}, head["Sec-Fetch-Site"])))
    return refusal(403, "Not from a web page.");
  return nullptr;
}

asio::awaitable<SharedPage> Server::State::answer_to(const Request& request) {
  std::string target(request.get().target());
  if (auto objection = objection_to(request, target)) co_return objection;
  if (!Pages::is_quick(target)) co_return co_await answers.get(target);
  Page page;  // a co_await within an expression is more than g++ 12 gets right
  if (request.get().method() == http::verb::post)
    page = pages.post(target);
  else
    page = co_await pages.get(target);
  co_return std::make_shared<const Page>(std::move(page));
}

asio::awaitable<bool> Server::State::write(Connection& client, Response& response, bool head_only) {
  client.enter(ConnectionPhase::writing);
  if (!head_only) co_return co_await write_pieces(client, response);
  http::response_serializer<http::span_body<const char>> serializer(response);
  serializer.split(true);
  client.stream.expires_after(options.stall);
  const auto [error, size] =
      co_await http::async_write_header(client.stream, serializer, as_result);
  co_return !error;
}

/// Each piece has a deadline, and all together one.
asio::awaitable<bool> Server::State::write_pieces(Connection& client, Response& response) {
  http::response_serializer<http::span_body<const char>> serializer(response);
  serializer.limit(write_piece);
  const auto last = Clock::now() + options.write;
  while (!serializer.is_done()) {
    client.stream.expires_at(std::min(last, Clock::now() + options.stall));
    const auto [error, size] =
        co_await http::async_write_some(client.stream, serializer, as_result);
    if (error) co_return false;
  }
  co_return true;
}

asio::awaitable<void> Server::State::refuse(Connection& client, const SharedPage& page) {
  auto response = make_response(*page, 11, false);
  if (co_await write(client, response, false)) co_await linger(client);
}

/// Closing with input unread would reset the connection, and with it the answer on its way.
asio::awaitable<void> Server::State::linger(Connection& client) {
  auto& stream = client.stream;
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
