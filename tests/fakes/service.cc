#include "fakes/service.h"

#include "fakes/http1_service.h"
#include "fakes/http2_service.h"

namespace ccnproxy::fakes {
namespace {

std::string head_text(const Request& request) {
  std::string text = request.method + " " + request.target + " " + request.authority + "\n";
  for (const auto& [name, value] : request.fields) text += name + ": " + value + "\n";
  return text;
}

std::string describe(const ServiceStats& stats) {
  return std::to_string(stats.connections) + " connections, " + std::to_string(stats.requests) +
         " requests, " + std::to_string(stats.responses) + " responses, " +
         std::to_string(stats.refused) + " refused, " + std::to_string(stats.over_limit) +
         " over the limit, " + std::to_string(stats.after_goaway) + " after GOAWAY, " +
         std::to_string(stats.client_resets) + " resets, " + std::to_string(stats.pings) +
         " pings, " + std::to_string(stats.goaways) + " goaways";
}

}  // namespace

Service::Service(Handler handler, ServiceOptions options) : shared_(std::make_shared<Shared>()) {
  shared_->handler = std::move(handler);
  shared_->options = std::move(options);
}

void Service::operator()(OriginConnection& connection) const {
  shared_->stats.update([](ServiceStats& stats) { ++stats.connections; });
  if (connection.is_h2()) {
    Http2Service(connection, *shared_).run();
  } else {
    Http1Service(connection, *shared_).run();
  }
}

ServiceStats Service::stats() const { return shared_->stats.copy(); }

ServiceStats Service::wait_for(const std::string& awaited,
                               const std::function<bool(const ServiceStats&)>& reached,
                               Deadline deadline) const {
  return shared_->stats.wait(
      reached, [](const ServiceStats& stats) { return stats; },
      [&](const ServiceStats& stats) {
        return "awaited " + awaited + " at the service; it saw " + describe(stats);
      },
      deadline);
}

Response Service::Shared::ask(const Request& request) {
  stats.update([](ServiceStats& seen) { ++seen.requests; });
  return handler(request);
}

bool Service::Shared::refuses() {
  return stats.update([this](ServiceStats& seen) {
    if (seen.refused >= options.refuse_first) return false;
    ++seen.refused;
    return true;
  });
}

Response standard_answers(const Request& request) {
  Response response;
  const std::string& target = request.target;
  if (target.starts_with("/bytes/")) {
    response.pattern_size = std::stoull(target.substr(7));
  } else if (target.starts_with("/status/")) {
    response.status = std::stoi(target.substr(8));
  } else if (target == "/echo") {
    response.body = request.body;
  } else if (target == "/upload") {
    response.body = request.digest.summary();
  } else {
    response.body = target == "/head" ? head_text(request) : "ok";
  }
  return response;
}

}  // namespace ccnproxy::fakes
