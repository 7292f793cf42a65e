// wanlink: a WAN link in user space between two network namespaces
// (docs/development/wan-emulator.md). Needs the rights to enter namespaces and to make TUN devices,
// and no kernel module but tun.
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <exception>

#include <sched.h>
#include <sys/prctl.h>

#include "emulator.h"
#include "options.h"

namespace {

// Packets leave at a given microsecond: neither the default timer slack of 50 us nor a busy
// neighbour should add to it. Where the right for real time is missing, it works, less precisely.
void ask_for_precision(bool realtime) {
  ::prctl(PR_SET_TIMERSLACK, 1UL);
  if (!realtime) return;
  sched_param parameters{};
  parameters.sched_priority = 10;
  if (::sched_setscheduler(0, SCHED_FIFO, &parameters) < 0) {
    std::fprintf(stderr, "wanlink: no real-time scheduling: %s\n", std::strerror(errno));
  }
}

double milliseconds(std::chrono::nanoseconds time) {
  return std::chrono::duration<double, std::milli>(time).count();
}

}  // namespace

int main(int argc, char** argv) {
  const auto options = ccnproxy::wan::parse_options({argv + 1, argv + argc});
  if (!options) {
    std::fputs(ccnproxy::wan::kUsage, stderr);
    return 2;
  }
  try {
    ccnproxy::wan::Emulator emulator(*options);
    ask_for_precision(options->realtime);
    const auto& link = options->link;
    std::fprintf(
        stderr, "wanlink: up, delay %.3f ms, jitter %.3f ms, loss %.3f %%, rate %.1f Mbit/s\n",
        milliseconds(link.delay), milliseconds(link.jitter), link.loss_percent, link.rate_mbit);
    emulator.run();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "wanlink: %s\n", error.what());
    return 1;
  }
  return 0;
}
