#include "ccnproxy/base/new_file.h"

#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace ccnproxy {
namespace {

constexpr int append_flags = O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY;

std::string folder_of(const std::string& path) {
  const auto slash = path.rfind('/');
  if (slash == path.npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

bool is_private(const std::string& folder) {
  struct stat info {};
  if (::stat(folder.c_str(), &info) < 0) return false;
  const bool is_trusted = info.st_uid == 0 || info.st_uid == ::geteuid();
  return is_trusted && (info.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

}  // namespace

UniqueFd create_new_file(const std::string& path, mode_t mode) {
  if (::unlink(path.c_str()) < 0 && errno != ENOENT) return UniqueFd();
  return UniqueFd(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode));
}

UniqueFd open_to_append(const std::string& path, mode_t mode) {
  UniqueFd fd(::open(path.c_str(), append_flags | O_NOFOLLOW, mode));
  if (fd || errno != ELOOP || !is_private(folder_of(path))) return fd;
  return UniqueFd(::open(path.c_str(), append_flags, mode));
}

}  // namespace ccnproxy
