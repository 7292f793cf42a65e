#include "dns_library.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include <ares.h>
#include <arpa/nameser.h>
#include <netinet/in.h>

namespace ccnproxy::dns::dns_library {
namespace {

/// Of one type. More would not be tried within any deadline.
constexpr int max_addresses = 64;

struct Ticket {
  DnsReceiver& receiver;
  DnsRecord type;
};

Endpoint to_endpoint(const in_addr& address) {
  sockaddr_in s{};
  s.sin_family = AF_INET;
  s.sin_addr = address;
  return Endpoint::from(reinterpret_cast<const sockaddr*>(&s), sizeof s);
}

Endpoint to_endpoint(const ares_in6_addr& address) {
  sockaddr_in6 s{};
  s.sin6_family = AF_INET6;
  std::copy(std::begin(address._S6_un._S6_u8), std::end(address._S6_un._S6_u8),
            s.sin6_addr.s6_addr);
  return Endpoint::from(reinterpret_cast<const sockaddr*>(&s), sizeof s);
}

DnsStatus status_of(int ares_status) {
  switch (ares_status) {
    case ARES_SUCCESS:
      return DnsStatus::answered;
    case ARES_ENODATA:
      return DnsStatus::no_data;
    case ARES_ENOTFOUND:
      return DnsStatus::no_such_name;
    case ARES_EBADNAME:
    case ARES_EBADQUERY:
      return DnsStatus::bad_name;
    case ARES_EREFUSED:
    case ARES_ENOTIMP:
      return DnsStatus::server_refused;
    case ARES_ECONNREFUSED:
      return DnsStatus::no_server;
    case ARES_ETIMEOUT:
      return DnsStatus::timed_out;
    case ARES_EDESTRUCTION:
    case ARES_ECANCELLED:
      return DnsStatus::interrupted;
    default:
      return DnsStatus::server_failed;
  }
}

}  // namespace

int keep_no_answers([[maybe_unused]] ares_options& options) {
#ifdef ARES_OPT_QUERY_CACHE
  options.qcache_max_ttl = 0;
  return ARES_OPT_QUERY_CACHE;
#else
  return 0;
#endif
}

#if ARES_VERSION >= 0x011c00  // 1.28

namespace {

/// The address that the record holds, or none if it is of another type than was asked for.
Endpoint address_in(const ares_dns_rr_t* record, DnsRecord type) {
  if (type == DnsRecord::a) {
    const auto* address = ares_dns_rr_get_addr(record, ARES_RR_A_ADDR);
    return address == nullptr ? Endpoint() : to_endpoint(*address);
  }
  const auto* address = ares_dns_rr_get_addr6(record, ARES_RR_AAAA_ADDR);
  return address == nullptr ? Endpoint() : to_endpoint(*address);
}

/// RFC 2181 §8: a TTL with its highest bit set counts as 0.
std::chrono::seconds ttl_of(const ares_dns_rr_t* record) {
  return std::chrono::seconds(std::max(static_cast<std::int32_t>(ares_dns_rr_get_ttl(record)), 0));
}

DnsAnswer parse(const ares_dns_record_t* reply, DnsRecord type) {
  const auto wanted = type == DnsRecord::a ? ARES_REC_TYPE_A : ARES_REC_TYPE_AAAA;
  DnsAnswer answer{DnsStatus::answered, {}, Duration::max()};
  const auto count = ares_dns_record_rr_cnt(reply, ARES_SECTION_ANSWER);
  for (std::size_t i = 0; i < count && answer.addresses.size() < max_addresses; ++i) {
    const auto* record = ares_dns_record_rr_get_const(reply, ARES_SECTION_ANSWER, i);
    if (ares_dns_rr_get_class(record) != ARES_CLASS_IN) continue;
    const auto is = ares_dns_rr_get_type(record);
    if (is != wanted && is != ARES_REC_TYPE_CNAME) continue;
    answer.ttl = std::min<Duration>(answer.ttl, ttl_of(record));
    if (is == wanted) answer.addresses.push_back(address_in(record, type));
  }
  if (answer.addresses.empty()) return {DnsStatus::no_data, {}, {}};
  return answer;
}

void on_reply(void* arg, ares_status_t status, std::size_t, const ares_dns_record_t* reply) {
  const std::unique_ptr<Ticket> ticket(static_cast<Ticket*>(arg));
  const bool is_answer = status == ARES_SUCCESS && reply != nullptr;
  auto answer = is_answer ? parse(reply, ticket->type)
                          : DnsAnswer{status_of(static_cast<int>(status)), {}, {}};
  ticket->receiver.on_answer(ticket->type, std::move(answer));
}

}  // namespace

void ask(ares_channeldata* channel, const std::string& name, DnsRecord type,
         DnsReceiver& receiver) {
  auto ticket = std::make_unique<Ticket>(Ticket{receiver, type});
  const auto record = type == DnsRecord::a ? ARES_REC_TYPE_A : ARES_REC_TYPE_AAAA;
  // What it returns, the receiver has been told.
  ares_query_dnsrec(channel, name.c_str(), ARES_CLASS_IN, record, &on_reply, ticket.release(),
                    nullptr);
}

int set_servers(ares_channeldata* channel, const std::vector<Endpoint>& servers) {
  std::string list;
  for (const auto& server : servers) {
    if (!list.empty()) list += ',';
    list += server.to_string();
  }
  return ares_set_servers_ports_csv(channel, list.c_str());
}

bool has_one_server(ares_channeldata* channel) {
  char* list = ares_get_servers_csv(channel);
  const std::string servers = list == nullptr ? "" : list;
  ares_free_string(list);
  return !servers.empty() && servers.find(',') == std::string::npos;
}

#else

namespace {

const in_addr& address_of(const ares_addrttl& record) { return record.ipaddr; }
const ares_in6_addr& address_of(const ares_addr6ttl& record) { return record.ip6addr; }

int parse_reply(const unsigned char* reply, int size, ares_addrttl* records, int* count) {
  return ares_parse_a_reply(reply, size, nullptr, records, count);
}
int parse_reply(const unsigned char* reply, int size, ares_addr6ttl* records, int* count) {
  return ares_parse_aaaa_reply(reply, size, nullptr, records, count);
}

template <class Record>
DnsAnswer parse(const unsigned char* reply, int size) {
  std::array<Record, max_addresses> records{};
  int count = max_addresses;
  const int status = parse_reply(reply, size, records.data(), &count);
  if (status != ARES_SUCCESS) return {status_of(status), {}, {}};
  if (count <= 0) return {DnsStatus::no_data, {}, {}};
  DnsAnswer answer{DnsStatus::answered, {}, Duration::max()};
  for (int i = 0; i < count; ++i) {
    const auto& record = records[static_cast<std::size_t>(i)];
    answer.addresses.push_back(to_endpoint(address_of(record)));
    // RFC 2181 §8: a TTL with its highest bit set counts as 0.
    answer.ttl = std::min<Duration>(answer.ttl, std::chrono::seconds(std::max(record.ttl, 0)));
  }
  return answer;
}

void on_reply(void* arg, int status, int, unsigned char* reply, int size) {
  const std::unique_ptr<Ticket> ticket(static_cast<Ticket*>(arg));
  DnsAnswer answer{status_of(status), {}, {}};
  if (status == ARES_SUCCESS) {
    answer = ticket->type == DnsRecord::a ? parse<ares_addrttl>(reply, size)
                                          : parse<ares_addr6ttl>(reply, size);
  }
  ticket->receiver.on_answer(ticket->type, std::move(answer));
}

ares_addr_port_node to_node(const Endpoint& server) {
  ares_addr_port_node node{};
  node.family = server.family();
  node.udp_port = node.tcp_port = server.port();
  const auto bytes = server.bytes();
  std::copy(bytes.begin(), bytes.end(), reinterpret_cast<unsigned char*>(&node.addr));
  return node;
}

}  // namespace

void ask(ares_channeldata* channel, const std::string& name, DnsRecord type,
         DnsReceiver& receiver) {
  auto ticket = std::make_unique<Ticket>(Ticket{receiver, type});
  const int record = type == DnsRecord::a ? ns_t_a : ns_t_aaaa;
  ares_query(channel, name.c_str(), ns_c_in, record, &on_reply, ticket.release());
}

int set_servers(ares_channeldata* channel, const std::vector<Endpoint>& servers) {
  std::vector<ares_addr_port_node> nodes;
  for (const auto& server : servers) nodes.push_back(to_node(server));
  for (std::size_t i = 1; i < nodes.size(); ++i) nodes[i - 1].next = &nodes[i];
  return ares_set_servers_ports(channel, nodes.data());
}

bool has_one_server(ares_channeldata* channel) {
  ares_addr_port_node* servers = nullptr;
  if (ares_get_servers_ports(channel, &servers) != ARES_SUCCESS) return false;
  const bool is_one = servers != nullptr && servers->next == nullptr;
  ares_free_data(servers);
  return is_one;
}

#endif

}  // namespace ccnproxy::dns::dns_library
