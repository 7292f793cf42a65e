#pragma once

#include <string>
#include <string_view>

namespace ccnproxy::http {

/// Appends a field name of HTTP/2, which is in lower case, in the case that HTTP/1.1 knows it by:
/// the first letter of each word upper (Go's rule), and words of registered and widely used names
/// as their specifications spell them (ETag, WWW-Authenticate, X-RateLimit-Remaining; field_case.cc
/// has them all). Does not allocate beyond what `out` needs.
void append_canonical(std::string& out, std::string_view name);

}  // namespace ccnproxy::http
