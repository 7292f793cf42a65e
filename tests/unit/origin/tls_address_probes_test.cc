// Asking an address for a sign of life by a TLS handshake (F008).

#include "origin/tls_address_probes.h"

#include <atomic>

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "ccnproxy/origin/worker_buffers.h"

#include "fakes/scripted_origin.h"
#include "fakes/test_pki.h"
#include "unit/origin/socket_peer.h"

namespace ccnproxy::origin {
namespace {

using std::chrono::milliseconds;

/// Its kernel takes connections, and nobody behind it runs: what a stopped process looks like.
class HangingProcess {
 public:
  HangingProcess() : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
    sockaddr_in any{};
    any.sin_family = AF_INET;
    any.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof any;
    auto* address = reinterpret_cast<sockaddr*>(&any);
    if (::bind(fd_.get(), address, size) < 0 || ::listen(fd_.get(), 16) < 0 ||
        ::getsockname(fd_.get(), address, &size) < 0)
      std::abort();
    address_ = "127.0.0.1:" + std::to_string(ntohs(any.sin_port));
  }
  const std::string& address() const { return address_; }
  /// How many connections came so far. They are kept: to close one would be an answer.
  std::size_t asked() {
    while (UniqueFd fd{::accept(fd_.get(), nullptr, nullptr)}) kept_.push_back(std::move(fd));
    return kept_.size();
  }

 private:
  UniqueFd fd_;
  std::vector<UniqueFd> kept_;
  std::string address_;
};

class TlsAddressProbesTest : public testing::Test {
 protected:
  TlsAddressProbesTest() {
    config::Tls tls;
    tls.ca_file = pki_.ca_file();
    settings_.tls = std::make_shared<const tls::TlsContext>(tls);
  }
  TlsAddressProbes& probes() {
    if (!probes_) {
      probes_ = std::make_unique<TlsAddressProbes>(
          TlsAddressProbes::Context{loop_, buffers_.cipher, permitted_},
          Origin{Scheme::https, "api.example.test", 443}, settings_);
    }
    return *probes_;
  }
  bool until(const std::function<bool()>& done) { return turn_until(loop_, done); }
  bool until_unanswered(const std::string& address) {
    return until([&] { return probes().unanswered_since(address).has_value(); });
  }

  fakes::TestPki pki_;
  EventLoop loop_;
  WorkerBuffers buffers_;
  OriginSettings settings_;
  std::function<bool(const Endpoint&)> permitted_;
  std::unique_ptr<TlsAddressProbes> probes_;
};

TEST_F(TlsAddressProbesTest, F008_a_process_that_hangs_leaves_the_question_unanswered) {
  HangingProcess process;
  probes().ask(process.address());
  EXPECT_FALSE(probes().unanswered_since(process.address())) << "it has not even arrived";
  ASSERT_TRUE(until_unanswered(process.address()));
  EXPECT_FALSE(probes().unanswered_since("127.0.0.1:1"));
}

TEST_F(TlsAddressProbesTest, a_process_that_runs_answers) {
  fakes::OriginOptions options;
  options.certificate = pki_.server({"api.example.test"});
  std::atomic<bool> ready_with_tls{false};
  fakes::ScriptedOrigin origin(options, [&](fakes::OriginConnection& c) {
    ready_with_tls = true;
    c.wait_for_end();
  });
  const auto address = "127.0.0.1:" + std::to_string(origin.port());
  probes().ask(address);
  ASSERT_TRUE(until([&] { return ready_with_tls.load(); }));
  EXPECT_FALSE(probes().unanswered_since(address))
      << "the probe has had the origin's answer before";
}

TEST_F(TlsAddressProbesTest, whatever_is_heard_of_the_address_is_an_answer) {
  HangingProcess process;
  probes().ask(process.address());
  ASSERT_TRUE(until_unanswered(process.address()));
  probes().heard(process.address());
  EXPECT_FALSE(probes().unanswered_since(process.address()));
}

TEST_F(TlsAddressProbesTest, F011_asks_once_however_many_want_to_know) {
  HangingProcess process;
  for (int i = 0; i < 5; ++i) probes().ask(process.address());
  ASSERT_TRUE(until_unanswered(process.address()));
  probes().heard(process.address());
  probes().ask(process.address());
  loop_.run_once(milliseconds(50));
  EXPECT_EQ(process.asked(), 1u);
}

TEST_F(TlsAddressProbesTest, F011_asks_no_more_than_sixteen_addresses) {
  std::vector<HangingProcess> processes(17);
  for (const auto& process : processes) probes().ask(process.address());
  for (int i = 0; i < 16; ++i) ASSERT_TRUE(until_unanswered(processes[i].address())) << i;
  loop_.run_once(milliseconds(1));
  EXPECT_FALSE(probes().unanswered_since(processes.back().address()));
  EXPECT_EQ(processes.back().asked(), 0u);
}

TEST_F(TlsAddressProbesTest, F008_goes_on_asking_a_silent_address) {
  settings_.timeouts.tls = milliseconds(50);
  HangingProcess process;
  probes().ask(process.address());
  ASSERT_TRUE(until_unanswered(process.address()));
  const auto since = probes().unanswered_since(process.address());
  ASSERT_TRUE(until([&] { return process.asked() >= 3; }));
  EXPECT_EQ(probes().unanswered_since(process.address()), since) << "the same silence all along";
}

TEST_F(TlsAddressProbesTest, F088_does_not_go_where_it_must_not) {
  permitted_ = [](const Endpoint&) { return false; };
  HangingProcess process;
  probes().ask(process.address());
  for (int i = 0; i < 3; ++i) loop_.run_once(milliseconds(10));
  EXPECT_EQ(process.asked(), 0u);
  EXPECT_FALSE(probes().unanswered_since(process.address()));
}

}  // namespace
}  // namespace ccnproxy::origin
