#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ccnproxy::admin {

/// Whether a request may use this `host[:port]`: an address, `localhost`, or a name that one of
/// `patterns` (`admin.hosts`) matches. By DNS rebinding a web page can reach an internal machine
/// under a name of the page's own, and its requests have that name in Host; they can't have an
/// address.
bool is_host_allowed(std::string_view host, const std::vector<std::string>& patterns);

/// Whether these fields show that a web page sends the request. `Sec-Fetch-Site: none` is a user at
/// the address bar. Absent fields are empty.
bool is_from_web_page(std::string_view origin, std::string_view sec_fetch_site);

/// The authority of a target in absolute form (RFC 9112 §3.2.2), which then counts instead of Host;
/// what is behind it becomes the target. Empty for all other forms.
std::string take_authority(std::string& target);

}  // namespace ccnproxy::admin
