#include "fakes/daemon_config.h"

#include <algorithm>

namespace ccnproxy::fakes {

DaemonConfig::DaemonConfig() : listeners_{"127.0.0.1:0"} {
  set("admin.address", "none");
  set("pool.min_ready", "0");  // accepts are counted: only tests of readiness open ahead of need
  set("pool.ping", "off");     // nor does a slow machine look dead: tests of liveness say so
  set("origins.deny_addresses", "[]");  // the tests' origins are on loopback
  set("log.access.to", "stdout").set("log.access.format", "json");
}

DaemonConfig& DaemonConfig::listen(const std::string& address) {
  listeners_.push_back(address);
  return *this;
}

DaemonConfig& DaemonConfig::listen_only(const std::string& address) {
  listeners_ = {address};
  return *this;
}

DaemonConfig& DaemonConfig::with_admin(const std::string& address) {
  has_admin_ = true;
  set("admin.hosts", "[admin, x]");  // as tests ask for it
  return set("admin.address", '"' + address + '"');
}

DaemonConfig::Node& DaemonConfig::child(Node& parent, const std::string& name) {
  const auto found = std::find_if(parent.children.begin(), parent.children.end(),
                                  [&name](const Node& node) { return node.name == name; });
  if (found != parent.children.end()) return *found;
  return parent.children.emplace_back(Node{name, "", {}});
}

DaemonConfig& DaemonConfig::set(const std::string& key, const std::string& yaml) {
  Node* node = &root_;
  for (std::size_t from = 0; from <= key.size();) {
    const std::size_t dot = std::min(key.find('.', from), key.size());
    node = &child(*node, key.substr(from, dot - from));
    from = dot + 1;
  }
  node->value = yaml;
  node->children.clear();
  return *this;
}

DaemonConfig& DaemonConfig::leave_out(const std::string& key) {
  Node* node = &root_;
  std::size_t from = 0;
  for (auto dot = key.find('.'); dot != key.npos; dot = key.find('.', from)) {
    node = &child(*node, key.substr(from, dot - from));
    from = dot + 1;
  }
  std::erase_if(node->children, [&](const Node& entry) { return entry.name == key.substr(from); });
  return *this;
}

DaemonConfig& DaemonConfig::origin(const std::string& match, const std::string& endpoint,
                                   const std::string& ca_file,
                                   const std::vector<std::string>& more) {
  std::string entry = "  - match: \"" + match + "\"\n    connect_to: \"" + endpoint + "\"\n";
  if (!ca_file.empty()) entry += "    tls: {ca_file: \"" + ca_file + "\"}\n";
  for (const std::string& line : more) entry += "    " + line + "\n";
  overrides_.push_back(std::move(entry));
  return *this;
}

void DaemonConfig::write(const Node& node, std::size_t depth, std::string& out) {
  for (const Node& entry : node.children) {
    out += std::string(depth * 2, ' ') + entry.name + ":";
    if (!entry.value.empty()) out += " " + entry.value;
    out += "\n";
    write(entry, depth + 1, out);
  }
}

std::string DaemonConfig::yaml() const {
  std::string out = "listeners:\n";
  for (const std::string& address : listeners_) out += "  - address: \"" + address + "\"\n";
  write(root_, 0, out);
  if (!overrides_.empty()) out += "overrides:\n";
  for (const std::string& entry : overrides_) out += entry;
  return out;
}

}  // namespace ccnproxy::fakes
