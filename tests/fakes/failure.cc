#include "fakes/failure.h"

#include <gtest/gtest.h>

namespace ccnproxy::fakes {

void report_failure(const std::string& message) { ADD_FAILURE() << message; }

}  // namespace ccnproxy::fakes
