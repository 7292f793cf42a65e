#pragma once

#include <future>
#include <memory>
#include <string>
#include <thread>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include "ccnproxy/admin/server.h"

#include "fake_source.h"
#include "fakes/endpoint.h"
#include "fakes/raw_client.h"

namespace ccnproxy::admin {

inline ServerOptions patient() {
  ServerOptions options;
  options.first_byte = options.head = options.idle = std::chrono::hours(1);
  options.answer = options.stall = options.write = std::chrono::hours(1);
  return options;
}

/// A server with a thread of its own.
class Running {
 public:
  explicit Running(ServerOptions options = patient(), const std::string& at = "127.0.0.1:0",
                   std::size_t workers = 1)
      : source(workers) {
    auto listener = fakes::listen_on(at);
    address = fakes::local_endpoint(listener.get());
    server_ = std::make_unique<Server>(io_, UniqueFd(listener.release()), source, options);
    thread_ = std::thread([this] { io_.run(); });
  }
  ~Running() {
    io_.stop();
    thread_.join();
  }

  fakes::RawClient connect() const { return fakes::RawClient(address); }
  fakes::ReceivedResponse get(const std::string& target) const {
    return connect().get("localhost", target);
  }
  /// On the server's thread, before this returns.
  void do_there(const std::function<void()>& what) {
    std::promise<void> done;
    boost::asio::post(io_, [&] {
      what();
      done.set_value();
    });
    done.get_future().get();
  }
  /// Like the end of the daemon's server: nothing is accepted any more.
  void close() {
    do_there([this] { server_.reset(); });
  }

  FakeSource source;  ///< used on the server's thread once it runs
  std::string address;

 private:
  boost::asio::io_context io_{1};
  std::unique_ptr<Server> server_;
  std::thread thread_;
};

}  // namespace ccnproxy::admin
