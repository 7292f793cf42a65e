#pragma once

#include <optional>
#include <string>

#include "fakes/stub_resolver.h"
#include "integration/proxy_fixture.h"

namespace ccnproxy::integration {

inline const std::string good_place = "127.0.0.1";
inline const std::string denied_place = "127.0.0.2";

/// Two places on one port, both of which would answer: one that the daemon may connect to, and one
/// that `origins.deny_addresses` denies besides all of its defaults but the rest of 127.0.0.0/8.
/// Names are found by a DNS of the test's; answers are not kept, and every request needs a
/// connection, so that each is judged anew.
class TwoPlaces {
 public:
  TwoPlaces() {
    listen();
    config.set("origins.deny_addresses",
               "[0.0.0.0/8, 127.0.0.2, 169.254.0.0/16, \"::/128\", \"::1/128\", \"fe80::/10\", "
               "multicast, 100.100.100.200, 168.63.129.16, 192.0.0.192, \"fd00:ec2::/32\", "
               "\"fd20:ce::254\", \"fd00:c1::a9fe:a9fe\", \"fd00:42::42\"]");
    config.set("dns.servers", "[\"" + dns.endpoint() + "\"]");
    config.set("dns.min_ttl", "1ms").set("dns.stale", "0s");
  }

  std::string port() const { return std::to_string(good->port()); }
  /// An origin in absolute form, so that every spelling of a host reaches the daemon as it is.
  static std::string request(const std::string& of, const std::string& port) {
    return "GET http://" + of + ":" + port + "/ HTTP/1.1\r\nHost: x\r\n\r\n";
  }
  ReceivedResponse ask(Proxy& proxy, const std::string& of) const {
    return proxy.client().roundtrip(request(of, port()));
  }
  ReceivedResponse ask_labelled(Proxy& proxy, const std::string& of) const {
    return proxy.client().roundtrip("GET / HTTP/1.1\r\nHost: " + of + ".ccnproxy:" + port() +
                                    "\r\n\r\n");
  }
  void answer(const std::string& name, const std::vector<std::string>& addresses,
              std::chrono::seconds ttl = std::chrono::seconds(0)) {
    dns.set(name, {.addresses = addresses, .ttl = ttl});
  }

  StubResolver dns;
  std::optional<ScriptedOrigin> good, denied;
  DaemonConfig config = one_worker();

 private:
  static Service service(const std::string& place) {
    return Service([place](const Request&) { return Response{.body = place}; }, {.close_after = 1});
  }
  /// The one chooses the port; where the other can't have it, another is tried.
  void listen() {
    OriginOptions options;
    options.tls = false;
    for (int tries_left = 100; !denied; --tries_left) {
      options.address = good_place + ":0";
      good.emplace(options, service(good_place));
      options.address = denied_place + ":" + std::to_string(good->port());
      try {
        denied.emplace(options, service(denied_place));
      } catch (const Failure&) {
        if (tries_left == 0) throw;
      }
    }
  }
};

}  // namespace ccnproxy::integration
