#pragma once

#include <string>

namespace ccnproxy::daemon {

/// The file in which others find our process id: written whole or not at all, removed at the end if
/// it is still ours (a successor may have written its own). Nothing is done for an empty path.
class PidFile {
 public:
  /// Throws StartFault.
  explicit PidFile(std::string path);
  ~PidFile();
  PidFile(const PidFile&) = delete;
  PidFile& operator=(const PidFile&) = delete;

 private:
  std::string path_;
};

}  // namespace ccnproxy::daemon
