#include "ccnproxy/daemon/tls_files.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>

#include <openssl/evp.h>
#include <openssl/x509.h>

namespace ccnproxy::daemon {
namespace {

class Digest {
 public:
  Digest() : context_(EVP_MD_CTX_new(), EVP_MD_CTX_free) {
    EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr);
  }
  void add(const void* bytes, std::size_t size) { EVP_DigestUpdate(context_.get(), bytes, size); }
  std::string end() {
    std::array<char, EVP_MAX_MD_SIZE> bytes;
    unsigned size = 0;
    EVP_DigestFinal_ex(context_.get(), reinterpret_cast<unsigned char*>(bytes.data()), &size);
    return {bytes.data(), size};
  }

 private:
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context_;
};

TlsFile read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return {path, ""};
  Digest digest;
  std::array<char, 16 * 1024> piece;
  while (in) {
    in.read(piece.data(), piece.size());
    digest.add(piece.data(), static_cast<std::size_t>(in.gcount()));
  }
  return {path, in.bad() ? "" : digest.end()};
}

/// Names and times of what is in there.
TlsFile list_folder(const std::string& path) {
  namespace fs = std::filesystem;
  std::error_code ignored;
  std::vector<std::string> entries;
  for (fs::directory_iterator at(path, ignored), end; !ignored && at != end;
       at.increment(ignored)) {
    std::error_code gone;
    const auto time = fs::last_write_time(at->path(), gone).time_since_epoch().count();
    entries.push_back(at->path().filename().string() + ' ' + std::to_string(gone ? 0 : time) +
                      '\n');
  }
  std::sort(entries.begin(), entries.end());
  Digest digest;
  for (const auto& entry : entries) digest.add(entry.data(), entry.size());
  return {path, digest.end()};
}

std::string from_environment(const char* variable, const char* otherwise) {
  const char* value = std::getenv(variable);
  return value != nullptr ? value : otherwise;
}

}  // namespace

std::vector<TlsFile> tls_files(const config::Tls& settings) {
  std::vector<TlsFile> files;
  if (settings.ca_file == "system") {
    files.push_back(read_file(
        from_environment(X509_get_default_cert_file_env(), X509_get_default_cert_file())));
    files.push_back(list_folder(
        from_environment(X509_get_default_cert_dir_env(), X509_get_default_cert_dir())));
  } else {
    files.push_back(read_file(settings.ca_file));
  }
  if (!settings.certificate.empty()) files.push_back(read_file(settings.certificate));
  if (!settings.key.empty()) files.push_back(read_file(settings.key));
  return files;
}

}  // namespace ccnproxy::daemon
