#pragma once

#include <string>
#include <vector>

#include "ccnproxy/dns/dns_channel.h"

struct ares_options;

/// The calls of c-ares that its versions have under different names: 1.18 (Debian 12) to 1.34
/// (Debian 13). All are those of the thread that has the channel.
namespace ccnproxy::dns::dns_library {

/// Asks for the addresses of `name` as it is. `receiver` must live until it is told; it may be told
/// before this returns.
void ask(ares_channeldata* channel, const std::string& name, DnsRecord type, DnsReceiver& receiver);

/// An ARES_ code. The channel then asks these and no others.
int set_servers(ares_channeldata* channel, const std::vector<Endpoint>& servers);
bool has_one_server(ares_channeldata* channel);

/// Since 1.23 c-ares can keep answers itself, since 1.31 it does unless told not to. Ours is the
/// only cache, since it alone knows `dns.max_ttl` and when addresses are to be asked for again.
/// Returns the bit for the mask of ares_init_options.
int keep_no_answers(ares_options& options);

}  // namespace ccnproxy::dns::dns_library
