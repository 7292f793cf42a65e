#pragma once

#include <string_view>

struct x509_st;

namespace ccnproxy::tls {

/// Whether a DNS name of a certificate stands for this host, as curl decides it: equal but for
/// case, or a wildcard for exactly the host's first label. A wildcard is the whole first label,
/// with at least two labels after it. Unlike OpenSSL's own check, labels may hold underscores, and
/// hyphens at their edges (F126). A name with a dot at its end matches nothing: name constraints
/// of its issuer would not be held against it. Pure.
///
/// `host` is a normalised name (config/host_name.h), no address.
bool name_matches(std::string_view name, std::string_view host) noexcept;

/// Whether the certificate is for this host: by one of the DNS names in its subjectAltName, or, if
/// it has none there, by a common name of its subject. An address is never matched.
bool is_for_host(const x509_st& certificate, std::string_view host);

}  // namespace ccnproxy::tls
