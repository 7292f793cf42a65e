#pragma once

#include <memory>
#include <string>
#include <vector>

#include "fakes/certificate.h"

namespace ccnproxy::fakes {

/// A certification authority for one test: EC P-256 keys, nothing written outside a temporary
/// folder that goes with this object. Names are DNS names, wildcards, or IP literals (which become
/// IP SANs). Not for several threads at once.
///
/// A wrong-name certificate is just server({"other.example"}).
class TestPki {
 public:
  using Names = std::vector<std::string>;

  TestPki();
  ~TestPki();
  TestPki(const TestPki&) = delete;
  TestPki& operator=(const TestPki&) = delete;

  /// The root that a client under test is told to trust.
  const std::string& ca_file() const { return ca_.chain_file; }
  const std::string& ca_pem() const { return ca_.chain_pem; }

  Certificate server(const Names& names);
  /// Ended yesterday.
  Certificate expired(const Names& names);
  /// Begins tomorrow.
  Certificate not_yet_valid(const Names& names);
  /// Signed by itself, by nobody's root.
  Certificate self_signed(const Names& names);
  /// Signed by a root of the same name that no file of this PKI holds.
  Certificate from_unknown_ca(const Names& names);
  /// Signed by an intermediate that the chain holds.
  Certificate through_intermediate(const Names& names);
  /// As through_intermediate, but the chain leaves the intermediate out.
  Certificate missing_intermediate(const Names& names);
  /// A server's certificate below an intermediate, in the pieces that a CA file may hold.
  struct Chain {
    Certificate server;             ///< its chain holds the intermediate
    Certificate without_the_chain;  ///< the same certificate alone
    std::string intermediate_file;
  };
  Chain chain(const Names& names, bool intermediate_has_expired = false);
  /// No subjectAltName: the name is in the subject only.
  Certificate common_name_only(const std::string& name);
  /// For client authentication: `name` is the subject's CN.
  Certificate client(const std::string& name);

 private:
  struct Authority;
  struct Validity;
  struct Folder;
  Certificate leaf(const Names& names, const Authority& issuer, Validity validity);
  Certificate store(std::string chain_pem, std::string key_pem);

  std::unique_ptr<Folder> folder_;
  std::unique_ptr<Authority> authority_;
  Certificate ca_;
};

}  // namespace ccnproxy::fakes
