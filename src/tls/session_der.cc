#include "session_der.h"

#include <algorithm>

#include <openssl/asn1.h>
#include <openssl/crypto.h>
#include <openssl/ssl.h>

namespace ccnproxy::tls {
namespace {

using Bytes = std::vector<unsigned char>;

/// What follows the tag and the length, of the element at `from`; moves `from` behind it.
struct Element {
  const unsigned char* begin = nullptr;
  const unsigned char* content = nullptr;
  const unsigned char* end = nullptr;
  int tag = 0;
  int kind = 0;
};

bool next(const unsigned char*& from, const unsigned char* end, Element& element) {
  constexpr int failed = 0x80, indefinite = 0x01;
  element.begin = element.content = from;
  long length = 0;
  const auto flags =
      ASN1_get_object(&element.content, &length, &element.tag, &element.kind, end - from);
  if ((flags & (failed | indefinite)) != 0) return false;
  from = element.end = element.content + length;
  return true;
}

/// The `peer` of OpenSSL's SSL_SESSION_ASN1.
bool is_certificate(const Element& element) {
  return element.kind == V_ASN1_CONTEXT_SPECIFIC && element.tag == 3;
}

/// The same sequence without the certificate; empty if there is none, or it is no such sequence.
Bytes without_certificate(const Bytes& der) {
  const auto* at = der.data();
  Element sequence;
  if (!next(at, at + der.size(), sequence) || sequence.tag != V_ASN1_SEQUENCE) return {};
  Element element;
  for (at = sequence.content; at != sequence.end;) {
    if (!next(at, sequence.end, element)) return {};
    if (is_certificate(element)) break;
  }
  if (at == sequence.end && !is_certificate(element)) return {};
  const auto length = (element.begin - sequence.content) + (sequence.end - element.end);
  const auto whole = ASN1_object_size(1, static_cast<int>(length), V_ASN1_SEQUENCE);
  Bytes less(static_cast<std::size_t>(whole));
  auto* into = less.data();
  ASN1_put_object(&into, 1, static_cast<int>(length), V_ASN1_SEQUENCE, V_ASN1_UNIVERSAL);
  into = std::copy(sequence.content, element.begin, into);
  std::copy(element.end, sequence.end, into);
  return less;
}

}  // namespace

std::vector<unsigned char> session_der(const ssl_session_st& session) {
  const auto size = i2d_SSL_SESSION(&session, nullptr);
  if (size <= 0) return {};
  Bytes der(static_cast<std::size_t>(size));
  auto* into = der.data();
  i2d_SSL_SESSION(&session, &into);
  auto less = without_certificate(der);
  if (less.empty()) return der;
  OPENSSL_cleanse(der.data(), der.size());
  return less;
}

}  // namespace ccnproxy::tls
