#pragma once

#include <string>

namespace ccnproxy::fakes {

/// A new folder under TMPDIR (or /tmp), removed with all it holds at destruction.
class TempDir {
 public:
  TempDir();
  ~TempDir();
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;

  const std::string& path() const { return path_; }
  /// Writes a file into the folder and returns its full path.
  std::string write(const std::string& name, const std::string& content) const;

 private:
  std::string path_;
};

}  // namespace ccnproxy::fakes
