#pragma once

#include <memory>
#include <string>
#include <vector>

namespace ccnproxy::fakes {

/// Writes a configuration for a daemon under test. It starts with what every test wants: one
/// listener on 127.0.0.1:0, no admin endpoint, no address denied, access log as JSON on stdout.
///
///   DaemonConfig config;
///   config.origin("api.test", origin.endpoint(), pki.ca_file()).set("timeouts.connect", "1s");
class DaemonConfig {
 public:
  DaemonConfig();

  /// One more listener, besides the first.
  DaemonConfig& listen(const std::string& address);
  /// Instead of the first listener and all others.
  DaemonConfig& listen_only(const std::string& address);
  DaemonConfig& with_admin(const std::string& address = "127.0.0.1:0");
  /// Sets a dotted key to a scalar or flow value, as YAML text: set("tls.alpn", "[http/1.1]").
  DaemonConfig& set(const std::string& key, const std::string& yaml);
  /// Leaves a key of these, that the constructor sets, at the daemon's default again.
  DaemonConfig& leave_out(const std::string& key);
  /// An entry of `overrides:`: requests for `match` connect to `endpoint`, and trust `ca_file` if
  /// one is given. `more` are further lines of the entry, "timeouts: {connect: 1s}".
  DaemonConfig& origin(const std::string& match, const std::string& endpoint,
                       const std::string& ca_file = "", const std::vector<std::string>& more = {});

  std::string yaml() const;
  std::size_t listeners() const { return listeners_.size(); }
  bool has_admin() const { return has_admin_; }

 private:
  struct Node {
    std::string name;
    std::string value;
    std::vector<Node> children;
  };
  static void write(const Node& node, std::size_t depth, std::string& out);
  static Node& child(Node& parent, const std::string& name);

  Node root_;
  std::vector<std::string> listeners_;
  std::vector<std::string> overrides_;
  bool has_admin_ = false;
};

}  // namespace ccnproxy::fakes
