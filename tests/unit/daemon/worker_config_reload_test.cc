// What takes the place of another configuration: which TLS profiles and sessions go on.
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ccnproxy/daemon/worker_config.h"

#include "fakes/temp_dir.h"
#include "fakes/test_pki.h"

namespace ccnproxy::daemon {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const origin::Origin usual{origin::Scheme::https, "usual.test", 443};
const origin::Origin moved{origin::Scheme::https, "moved.test", 443};

class WorkerConfigReload : public ::testing::Test {
 protected:
  WorkerConfigReload() {
    write(pki_.ca_pem());
    config_.tls.ca_file = file_;
    config::Override entry;
    entry.match = "moved.test";
    entry.tls = config_.tls;
    config_.overrides = {entry};
  }
  void write(const std::string& pem) { std::ofstream(file_) << pem; }

  fakes::TestPki pki_;
  fakes::TempDir folder_;
  std::string file_ = folder_.path() + "/ca.pem";
  config::Config config_;
};

TEST_F(WorkerConfigReload, F055_the_name_in_via_is_the_process) {
  const WorkerConfig before(config_);
  EXPECT_EQ(WorkerConfig(config_, before).via(), before.via());
}

TEST_F(WorkerConfigReload, F055_the_listeners_are_still_our_own) {
  WorkerConfig before(config_);
  before.note_listening("127.0.0.1:4711");
  const WorkerConfig first(config_, before);
  const WorkerConfig second(config_, first);
  const auto own = *Endpoint::parse("127.0.0.1:4711");
  EXPECT_NE(second.address_acl().objection(own, true), "");
}

TEST_F(WorkerConfigReload, F043_a_profile_that_is_the_same_keeps_its_sessions) {
  const WorkerConfig before(config_);
  config_.pool.max_age = std::chrono::minutes(1);
  const WorkerConfig after(config_, before);
  EXPECT_EQ(after.settings_for(usual)->tls, before.settings_for(usual)->tls);
  EXPECT_EQ(after.settings_for(moved)->tls, before.settings_for(moved)->tls);
  EXPECT_THAT(after.changed_files(), IsEmpty());
}

TEST_F(WorkerConfigReload, F040_a_file_that_holds_something_else_makes_another_profile) {
  const WorkerConfig before(config_);
  write(fakes::TestPki().ca_pem());
  const WorkerConfig after(config_, before);
  EXPECT_NE(after.settings_for(usual)->tls, before.settings_for(usual)->tls);
  EXPECT_THAT(after.changed_files(), ElementsAre(file_));
  EXPECT_EQ(after.settings_for(moved)->tls, after.settings_for(usual)->tls) << "one for both";
}

TEST_F(WorkerConfigReload, a_file_that_was_only_written_again_does_not) {
  const WorkerConfig before(config_);
  write(pki_.ca_pem());
  const WorkerConfig after(config_, before);
  EXPECT_EQ(after.settings_for(usual)->tls, before.settings_for(usual)->tls);
}

TEST_F(WorkerConfigReload, F043_another_place_has_no_sessions_of_the_one_before) {
  const WorkerConfig before(config_);
  config_.overrides[0].connect_host = "10.0.0.1";
  const WorkerConfig after(config_, before);
  EXPECT_EQ(after.settings_for(usual)->tls, before.settings_for(usual)->tls);
  const auto there = after.settings_for(moved)->tls;
  EXPECT_NE(there, before.settings_for(moved)->tls);
  EXPECT_NE(&there->sessions(), &before.settings_for(moved)->tls->sessions());
  config_.overrides[0].connect_port = 8443;
  const WorkerConfig third(config_, after);
  EXPECT_NE(&third.settings_for(moved)->tls->sessions(), &there->sessions());
}

TEST_F(WorkerConfigReload, F102_a_file_that_can_not_be_used_any_more_is_an_error) {
  const WorkerConfig before(config_);
  write("no certificate");
  EXPECT_THROW(WorkerConfig(config_, before), std::runtime_error);
}

}  // namespace
}  // namespace ccnproxy::daemon
