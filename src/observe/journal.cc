#include "ccnproxy/observe/journal.h"

#include <string>

#include <sys/stat.h>

namespace ccnproxy::observe {

bool is_journal(int fd, std::string_view journal_stream) {
  struct stat info {};
  if (journal_stream.empty() || ::fstat(fd, &info) != 0) return false;
  return journal_stream == std::to_string(info.st_dev) + ':' + std::to_string(info.st_ino);
}

std::string_view priority_prefix(spdlog::level::level_enum level) noexcept {
  switch (level) {
    case spdlog::level::critical:
      return "<2>";
    case spdlog::level::err:
      return "<3>";
    case spdlog::level::warn:
      return "<4>";
    case spdlog::level::info:
      return "<6>";
    default:
      return "<7>";
  }
}

}  // namespace ccnproxy::observe
