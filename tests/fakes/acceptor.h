#pragma once

#include <functional>
#include <string>
#include <thread>

#include "fakes/descriptor.h"
#include "fakes/endpoint.h"
#include "fakes/latch.h"

namespace ccnproxy::fakes {

/// A listening socket with a thread that hands each accepted socket to `take`, on that thread.
/// Destruction closes the socket, so that later connects are refused.
class Acceptor {
 public:
  using Take = std::function<void(Descriptor)>;

  Acceptor(const std::string& endpoint, ListenOptions options, Take take);
  ~Acceptor();
  Acceptor(const Acceptor&) = delete;
  Acceptor& operator=(const Acceptor&) = delete;

  const std::string& endpoint() const { return endpoint_; }

 private:
  void run();

  Descriptor listener_;
  std::string endpoint_;
  Take take_;
  Latch stop_;
  std::thread thread_;
};

}  // namespace ccnproxy::fakes
