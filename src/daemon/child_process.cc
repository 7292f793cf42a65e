#include "child_process.h"

#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fcntl.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;

namespace ccnproxy::daemon {
namespace {

namespace asio = boost::asio;
using asio::experimental::awaitable_operators::operator||;

constexpr const char* ready_variable = "CCNPROXY_READY_FD";
constexpr const char* state_variable = "CCNPROXY_STATE_FD";
constexpr const char* sockets_variable = "SERVER_STARTER_PORT";
constexpr int first_inherited = 3;

[[noreturn]] void fail(const char* what, int error) {
  throw std::system_error(error, std::system_category(), what);
}

std::vector<std::string> own_arguments() {
  std::ifstream file("/proc/self/cmdline", std::ios::binary);
  std::vector<std::string> arguments;
  for (std::string one; std::getline(file, one, '\0');) arguments.push_back(one);
  return arguments;
}

/// A file without a name that holds the text.
UniqueFd memory_file(const std::string& text) {
  UniqueFd fd(::memfd_create("ccnproxy-state", MFD_CLOEXEC));
  if (!fd) fail("memfd_create", errno);
  const auto written = ::pwrite(fd.get(), text.data(), text.size(), 0);
  if (written != static_cast<ssize_t>(text.size())) fail("state for the next process", errno);
  return fd;
}

/// Our environment but for what is about us, and these.
std::vector<std::string> environment_with(std::vector<std::string> more) {
  for (char** entry = environ; *entry; ++entry) {
    // Pings are expected of the service's main process, which the next one will be.
    if (std::strncmp(*entry, "WATCHDOG_PID=", 13) != 0) more.emplace_back(*entry);
  }
  return more;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> all;
  for (auto& text : texts) all.push_back(text.data());
  all.push_back(nullptr);
  return all;
}

/// Starts a process that has these descriptors, and no others of ours, from `first_handed` on. All
/// are closed there by the time this returns: what was only marked to be closed by exec() may live
/// on for a moment longer. Throws std::system_error.
pid_t spawn(const std::string& binary, std::vector<std::string> arguments,
            std::vector<std::string> environment, const std::vector<int>& descriptors) {
  const int end = first_inherited + static_cast<int>(descriptors.size());
  std::vector<UniqueFd> sources;  // above the numbers that they are to have
  for (const int fd : descriptors) {
    sources.emplace_back(::fcntl(fd, F_DUPFD_CLOEXEC, end));
    if (!sources.back()) fail("descriptors for the next process", errno);
  }
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  int number = first_inherited;
  for (const auto& source : sources)
    ::posix_spawn_file_actions_adddup2(&actions, source.get(), number++);
  ::posix_spawn_file_actions_addclosefrom_np(&actions, end);
  pid_t pid = -1;
  const int error = ::posix_spawn(&pid, binary.c_str(), &actions, nullptr,
                                  pointers(arguments).data(), pointers(environment).data());
  ::posix_spawn_file_actions_destroy(&actions);
  if (error != 0) fail(binary.c_str(), error);
  return pid;
}

UniqueFd descriptor_from(const char* variable) {
  const char* text = std::getenv(variable);
  int fd = -1;
  if (text) std::from_chars(text, text + std::strlen(text), fd);
  ::unsetenv(variable);
  if (fd < 0 || ::fcntl(fd, F_SETFD, FD_CLOEXEC) < 0) return UniqueFd();
  return UniqueFd(fd);
}

}  // namespace

ChildProcess::ChildProcess(asio::io_context& io)
    : io_(io),
      binary_(std::filesystem::read_symlink("/proc/self/exe").string()),
      arguments_(own_arguments()) {}

bool ChildProcess::start(const std::vector<int>& listening, const std::string& state,
                         std::chrono::seconds patience, std::function<void(Outcome)> on_outcome) {
  if (state_ == State::starting) return false;
  reap();
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) < 0) fail("pipe", errno);
  asio::posix::stream_descriptor ours(io_, ends[0]);
  UniqueFd theirs(ends[1]);
  const auto remembered = memory_file(state);
  auto descriptors = listening;
  std::string sockets;
  for (std::size_t i = 0; i < listening.size(); ++i)
    sockets += (i == 0 ? "s=" : ";s=") + std::to_string(first_inherited + i);
  const auto hand = [&](const char* variable, const UniqueFd& fd) {
    descriptors.push_back(fd.get());
    return variable + ('=' + std::to_string(first_inherited + descriptors.size() - 1));
  };
  const auto ready = hand(ready_variable, theirs);
  const auto known = hand(state_variable, remembered);
  pid_ = spawn(binary_, arguments_,
               environment_with({std::string(sockets_variable) + '=' + sockets, ready, known}),
               descriptors);
  theirs.reset();  // so that the end of the process is the end of the pipe
  state_ = State::starting;
  asio::co_spawn(io_, outcome(std::move(ours), patience),
                 [tell = std::move(on_outcome)](std::exception_ptr, const Outcome& outcome) {
                   tell(outcome);
                 });
  return true;
}

asio::awaitable<ChildProcess::Outcome> ChildProcess::outcome(asio::posix::stream_descriptor pipe,
                                                             std::chrono::seconds patience) {
  constexpr auto as_result = asio::as_tuple(asio::use_awaitable);
  asio::steady_timer late(io_, patience);
  char byte = 0;
  const auto first = co_await (pipe.async_read_some(asio::buffer(&byte, 1), as_result) ||
                               late.async_wait(as_result));
  const auto* read = std::get_if<0>(&first);
  if (read && !std::get<0>(*read)) {
    state_ = State::ready;
    co_return Outcome{pid_, ""};
  }
  if (!read) ::kill(pid_, SIGTERM);
  reap();
  state_ = State::idle;
  co_return Outcome{
      -1, read ? "it ended before it was ready; its log says why" : "it was not ready in time"};
}

/// A process that has ended, or will, is waited for when the next one is started, if not now.
void ChildProcess::reap() const {
  if (pid_ > 0) ::waitpid(pid_, nullptr, WNOHANG);
}

ParentProcess ParentProcess::from_environment() {
  ParentProcess made;
  made.ready = descriptor_from(ready_variable);
  made.state = descriptor_from(state_variable);
  if (made.state) made.state_path = "/proc/self/fd/" + std::to_string(made.state.get());
  return made;
}

void ParentProcess::tell_ready() {
  if (!ready) return;
  if (::write(ready.get(), "1", 1) != 1) return ready.reset();  // it has gone by itself
  ready.reset();
}

}  // namespace ccnproxy::daemon
