#include "fakes/new_clients.h"

#include "fakes/failure.h"
#include "fakes/raw_client.h"

namespace ccnproxy::fakes {

NewClients::NewClients(std::string address, std::string host)
    : address_(std::move(address)), host_(std::move(host)), thread_([this] { run(); }) {}

std::size_t NewClients::served() const {
  return seen_.read([](const Seen& seen) { return seen.served; });
}

void NewClients::wait_for(std::size_t served, Deadline deadline) const {
  const auto describe = [&](const Seen& seen) {
    auto text = std::to_string(seen.served) + " clients served, not " + std::to_string(served);
    for (const auto& fault : seen.faults) text += "\n" + fault;
    return text;
  };
  seen_.wait([&](const Seen& seen) { return seen.served >= served; }, [](const Seen&) {}, describe,
             deadline);
}

std::vector<std::string> NewClients::end() {
  ending_ = true;
  if (thread_.joinable()) thread_.join();
  return seen_.copy().faults;
}

void NewClients::run() {
  while (!ending_) {
    const auto fault = serve_one();
    seen_.update([&](Seen& seen) {
      ++seen.served;
      if (!fault.empty()) seen.faults.push_back(fault);
    });
  }
}

std::string NewClients::serve_one() const {
  try {
    const auto response = RawClient(address_).get(host_);
    if (response.complete() && response.status == 200) return "";
    return "status " + std::to_string(response.status);
  } catch (const Failure& failure) {
    return failure.what();
  }
}

}  // namespace ccnproxy::fakes
