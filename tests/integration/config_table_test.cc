// What `check`, `serve` and a reload say of configurations that can't be used (config_table.txt):
// the same.
#include "config_table.h"

#include <filesystem>
#include <sstream>

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <sys/stat.h>

#include "client_fixture.h"
#include "fakes/daemon_under_test.h"
#include "fakes/temp_dir.h"
#include "shell.h"

namespace ccnproxy::integration {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

/// Writes a key under a pass phrase, as PKCS 8 or in the older form.
void write_encrypted_key(const std::string& path, bool old) {
  const std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> key(EVP_EC_gen("P-256"), EVP_PKEY_free);
  const std::unique_ptr<FILE, int (*)(FILE*)> file(std::fopen(path.c_str(), "w"), std::fclose);
  char phrase[] = "secret";
  if (old) {
    const std::unique_ptr<BIO, int (*)(BIO*)> bio(BIO_new_fp(file.get(), BIO_NOCLOSE), BIO_free);
    PEM_write_bio_PrivateKey_traditional(bio.get(), key.get(), EVP_aes_128_cbc(),
                                         reinterpret_cast<unsigned char*>(phrase), 6, nullptr,
                                         nullptr);
  } else {
    PEM_write_PKCS8PrivateKey(file.get(), key.get(), EVP_aes_128_cbc(), phrase, 6, nullptr,
                              nullptr);
  }
}

/// What the table's macros stand for, in a folder of the test's.
class Surroundings {
 public:
  Surroundings() {
    const auto one = pki().client("one");
    const auto other = pki().client("other");
    const auto folder = folder_.path() + "/folder";
    std::filesystem::create_directory(folder);
    write_encrypted_key(folder_.path() + "/encrypted.pem", false);
    write_encrypted_key(folder_.path() + "/old.pem", true);
    ::mkfifo((folder_.path() + "/fifo").c_str(), 0600);
    const std::string damage = "AAAAaaaa\n-----END ";
    macros_ = {
        {"FOLDER", folder},
        {"FILE", folder_.write("text", "some text\n")},
        {"EMPTY", folder_.write("empty", "")},
        {"CERTIFICATE", one.chain_file},
        {"KEY", one.key_file},
        {"OTHER_KEY", other.key_file},
        {"ENCRYPTED_KEY", folder_.path() + "/encrypted.pem"},
        {"OLD_ENCRYPTED_KEY", folder_.path() + "/old.pem"},
        {"DAMAGED_CERTIFICATE",
         folder_.write("c.pem", "-----BEGIN CERTIFICATE-----\n" + damage + "CERTIFICATE-----\n")},
        {"DAMAGED_KEY",
         folder_.write("k.pem", "-----BEGIN PRIVATE KEY-----\n" + damage + "PRIVATE KEY-----\n")},
        {"CA", pki().ca_file()},
        {"FIFO", folder_.path() + "/fifo"},
        {"LONG", std::string(200, 'a')}};
  }

  ConfigTable table() const { return ConfigTable(macros_); }

 private:
  TempDir folder_;
  ConfigTable::Macros macros_;
};

/// The lines of a text that begin with a prefix, without it.
std::string lines_after(const std::string& text, const std::string& prefix) {
  std::string found;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const auto at = line.find(prefix);
    if (at == line.npos) continue;
    auto rest = line.substr(at + prefix.size());
    for (auto quote = rest.find("\\\""); quote != rest.npos; quote = rest.find("\\\"", quote))
      rest.erase(quote, 1);  // as the log writes it
    found += rest + '\n';
  }
  return found;
}

class ConfigTableTest : public ::testing::Test {
 protected:
  /// What the daemon says of this file while it runs, mistakes only; `taken` if it takes it.
  std::string reload(const ConfigRow& row) {
    const auto before = proxy_->log().size();
    proxy_->reload(row.yaml);
    if (row.place == "ok") {
      proxy_->wait_for_log("SIGHUP: in force", taken_++);
      return "";
    }
    proxy_->wait_for_log("nothing is changed", refused_++);
    return lines_after(proxy_->log().substr(before), "SIGHUP: " + proxy_->config_file());
  }

  void expect_refused(const ConfigRow& row) {
    const auto& file = proxy_->config_file();
    const auto reloaded = reload(row);
    const auto checked = run({"check", "-f", file});
    const auto served = run({"serve", "-f", file});
    EXPECT_EQ(checked.code, 1) << checked.err;
    EXPECT_EQ(served.code, 1) << served.err;
    EXPECT_THAT(checked.err, ::testing::StartsWith(file + ':' + row.place + ": "));
    EXPECT_THAT(checked.err, HasSubstr(row.words));
    EXPECT_EQ(served.err, checked.err);
    EXPECT_EQ(reloaded, lines_after(checked.err, file));
    for (const char* word : {"std::", "basic_", "what()", "yaml-cpp", "terminate", "error:0"})
      EXPECT_THAT(checked.err, Not(HasSubstr(word)));
  }

  void expect_taken(const ConfigRow& row) {
    reload(row);
    const auto checked = run({"check", "-f", proxy_->config_file()});
    EXPECT_EQ(checked.code, 0) << checked.err;
    fakes::ChildOptions options;
    options.program = fakes::daemon_under_test();
    options.arguments = {"serve", "-f", proxy_->config_file()};
    fakes::ChildProcess serving(options);
    serving.wait_for_err_line("ready");
  }

  Surroundings surroundings_;
  std::unique_ptr<fakes::DaemonProcess> proxy_ = start_daemon(one_worker());

 private:
  std::size_t taken_ = 0;
  std::size_t refused_ = 0;
};

TEST_F(ConfigTableTest, F135_check_serve_and_a_reload_say_the_same) {
  std::size_t broken = 0;
  const auto table = surroundings_.table();
  for (const auto& row : table.rows()) {
    SCOPED_TRACE(row.name + '\n' + row.yaml);
    row.place == "ok" ? expect_taken(row) : expect_refused(row);
    broken += row.place == "ok" ? 0 : 1;
  }
  EXPECT_GE(broken, 40u);
  EXPECT_EQ(RawClient(proxy_->address()).get("localhost", "/hc").status, 200);
}

}  // namespace
}  // namespace ccnproxy::integration
