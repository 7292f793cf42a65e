#include "fakes/child_process.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fakes/failure.h"

namespace ccnproxy::fakes {
namespace {

struct Pipe {
  Descriptor read, write;
  Pipe() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw Failure("no pipe for a child process");
    read = Descriptor(ends[0]);
    write = Descriptor(ends[1]);
  }
};

constexpr std::string_view pid_variable = "LISTEN_PID=";
constexpr std::size_t pid_digits = 10;

std::vector<std::string> environment_of(const ChildOptions& options) {
  std::map<std::string, std::string> variables;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string text = *entry;
    const std::size_t equals = text.find('=');
    if (equals != std::string::npos) variables[text.substr(0, equals)] = text.substr(equals + 1);
  }
  for (const auto& [name, value] : options.environment) variables[name] = value;
  if (!options.listen_fds.empty()) {
    variables["LISTEN_FDS"] = std::to_string(options.listen_fds.size());
    variables["LISTEN_PID"] = std::string(pid_digits, '0');  // filled in by the child
  }
  std::vector<std::string> list;
  for (const auto& [name, value] : variables) list.push_back(name + "=" + value);
  return list;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> list;
  for (std::string& text : texts) list.push_back(text.data());
  list.push_back(nullptr);
  return list;
}

/// What happens between fork and exec; only async-signal-safe calls, all memory prepared before.
class Launch {
 public:
  Launch(const ChildOptions& options, int out, int err)
      : arguments_(options.arguments),
        environment_(environment_of(options)),
        fds_(options.listen_fds),
        moved_(options.listen_fds.size()),
        open_files_(options.open_files),
        out_(out),
        err_(err) {
    arguments_.insert(arguments_.begin(), options.program);
    argv_ = pointers(arguments_);
    envp_ = pointers(environment_);
    for (std::string& text : environment_)
      if (text.starts_with(pid_variable)) pid_text_ = text.data() + pid_variable.size();
    // The signal comes when the thread that forked ends: right for the main thread only.
    dies_with_parent_ = ::syscall(SYS_gettid) == ::getpid();
  }

  [[noreturn]] void run() {
    if (dies_with_parent_) ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    reset_signals();
    ::dup2(out_, STDOUT_FILENO);
    ::dup2(err_, STDERR_FILENO);
    hand_over();
    limit();
    write_pid();
    ::execve(argv_[0], argv_.data(), envp_.data());
    constexpr std::string_view message = "exec failed\n";
    if (::write(STDERR_FILENO, message.data(), message.size()) < 0) ::_exit(126);
    ::_exit(127);
  }

 private:
  static void reset_signals() {
    for (int number = 1; number < NSIG; ++number) ::signal(number, SIG_DFL);
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
  }

  // Moved out of the way first: a socket may sit where another is to go.
  void hand_over() {
    for (std::size_t i = 0; i < fds_.size(); ++i) moved_[i] = ::fcntl(fds_[i], F_DUPFD, 100);
    for (std::size_t i = 0; i < fds_.size(); ++i) {
      ::dup2(moved_[i], static_cast<int>(3 + i));
      ::close(moved_[i]);
    }
  }

  void limit() const {
    rlimit current{};
    if (open_files_ == 0 || ::getrlimit(RLIMIT_NOFILE, &current) != 0) return;
    current.rlim_cur = open_files_;
    current.rlim_max = std::min<rlim_t>(current.rlim_max, open_files_);
    ::setrlimit(RLIMIT_NOFILE, &current);
  }

  void write_pid() {
    if (pid_text_ == nullptr) return;
    pid_t pid = ::getpid();
    std::array<char, pid_digits + 1> digits{};
    std::size_t at = pid_digits;
    for (; pid > 0; pid /= 10) digits[--at] = static_cast<char>('0' + pid % 10);
    std::memcpy(pid_text_, digits.data() + at, pid_digits + 1 - at);
  }

  std::vector<std::string> arguments_, environment_;
  std::vector<int> fds_, moved_;
  std::vector<char*> argv_, envp_;
  char* pid_text_ = nullptr;
  unsigned open_files_;
  int out_, err_;
  bool dies_with_parent_ = false;
};

void append_lines(std::string_view bytes, std::string& rest, std::vector<std::string>& lines) {
  rest += bytes;
  std::size_t from = 0;
  for (std::size_t end = 0; (end = rest.find('\n', from)) != std::string::npos; from = end + 1)
    lines.push_back(rest.substr(from, end - from));
  rest.erase(0, from);
}

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

std::string tail(const std::vector<std::string>& lines) {
  constexpr std::size_t shown = 60;
  const std::size_t from = lines.size() > shown ? lines.size() - shown : 0;
  return joined({lines.begin() + static_cast<std::ptrdiff_t>(from), lines.end()});
}

}  // namespace

ChildProcess::ChildProcess(const ChildOptions& options)
    : wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  Pipe out, err;
  start(options, out.write.get(), err.write.get());
  out_ = std::move(out.read);
  err_ = std::move(err.read);
  collector_ = std::thread([this] { collect(); });
  reaper_ = std::thread([this] { reap(); });
}

void ChildProcess::start(const ChildOptions& options, int out, int err) {
  Launch launch(options, out, err);
  // With all signals blocked no handler of this process can run in the child before exec.
  sigset_t all, before;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  pid_ = ::fork();
  if (pid_ == 0) launch.run();
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  if (pid_ < 0) throw Failure("fork failed");
}

ChildProcess::~ChildProcess() {
  signal(SIGTERM);
  try {
    wait_for_exit(grace_);
  } catch (const Failure&) {
    signal(SIGKILL);
    report_failure(describe("had to kill the process: it did not end at SIGTERM", seen_.copy()));
  }
  reaper_.join();
  // Grandchildren may hold the pipes open: the collector is told, rather than waiting for EOF.
  seen_.update([](Seen& seen) { seen.out_ended = seen.err_ended = true; });
  pause_out(false);
  collector_.join();
}

// Blocks in waitid without reaping, so that signal() cannot meet a recycled pid.
void ChildProcess::reap() {
  siginfo_t info{};
  while (::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOWAIT) != 0 && errno == EINTR)
    continue;
  seen_.update([this](Seen& seen) {
    int status = 0;
    ::waitpid(pid_, &status, 0);
    seen.reaped = true;
    seen.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  });
  wake();
}

bool ChildProcess::running() const {
  return !seen_.read([](const Seen& seen) { return seen.exited; });
}

void ChildProcess::signal(int number) {
  seen_.update([&](const Seen& seen) {
    if (!seen.reaped) ::kill(pid_, number);
  });
}

int ChildProcess::wait_for_exit(Deadline deadline) {
  return seen_.wait(
      [](const Seen& seen) { return seen.exited; }, [](const Seen& seen) { return seen.exit_code; },
      [](const Seen& seen) { return describe("awaited the end of the process", seen); }, deadline);
}

void ChildProcess::collect() {
  while (true) {
    bool ending = false, over = false;
    std::array<pollfd, 3> entries{pollfd{-1, POLLIN, 0}, pollfd{-1, POLLIN, 0},
                                  pollfd{wake_.get(), POLLIN, 0}};
    seen_.read([&](const Seen& seen) {
      ending = seen.reaped && !seen.exited;
      over = seen.exited && seen.out_ended && seen.err_ended;
      if (!seen.out_ended && !seen.out_paused) entries[0].fd = out_.get();
      if (!seen.err_ended) entries[1].fd = err_.get();
      return over;
    });
    if (over) return;
    const auto ready = ::poll(entries.data(), entries.size(), ending ? 0 : -1);
    std::uint64_t count = 0;
    if (entries[2].revents != 0 && ::read(wake_.get(), &count, sizeof count) < 0) continue;
    if (entries[0].revents != 0) collect_from(out_.get(), true);
    if (entries[1].revents != 0) collect_from(err_.get(), false);
    // Told only when all that it wrote is here; those it left behind may hold the pipes open.
    if (ending && ready == 0) seen_.update([](Seen& seen) { seen.exited = true; });
  }
}

bool ChildProcess::collect_from(int fd, bool is_out) {
  std::array<char, 65536> buffer;
  const ssize_t got = ::read(fd, buffer.data(), buffer.size());
  seen_.update([&](Seen& seen) {
    if (got <= 0) {
      (is_out ? seen.out_ended : seen.err_ended) = true;
      return;
    }
    append_lines({buffer.data(), static_cast<std::size_t>(got)},
                 is_out ? seen.out_rest : seen.err_rest, is_out ? seen.out : seen.err);
  });
  return got > 0;
}

void ChildProcess::pause_out(bool paused) {
  seen_.update([paused](Seen& seen) { seen.out_paused = paused; });
  wake();
}

void ChildProcess::wake() {
  const std::uint64_t one = 1;
  if (::write(wake_.get(), &one, sizeof one) < 0) return;  // full: it is awake already
}

std::vector<std::string> ChildProcess::out_lines() const {
  return seen_.read([](const Seen& seen) { return seen.out; });
}

std::vector<std::string> ChildProcess::err_lines() const {
  return seen_.read([](const Seen& seen) { return seen.err; });
}

std::string ChildProcess::err_text() const { return joined(err_lines()); }

std::string ChildProcess::describe(const std::string& awaited, const Seen& seen) {
  return awaited + "; " +
         (seen.exited ? "it ended with " + std::to_string(seen.exit_code) : "it still runs") +
         "\n--- standard output\n" + tail(seen.out) + seen.out_rest + "\n--- standard error\n" +
         tail(seen.err) + seen.err_rest;
}

std::vector<std::string> ChildProcess::wait_for_out_lines(std::size_t count, Deadline deadline) {
  const std::string awaited = "awaited " + std::to_string(count) + " lines";
  const auto lines =
      seen_.wait([count](const Seen& seen) { return seen.out.size() >= count || seen.out_ended; },
                 [](const Seen& seen) { return seen.out; },
                 [&](const Seen& seen) { return describe(awaited, seen); }, deadline);
  if (lines.size() < count) throw Failure(describe(awaited, seen_.copy()));
  return lines;
}

std::string ChildProcess::wait_for_err_line(const std::string& text, std::size_t skip,
                                            Deadline deadline) {
  const auto find = [&](const Seen& seen) {
    std::size_t left = skip;
    for (const std::string& line : seen.err)
      if (line.find(text) != std::string::npos && left-- == 0) return &line;
    return static_cast<const std::string*>(nullptr);
  };
  const std::string awaited = "awaited '" + text + "' on standard error";
  const auto [found, line] =
      seen_.wait([&](const Seen& seen) { return find(seen) != nullptr || seen.err_ended; },
                 [&](const Seen& seen) {
                   const std::string* match = find(seen);
                   return std::pair(match != nullptr, match != nullptr ? *match : std::string());
                 },
                 [&](const Seen& seen) { return describe(awaited, seen); }, deadline);
  if (!found) throw Failure(describe(awaited, seen_.copy()));
  return line;
}

std::size_t ChildProcess::status_kib(const std::string& key) const {
  std::ifstream status("/proc/" + std::to_string(pid_) + "/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with(key)) return std::stoul(line.substr(key.size()));
  return 0;
}

std::size_t ChildProcess::open_descriptors() const {
  std::error_code ended;
  const std::filesystem::directory_iterator folder("/proc/" + std::to_string(pid_) + "/fd", ended);
  if (ended) return 0;
  return static_cast<std::size_t>(std::distance(begin(folder), end(folder)));
}

}  // namespace ccnproxy::fakes
