#pragma once

#include <string>

namespace ccnproxy::daemon {

/// The pid file: written atomically, removed at the end if it still holds our process id (the next
/// process may have written its own). An empty path disables it.
class PidFile {
 public:
  /// Throws StartupError.
  explicit PidFile(std::string path);
  ~PidFile();
  PidFile(const PidFile&) = delete;
  PidFile& operator=(const PidFile&) = delete;

 private:
  std::string path_;
};

}  // namespace ccnproxy::daemon
