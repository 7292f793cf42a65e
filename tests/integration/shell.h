#pragma once

#include <string>
#include <vector>

#include "fakes/child_process.h"
#include "fakes/daemon_under_test.h"
#include "fakes/failure.h"

namespace ccnproxy::integration {

/// What a command of the program said and how it ended.
struct Outcome {
  int code = 0;
  std::string out, err;
};

/// Runs the program to its end.
inline Outcome run(const std::vector<std::string>& arguments) {
  fakes::ChildOptions options;
  options.program = fakes::daemon_under_test();
  options.arguments = arguments;
  fakes::ChildProcess child(options);
  Outcome outcome;
  outcome.code = child.wait_for_exit();
  try {
    child.wait_for_out_lines(1'000'000);  // to the end of the output
  } catch (const fakes::Failure&) {
    for (const auto& line : child.out_lines()) outcome.out += line + '\n';
  }
  try {
    child.wait_for_err_line("\1");
  } catch (const fakes::Failure&) {
    outcome.err = child.err_text();
  }
  return outcome;
}

}  // namespace ccnproxy::integration
