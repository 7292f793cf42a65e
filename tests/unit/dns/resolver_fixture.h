#pragma once

#include <chrono>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <stdlib.h>

#include "ccnproxy/dns/resolver.h"

#include "unit/dns/dns_stub.h"

namespace ccnproxy::dns {

/// A folder of its own for each test.
class Folder {
 public:
  Folder() {
    std::string pattern = testing::TempDir() + "resolver_XXXXXX";
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("mkdtemp");
    path_ = pattern;
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() { std::filesystem::remove_all(path_); }

  std::string path(const char* name) const { return path_ + "/" + name; }
  void write(const char* name, const std::string& text) const {
    std::ofstream(path(name) + ".new") << text;
    std::filesystem::rename(path(name) + ".new", path(name));
  }

 private:
  std::string path_;
};

/// What a lookup came to.
struct Answer {
  std::unique_ptr<Lookup> lookup;
  int calls = 0;
  std::vector<std::string> addresses;
  std::optional<Error> error;

  void take(const Result<std::vector<Endpoint>>& result) {
    ++calls;
    if (result.has_error()) {
      error = result.error();
      return;
    }
    for (const auto& address : *result) {
      EXPECT_EQ(address.port(), 0);
      addresses.push_back(address.to_string());
    }
  }
};

class ResolverTest : public testing::Test {
 protected:
  ResolverTest() { options_.servers = {stub_.server()}; }

  Resolver& resolver() {
    if (!resolver_) {
      const SystemFiles files{.resolv_conf = folder_.path("resolv.conf"),
                              .dns_port = stub_.where().port(),
                              .hosts = folder_.path("hosts"),
                              .check_every = Duration(0)};
      resolver_ = std::make_unique<Resolver>(loop_, options_, files, patience_);
    }
    return *resolver_;
  }
  std::shared_ptr<Answer> ask(const std::string& host,
                              Duration deadline = std::chrono::seconds(30)) {
    auto answer = std::make_shared<Answer>();
    answer->lookup = resolver().resolve(
        host, deadline, [a = answer.get()](const auto& result) { a->take(result); });
    EXPECT_EQ(answer->calls, 0) << "told from within resolve()";
    return answer;
  }
  std::shared_ptr<Answer> resolve(const std::string& host,
                                  Duration deadline = std::chrono::seconds(30)) {
    auto answer = ask(host, deadline);
    wait([&] { return answer->calls > 0; });
    return answer;
  }
  template <class Condition>
  void wait(Condition condition) {
    const auto limit = EventLoop::read_clock() + std::chrono::seconds(20);
    while (!condition() && EventLoop::read_clock() < limit)
      loop_.run_once(std::chrono::milliseconds(10));
    ASSERT_TRUE(condition());
  }
  void turn(int times = 5) {
    for (int i = 0; i < times; ++i) loop_.run_once(std::chrono::milliseconds(5));
  }

  Folder folder_;
  DnsStub stub_;
  config::Dns options_;
  AddressPatience patience_;
  EventLoop loop_;
  std::unique_ptr<Resolver> resolver_;
};

}  // namespace ccnproxy::dns
