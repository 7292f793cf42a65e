#include "ccnproxy/tls/credentials.h"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <memory>
#include <sstream>
#include <string_view>

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <sys/stat.h>
#include <unistd.h>

namespace ccnproxy::tls {
namespace {

/// A bundle of all the CAs of the world has 250 KiB.
constexpr std::size_t max_file = 16 * 1024 * 1024;

constexpr std::string_view certificate_end = "CERTIFICATE-----";
constexpr std::string_view key_end = "PRIVATE KEY-----";

bool contains(std::string_view text, std::string_view part) { return text.find(part) != text.npos; }

/// A pass phrase is asked for: a daemon that waited for one would not start.
int refuse_pass_phrase(char*, int, int, void* asked) {
  *static_cast<bool*>(asked) = true;
  return -1;
}

/// What an operator can't see from the error alone.
std::string reason(int error) {
  const std::string text = std::strerror(error);
  return error == EACCES ? text + " (for user " + std::to_string(::geteuid()) + ')' : text;
}

/// What keeps a file from being read at all; empty if nothing.
std::string fault_of_file(const std::string& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0 || ::access(path.c_str(), R_OK) != 0)
    return "names a file that can't be read: " + reason(errno);
  if (S_ISDIR(info.st_mode)) return "names a folder, not a file";
  if (!S_ISREG(info.st_mode)) return "names no regular file";
  if (info.st_size == 0) return "names an empty file";
  return static_cast<std::size_t>(info.st_size) > max_file ? "names a file of more than 16 MiB"
                                                           : "";
}

std::string read_file(const std::string& path) {
  const std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

/// What the file holds where something else should be; empty if it has such a block.
std::string fault_of_content(std::string_view text, std::string_view block, const char* wanted) {
  if (contains(text, block)) return "";
  const std::string lacks = std::string("names a file that holds no ") + wanted;
  if (!contains(text, "-----BEGIN ")) return lacks + " in PEM form (-----BEGIN ...)";
  if (contains(text, key_end)) return lacks + ", only a private key";
  return lacks + (contains(text, certificate_end) ? ", only certificates" : "");
}

/// A certificate under a pass phrase, which no program writes but OpenSSL would ask for.
bool is_certificate_encrypted(std::string_view text) {
  return contains(text, "CERTIFICATE-----\nProc-Type:") ||
         contains(text, "CERTIFICATE-----\r\nProc-Type:");
}

/// Whether OpenSSL has this among its reasons; what it says itself is for programmers.
bool take_reasons(std::initializer_list<std::pair<int, int>> wanted) {
  bool found = false;
  while (const auto error = ERR_get_error()) {
    for (const auto& [library, reason] : wanted)
      found = found || (ERR_GET_LIB(error) == library && ERR_GET_REASON(error) == reason);
  }
  return found;
}

std::string fault_of_loading(const char* what) {
  const bool weak = take_reasons({{ERR_LIB_SSL, SSL_R_EE_KEY_TOO_SMALL},
                                  {ERR_LIB_SSL, SSL_R_CA_KEY_TOO_SMALL},
                                  {ERR_LIB_SSL, SSL_R_CA_MD_TOO_WEAK}});
  std::string fault = weak ? "names a " : "names a file with a damaged ";
  fault += what;
  if (weak)
    fault +=
        " that this system's security level refuses: its key is too short or its signature too "
        "weak";
  return fault;
}

std::string load_chain(SSL_CTX& ctx, const std::string& path) {
  if (auto fault = fault_of_file(path); !fault.empty()) return fault;
  const auto text = read_file(path);
  if (auto fault = fault_of_content(text, certificate_end, "certificate"); !fault.empty())
    return fault;
  if (is_certificate_encrypted(text)) return "names a file with an encrypted certificate";
  const bool loaded = SSL_CTX_use_certificate_chain_file(&ctx, path.c_str()) == 1;
  return loaded ? "" : fault_of_loading("certificate");
}

std::string load_key(SSL_CTX& ctx, const config::Tls& settings) {
  if (auto fault = fault_of_file(settings.key); !fault.empty()) return fault;
  auto fault = fault_of_content(read_file(settings.key), key_end, "private key");
  if (!fault.empty()) return fault;
  bool asked = false;
  SSL_CTX_set_default_passwd_cb(&ctx, refuse_pass_phrase);
  SSL_CTX_set_default_passwd_cb_userdata(&ctx, &asked);
  const bool loaded =
      SSL_CTX_use_PrivateKey_file(&ctx, settings.key.c_str(), SSL_FILETYPE_PEM) == 1 &&
      SSL_CTX_check_private_key(&ctx) == 1;
  SSL_CTX_set_default_passwd_cb_userdata(&ctx, nullptr);
  SSL_CTX_set_default_passwd_cb(&ctx, nullptr);
  if (loaded) return "";
  if (asked) {
    ERR_clear_error();
    return "names an encrypted key, and a daemon can't ask for its pass phrase; write it "
           "without one, readable for its user only (openssl pkey -in KEY -out NEW)";
  }
  const bool other = take_reasons(
      {{ERR_LIB_X509, X509_R_KEY_VALUES_MISMATCH}, {ERR_LIB_X509, X509_R_KEY_TYPE_MISMATCH}});
  return other ? "names a key that is not the one of the certificate in " + settings.certificate
               : "names a file with a damaged private key";
}

std::string load_authorities(SSL_CTX& ctx, const std::string& path) {
  if (auto fault = fault_of_file(path); !fault.empty()) return fault;
  const auto text = read_file(path);
  if (auto fault = fault_of_content(text, certificate_end, "certificate"); !fault.empty())
    return fault;
  if (is_certificate_encrypted(text)) return "names a file with an encrypted certificate";
  if (SSL_CTX_load_verify_file(&ctx, path.c_str()) == 1) return "";
  return fault_of_loading("certificate");
}

std::optional<FileFault> fault(const char* key, const std::string& path, std::string what) {
  if (what.empty()) return std::nullopt;
  ERR_clear_error();
  return FileFault{key, path, std::move(what)};
}

}  // namespace

std::string FileFault::to_string() const { return "tls." + key + ' ' + path + ": " + what; }

std::optional<FileFault> load_ca_file(SSL_CTX& ctx, const std::string& path) {
  return fault("ca_file", path, load_authorities(ctx, path));
}

std::optional<FileFault> load_certificate(SSL_CTX& ctx, const config::Tls& settings) {
  if (settings.certificate.empty()) return std::nullopt;
  if (auto found =
          fault("certificate", settings.certificate, load_chain(ctx, settings.certificate)))
    return found;
  return fault("key", settings.key, load_key(ctx, settings));
}

std::optional<FileFault> find_file_fault(const config::Tls& settings) {
  const std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> ctx(SSL_CTX_new(TLS_client_method()),
                                                         SSL_CTX_free);
  if (!ctx) return FileFault{"ca_file", settings.ca_file, "can't be checked: no memory for TLS"};
  if (settings.ca_file != "system") {
    if (auto found = load_ca_file(*ctx, settings.ca_file)) return found;
  }
  return load_certificate(*ctx, settings);
}

}  // namespace ccnproxy::tls
