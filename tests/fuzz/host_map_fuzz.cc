// What LabelTable::map promises for every input. Input: one byte of settings, the method up to the
// first line feed, the target up to the second, the Host after it.
#include <algorithm>

#include "ccnproxy/route/explain.h"
#include "ccnproxy/route/label_table.h"

#include "require.h"

namespace {

using ccnproxy::fuzz::require;
using ccnproxy::origin::Origin;
using ccnproxy::origin::Scheme;
using ccnproxy::route::LabelTable;
using ccnproxy::route::Mapped;
using ccnproxy::route::MapQuery;
using ccnproxy::route::PortInHost;

std::string_view take_line(std::string_view& text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

LabelTable make_table(PortInHost port_in_host) {
  auto options = LabelTable::defaults();
  options.port_in_host = port_in_host;
  options.upgrade = {"*.amazonaws.com", "up.example"};
  return LabelTable(options);
}

void check_host(const std::string& host) {
  require(!host.empty() && host.size() <= 253 && host.front() != '.' && host.back() != '.');
  const bool v6 = host.find(':') != host.npos;
  require(v6 || host.find("..") == host.npos);
  for (const char c : host) {
    const bool digit = c >= '0' && c <= '9';
    const bool in_v6 = (c >= 'a' && c <= 'f') || c == ':' || c == '.';
    const bool in_name = (c >= 'a' && c <= 'z') || c == '-' || c == '_' || c == '.';
    require(digit || (v6 ? in_v6 : in_name));
  }
}

// What goes to the origin is a piece of what the client sent, or the one that stands for none.
void check_target(const Mapped& mapped, const MapQuery& query) {
  require(!mapped.target.empty() && mapped.target.find('#') == mapped.target.npos);
  require(mapped.prepend_slash == (mapped.target.front() == '?'));
  require(mapped.prepend_slash || mapped.target.front() == '/' || mapped.target == "*");
  require(mapped.target != "*" || query.method == "OPTIONS");
  require(query.target.ends_with(mapped.target) || mapped.target == "/" || mapped.target == "*");
}

// The origin's own authority, with a label again, is the same origin.
void check_stable(const Origin& origin) {
  static const LabelTable table = make_table(PortInHost::origin);
  std::string host =
      origin.host.find(':') == origin.host.npos ? origin.host : '[' + origin.host + ']';
  host += origin.scheme == Scheme::https ? ".ccnproxy-https:" : ".ccnproxy:";
  host += std::to_string(origin.port);
  const auto again = table.map({"GET", "/", host, 3000});
  require(again && again->origin == origin);
  // Named directly it is an origin too, unless it carries a label of its own: what stands before
  // that may be no host (1.ccnproxy-https).
  const auto direct = table.map({"GET", "https://" + origin.authority() + "/", "", 0});
  require(direct.has_value() || origin.host.find("ccnproxy") != origin.host.npos);
}

void check_reason(const std::string& reason) {
  require(!reason.empty() && reason.size() < 1024);
  for (const char c : reason) require(c >= 0x20 && c < 0x7f && c != '"' && c != '\\');
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const LabelTable tables[] = {make_table(PortInHost::automatic),
                                      make_table(PortInHost::origin),
                                      make_table(PortInHost::ignore)};
  if (size == 0) return 0;
  std::string_view rest(reinterpret_cast<const char*>(data) + 1, size - 1);
  MapQuery query;
  query.listener_port = (data[0] & 4) != 0 ? 3000 : 0;
  query.method = take_line(rest);
  query.target = take_line(rest);
  query.host = rest;
  const LabelTable& table = tables[(data[0] & 3) % 3];
  const auto mapped = table.map(query);
  if (mapped) {
    require(mapped->origin.port != 0 && query.method != "CONNECT");
    check_host(mapped->origin.host);
    check_target(*mapped, query);
    check_stable(mapped->origin);
  } else {
    const auto& failure = mapped.error();
    require(failure.status_code == (query.method == "CONNECT" ? 405 : 400));
    check_reason(failure.reason);
  }
  static const ccnproxy::config::Config config;
  for (const bool json : {false, true}) {
    const std::string text = explain(table, config, query.target, json).text;
    require(std::count(text.begin(), text.end(), '\n') <= (json ? 0 : 1));
  }
  return 0;
}
