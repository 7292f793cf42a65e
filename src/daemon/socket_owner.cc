#include "socket_owner.h"

#include <array>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include <netinet/in.h>
#include <unistd.h>

namespace ccnproxy::daemon {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view listening = "0A";  // TCP_LISTEN, as the kernel's table has it

/// As the kernel writes an address: each word of 32 bits in the machine's order.
std::string table_form(const void* bytes, std::size_t size) {
  std::string text;
  for (std::size_t i = 0; i < size; i += 4) {
    std::uint32_t word = 0;
    std::memcpy(&word, static_cast<const char*>(bytes) + i, sizeof word);
    std::array<char, 9> hex{};
    std::snprintf(hex.data(), hex.size(), "%08X", word);
    text += hex.data();
  }
  return text;
}

std::string table_form(const Endpoint& address) {
  if (address.is_v6()) {
    const auto* v6 = reinterpret_cast<const sockaddr_in6*>(address.data());
    return table_form(&v6->sin6_addr, sizeof v6->sin6_addr);
  }
  const auto* v4 = reinterpret_cast<const sockaddr_in*>(address.data());
  return table_form(&v4->sin_addr, sizeof v4->sin_addr);
}

bool is_wildcard(std::string_view host) { return host.find_first_not_of('0') == host.npos; }

/// Adds the sockets of one table that stand in the way of `address`.
void find_inodes(const char* table, const Endpoint& address, std::set<std::string>& inodes) {
  std::ifstream file(table);
  std::string line;
  std::getline(file, line);  // the heading
  std::array<char, 5> port{};
  std::snprintf(port.data(), port.size(), "%04X", address.port());
  const auto wanted = table_form(address);
  while (std::getline(file, line)) {
    std::istringstream fields(line);
    std::string number, local, remote, state, queues, timer, retransmits, user, timeout, inode;
    fields >> number >> local >> remote >> state >> queues >> timer >> retransmits >> user >>
        timeout >> inode;
    const auto colon = local.find(':');
    if (colon == local.npos || state != listening || local.substr(colon + 1) != port.data())
      continue;
    const auto host = local.substr(0, colon);
    if (host == wanted || is_wildcard(host) || is_wildcard(wanted)) inodes.insert(inode);
  }
}

bool holds(const fs::path& process, const std::set<std::string>& inodes) {
  std::error_code ignored;
  for (fs::directory_iterator it(process / "fd", ignored), end; !ignored && it != end;
       it.increment(ignored)) {
    std::error_code gone;
    const auto target = fs::read_symlink(it->path(), gone).string();
    const bool socket = target.starts_with("socket:[") && target.ends_with(']');
    if (socket && inodes.contains(target.substr(8, target.size() - 9))) return true;
  }
  return false;
}

}  // namespace

std::string process_name(pid_t pid) {
  if (pid <= 0) return "";
  std::ifstream file("/proc/" + std::to_string(pid) + "/comm");
  std::string name;
  std::getline(file, name);
  for (char& c : name) c = c >= ' ' && c <= '~' ? c : '?';
  return "process " + std::to_string(pid) + (name.empty() ? "" : " (" + name + ')');
}

std::string listener_at(const Endpoint& address) {
  std::set<std::string> inodes;
  find_inodes("/proc/net/tcp", address, inodes);
  find_inodes("/proc/net/tcp6", address, inodes);
  std::error_code ignored;
  for (fs::directory_iterator it("/proc", ignored), end; !inodes.empty() && !ignored && it != end;
       it.increment(ignored)) {
    const auto name = it->path().filename().string();
    pid_t pid = 0;
    const auto [stop, fault] = std::from_chars(name.data(), name.data() + name.size(), pid);
    const bool number = fault == std::errc() && stop == name.data() + name.size();
    if (number && pid != ::getpid() && holds(it->path(), inodes)) return process_name(pid);
  }
  return "";
}

}  // namespace ccnproxy::daemon
