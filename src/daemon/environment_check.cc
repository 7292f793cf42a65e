#include "ccnproxy/daemon/environment_check.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <set>
#include <tuple>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ccnproxy/base/unique_fd.h"
#include "ccnproxy/tls/credentials.h"
#include "ccnproxy/tls/groups.h"

namespace ccnproxy::daemon {
namespace {

using config::Mistake;

std::string reason(int error) {
  const std::string text = std::strerror(error);
  return error == EACCES ? text + " (for user " + std::to_string(::geteuid()) + ')' : text;
}

/// The folder that a file is in.
std::string folder_of(const std::string& path) {
  const auto slash = path.rfind('/');
  if (slash == path.npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

bool is_folder(const std::string& path) {
  struct stat info {};
  return ::stat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode);
}

/// Why it is no folder; empty if it is one.
std::string fault_of_folder(const std::string& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) return reason(errno);
  return S_ISDIR(info.st_mode) ? "" : std::string("it is not a folder");
}

/// By a file that is removed at once, where the file system has no files without a name.
std::string fault_of_making(const std::string& folder) {
  const auto path = folder + "/.ccnproxy-check-" + std::to_string(::getpid());
  const UniqueFd fd(
      ::open(path.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!fd) return errno == EEXIST ? "" : reason(errno);
  ::unlink(path.c_str());
  return "";
}

/// Why no file can be made in a folder; empty if one can. A file without a name leaves no trace.
std::string fault_of_writing(const std::string& folder) {
  if (auto fault = fault_of_folder(folder); !fault.empty()) return fault;
  const UniqueFd fd(::open(folder.c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600));
  if (fd || errno == ENOSPC || errno == EDQUOT) return "";
  const bool unsupported = errno == EOPNOTSUPP || errno == EISDIR || errno == EINVAL;
  return unsupported ? fault_of_making(folder) : reason(errno);
}

/// Collects what is wrong, each with the place of its key.
class EnvironmentCheck {
 public:
  explicit EnvironmentCheck(const config::Invocation& invocation)
      : config_(invocation.config), places_(invocation.places) {}

  void tls() {
    check_tls(config_.tls, "tls.", true);
    check_groups(config_.tls, "tls.");
    for (std::size_t i = 0; i < config_.overrides.size(); ++i) {
      const auto prefix = "overrides[" + std::to_string(i) + "].tls.";
      check_tls(config_.overrides[i].tls, prefix, false);
      check_groups(config_.overrides[i].tls, prefix);
    }
  }

  void sockets() {
    for (std::size_t i = 0; i < config_.listeners.size(); ++i)
      check_socket("listeners[" + std::to_string(i) + "].address", config_.listeners[i]);
    if (config_.admin.address) check_socket("admin.address", *config_.admin.address);
  }

  void written_files() {
    check_written("pid_file", config_.pid_file);
    check_written("pool.state_file", config_.warmth.state_file);
    const auto& state = config_.warmth.state_file;
    if (!state.empty() && state == config_.pid_file)
      complain("pool.state_file", "names the file that pid_file names, too; give each its own");
    if (!state.empty() && ::access(state.c_str(), R_OK) != 0 && errno != ENOENT && errno != ENOTDIR)
      complain("pool.state_file", "names a file that can't be read: " + reason(errno));
  }

  void access_log() {
    const auto& to = config_.log.access.to;
    if (to == "stdout" || to == "stderr" || to == "none") return;
    struct stat info {};
    const bool missing = ::stat(to.c_str(), &info) != 0 && errno == ENOENT;
    if (missing && fault_of_writing(folder_of(to)).empty()) return;  // it is made at the start
    const auto fault = fault_of_folder(to);
    if (!fault.empty())
      return complain("log.access.to", "names a folder that can't be used: " + fault +
                                           " (stdout, stderr, none, a folder, or a new one in a "
                                           "folder that is there)");
    if (const auto writing = fault_of_writing(to); !writing.empty())
      return complain("log.access.to", "names a folder that can't be written to: " + writing);
    const auto file = to + "/access_log";
    const bool whole = config_.log.access.rotate_every.count() == 0;
    if (whole && ::access(file.c_str(), W_OK) != 0 && errno != ENOENT)
      complain("log.access.to",
               "names a folder with a file access_log that can't be written: " + reason(errno));
    if (whole && is_folder(file))
      complain("log.access.to", "names a folder in which access_log is a folder, not a file");
  }

  std::vector<Mistake> take() {
    std::stable_sort(found_.begin(), found_.end(), [](const auto& a, const auto& b) {
      return std::tie(a.line, a.column) < std::tie(b.line, b.column);
    });
    return std::move(found_);
  }

 private:
  void complain(const std::string& key, std::string_view what) {
    found_.push_back(places_.mistake(key, what));
  }

  /// Each combination of files is loaded once. What an override only inherits was told where it
  /// stands.
  void check_tls(const config::Tls& tls, const std::string& prefix, bool general) {
    if (!seen_.emplace(tls.ca_file, tls.certificate, tls.key).second) return;
    const auto fault = tls::find_file_fault(tls);
    if (!fault) return;
    if (general) general_is_sound_ = false;
    const auto given = [&](const std::string& key) { return places_.given(prefix + key); };
    const bool pair = fault->key == "key" && given("certificate");
    if (general || given(fault->key)) return complain(prefix + fault->key, fault->what);
    if (pair && general_is_sound_) return complain(prefix + "certificate", fault->what);
  }

  void check_groups(const config::Tls& tls, const std::string& prefix) {
    if (!places_.given(prefix + "groups")) return;
    if (const auto fault = tls::find_group_fault(tls.groups))
      complain(prefix + "groups[" + std::to_string(fault->index) + ']', fault->what);
  }

  void check_socket(const std::string& key, const config::ListenAddress& address) {
    const auto& path = address.unix_path;
    if (path.empty()) return;
    if (const auto fault = fault_of_folder(folder_of(path)); !fault.empty())
      return complain(key, "needs the folder " + folder_of(path) + ": " + fault);
    struct stat info {};
    if (::lstat(path.c_str(), &info) == 0 && !S_ISSOCK(info.st_mode))
      complain(key,
               "names a path at which something else than a socket stands already; move it "
               "away or choose another path");
  }

  /// A file that is written beside itself and renamed.
  void check_written(const std::string& key, const std::string& path) {
    if (path.empty()) return;
    if (is_folder(path)) return complain(key, "names a folder, not a file");
    if (is_folder(path + ".new"))
      return complain(key, "is written as " + path + ".new first, and that is a folder");
    if (const auto fault = fault_of_folder(folder_of(path)); !fault.empty())
      return complain(key, "needs the folder " + folder_of(path) + ": " + fault);
    if (const auto fault = fault_of_writing(folder_of(path)); !fault.empty())
      complain(key, "needs a folder that can be written to, and " + folder_of(path) +
                        " can't: " + fault);
  }

  const config::Config& config_;
  const config::KeyPlaces& places_;
  std::set<std::tuple<std::string, std::string, std::string>> seen_;
  std::vector<Mistake> found_;
  bool general_is_sound_ = true;
};

}  // namespace

std::vector<Mistake> find_unusable(const config::Invocation& invocation) {
  using config::Command;
  EnvironmentCheck check(invocation);
  const auto command = invocation.command;
  if (command == Command::map || command == Command::status) return {};
  check.tls();
  if (command == Command::probe) return check.take();
  check.sockets();
  check.written_files();
  check.access_log();
  return check.take();
}

}  // namespace ccnproxy::daemon
