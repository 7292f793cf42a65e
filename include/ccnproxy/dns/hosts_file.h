#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "ccnproxy/dns/file_stamp.h"
#include "ccnproxy/net/ip_address.h"

namespace ccnproxy::dns {

/// The names of /etc/hosts, kept parsed: a lookup reads no file. A name's addresses are those of
/// all its lines, in their order (hosts(5), with glibc's `multi on`).
///
/// `localhost` and what ends in `.localhost` are this machine without any file and are never asked
/// of DNS (RFC 6761 §6.3); lines for them win. Belongs to its thread.
class HostsFile {
 public:
  explicit HostsFile(std::string path);

  /// Reads the file again if it has changed. One that can't be read has no names.
  void refresh();
  /// The addresses of `name` (lower case, no trailing dot; port 0), or nullptr. Valid until
  /// refresh() is called.
  const std::vector<Endpoint>* find(std::string_view name) const;

 private:
  using Names = std::map<std::string, std::vector<Endpoint>, std::less<>>;

  static Names parse(std::string_view text);
  static void parse_line(std::string_view line, Names& names);

  std::string path_;
  FileStamp stamp_;
  Names names_;
  std::vector<Endpoint> loopback_;
};

}  // namespace ccnproxy::dns
