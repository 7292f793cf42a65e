#include "ccnproxy/daemon/tls_files.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fakes/temp_dir.h"

namespace ccnproxy::daemon {
namespace {

class TlsFiles : public ::testing::Test {
 protected:
  void write(const std::string& name, const std::string& text) const {
    std::ofstream(path(name)) << text;
  }
  std::string path(const std::string& name) const { return folder_.path() + '/' + name; }

  fakes::TempDir folder_;
};

TEST_F(TlsFiles, are_those_that_the_profile_names) {
  config::Tls tls;
  tls.ca_file = path("ca");
  tls.certificate = path("certificate");
  tls.key = path("key");
  for (const char* name : {"ca", "certificate", "key"}) {
    write(name, "one");
    const auto before = tls_files(tls);
    ASSERT_FALSE(before.empty());
    EXPECT_EQ(tls_files(tls), before);
    write(name, "two");
    EXPECT_NE(tls_files(tls), before) << name;
  }
}

TEST_F(TlsFiles, one_that_can_not_be_read_differs_from_one_that_is_empty) {
  config::Tls tls;
  tls.ca_file = path("ca");
  const auto missing = tls_files(tls);
  write("ca", "");
  EXPECT_NE(tls_files(tls), missing);
}

TEST_F(TlsFiles, of_the_system_are_a_file_and_a_folder) {
  std::filesystem::create_directory(path("certs"));
  ::setenv("SSL_CERT_FILE", path("bundle").c_str(), 1);
  ::setenv("SSL_CERT_DIR", path("certs").c_str(), 1);
  const config::Tls tls;
  const auto none = tls_files(tls);
  EXPECT_EQ(tls_files(tls), none);
  write("bundle", "x");
  const auto one = tls_files(tls);
  EXPECT_NE(one, none);
  write("certs/a.pem", "x");
  EXPECT_NE(tls_files(tls), one);
  ::unsetenv("SSL_CERT_FILE");
  ::unsetenv("SSL_CERT_DIR");
}

}  // namespace
}  // namespace ccnproxy::daemon
