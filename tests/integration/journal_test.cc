// The daemon's own log where standard error is the journal.
#include "client_fixture.h"

namespace ccnproxy::integration {
namespace {

using ::testing::AnyOf;
using ::testing::Each;
using ::testing::StartsWith;

/// As the service manager starts it: $JOURNAL_STREAM names what standard error is.
void with_journal(ChildOptions& options) {
  options.arguments.insert(options.arguments.begin(), options.program);
  options.arguments.insert(options.arguments.begin(),
                           {"-c",
                            "JOURNAL_STREAM=$(stat -L -c %d:%i /proc/self/fd/2) && "
                            "export JOURNAL_STREAM && exec \"$0\" \"$@\""});
  options.program = "/bin/sh";
}

TEST(Journal, gets_the_priority_of_each_line) {
  OneOrigin proxy("plain", Service(standard_answers), {}, with_journal);
  proxy.daemon->wait_for_log("ready");
  EXPECT_THAT(proxy.daemon->process().err_lines(),
              Each(AnyOf(StartsWith("<6>20"), StartsWith("<4>20"))));
  proxy.daemon->reload("wokers: 2\n");
  EXPECT_THAT(proxy.daemon->wait_for_log("unknown key"), StartsWith("<3>20"));
}

TEST(Journal, of_another_process_is_none_of_ours) {
  OneOrigin proxy("plain", Service(standard_answers), {},
                  [](ChildOptions& options) { options.environment["JOURNAL_STREAM"] = "8:1"; });
  proxy.daemon->wait_for_log("ready");
  EXPECT_THAT(proxy.daemon->process().err_lines(), Each(StartsWith("20")));
}

}  // namespace
}  // namespace ccnproxy::integration
