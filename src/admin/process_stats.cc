#include "ccnproxy/admin/process_stats.h"

#include <fstream>
#include <sstream>
#include <string>

#include <dirent.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ccnproxy/net/kernel_settings.h"

namespace ccnproxy::admin {
namespace {

/// The fields of /proc/self/stat from the third on; the second, the name, may hold anything
/// (proc(5)).
struct StatFields {
  std::uint64_t user_ticks = 0;
  std::uint64_t system_ticks = 0;
  std::uint64_t start_ticks = 0;  ///< since boot
  std::uint64_t virtual_bytes = 0;
  std::uint64_t resident_pages = 0;
};

StatFields read_stat() {
  std::ifstream file("/proc/self/stat");
  std::string line;
  std::getline(file, line);
  StatFields fields;
  const auto name_end = line.rfind(')');
  if (name_end == std::string::npos) return fields;
  std::istringstream rest(line.substr(name_end + 1));
  std::string word;
  for (int number = 3; rest >> word; ++number) {
    const auto value = std::strtoull(word.c_str(), nullptr, 10);
    if (number == 14) fields.user_ticks = value;
    if (number == 15) fields.system_ticks = value;
    if (number == 22) fields.start_ticks = value;
    if (number == 23) fields.virtual_bytes = value;
    if (number == 24) fields.resident_pages = value;
  }
  return fields;
}

double boot_time() {
  std::ifstream file("/proc/stat");
  std::string word;
  double seconds = 0;
  while (file >> word) {
    if (word == "btime") {
      file >> seconds;
      break;
    }
  }
  return seconds;
}

/// Linux 6.2 and later say it as the folder's size; before, each has to be walked over.
std::uint64_t count_descriptors() {
  struct stat info {};
  if (::stat("/proc/self/fd", &info) == 0 && info.st_size > 0)
    return static_cast<std::uint64_t>(info.st_size);
  DIR* folder = ::opendir("/proc/self/fd");
  if (!folder) return 0;
  std::uint64_t count = 0;
  while (const dirent* entry = ::readdir(folder)) count += entry->d_name[0] != '.';
  ::closedir(folder);
  return count - 1;  // the folder's own
}

}  // namespace

ProcessStats read_process_stats() {
  const auto fields = read_stat();
  const auto ticks = static_cast<double>(::sysconf(_SC_CLK_TCK));
  ProcessStats stats;
  stats.cpu_seconds = static_cast<double>(fields.user_ticks + fields.system_ticks) / ticks;
  stats.virtual_bytes = fields.virtual_bytes;
  stats.resident_bytes =
      fields.resident_pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  stats.start_time_seconds = boot_time() + static_cast<double>(fields.start_ticks) / ticks;
  stats.open_fds = count_descriptors();
  stats.slow_start_after_idle = slow_start_after_idle();
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) == 0) stats.max_fds = limit.rlim_cur;
  return stats;
}

}  // namespace ccnproxy::admin
