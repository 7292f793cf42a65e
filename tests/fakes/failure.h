#pragma once

#include <chrono>
#include <stdexcept>
#include <string>

namespace ccnproxy::fakes {

/// Something a test waited for did not come. what() says what was awaited and what arrived instead.
/// Thrown on the test's own thread it fails the test; thrown in an origin's script it is reported
/// by ScriptedOrigin, so that it fails the test too.
class Failure : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The other end closed or reset the connection while more was wanted. A script that ends with it
/// does not fail the test: clients may go whenever they like.
class PeerGone : public Failure {
 public:
  using Failure::Failure;
};

/// The fake itself is being stopped; a blocked call gives up with this.
class Stopped : public Failure {
 public:
  using Failure::Failure;
};

/// Fails the running test (gtest, from any thread), where throwing is not possible.
void report_failure(const std::string& message);

}  // namespace ccnproxy::fakes
