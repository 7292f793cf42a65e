#include "cpu_time.h"

#include <filesystem>
#include <fstream>
#include <system_error>

namespace ccnproxy::bench {
namespace {

std::uint64_t task_time_ns(const std::filesystem::path& task) {
  std::ifstream file(task / "schedstat");
  std::uint64_t running_ns = 0;
  file >> running_ns;
  return file ? running_ns : 0;
}

}  // namespace

std::uint64_t scheduler_time_ns(const std::vector<pid_t>& processes) {
  std::uint64_t sum = 0;
  for (const pid_t pid : processes) {
    std::error_code gone;
    const std::filesystem::path tasks = "/proc/" + std::to_string(pid) + "/task";
    for (const auto& task : std::filesystem::directory_iterator(tasks, gone)) {
      sum += task_time_ns(task.path());
    }
  }
  return sum;
}

}  // namespace ccnproxy::bench
