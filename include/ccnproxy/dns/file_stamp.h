#pragma once

#include <cstdint>
#include <string>

#include <sys/stat.h>

namespace ccnproxy::dns {

/// What tells one state of a file from another without reading it. A file that is not there has a
/// stamp too.
struct FileStamp {
  std::int64_t seconds = 0;
  std::int64_t nanoseconds = 0;
  std::int64_t size = -1;
  std::uint64_t inode = 0;

  bool operator==(const FileStamp&) const = default;

  static FileStamp of(const std::string& path) noexcept {
    struct stat s = {};
    if (::stat(path.c_str(), &s) != 0) return {};
    return {s.st_mtim.tv_sec, s.st_mtim.tv_nsec, s.st_size, s.st_ino};
  }
};

}  // namespace ccnproxy::dns
