#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace ccnproxy::observe {

/// An owned file descriptor for whole lines; one thread at a time. Writing blocks while the reader
/// does not read, so it is for threads that may hang. A failed write loses lines but never leaves
/// half a line before the next: the rest is written first when writing works again.
class LineFile {
 public:
  /// Appends to `path`, which is made with mode 0640 if missing. A symbolic link is followed only
  /// as open_to_append() does. Throws std::system_error.
  static LineFile open(const std::string& path);
  /// Duplicates `fd` (stdout), so that other code in the process can't close or replace it under
  /// us. `name` is for the message. Throws std::system_error.
  static LineFile duplicate(int fd, const std::string& name);

  LineFile(LineFile&& other) noexcept;
  LineFile& operator=(LineFile&& other) noexcept;
  ~LineFile();

  /// Writes lines that each end in a newline, with as few calls as it takes. How many were lost.
  std::size_t write(std::string_view lines);

 private:
  explicit LineFile(int fd) noexcept : fd_(fd) {}

  /// Bytes written before an error; all if there was none.
  std::size_t write_bytes(std::string_view bytes) const noexcept;
  bool finish_torn_line();

  int fd_;
  std::string torn_;  ///< the rest of a line that was written in part
};

}  // namespace ccnproxy::observe
