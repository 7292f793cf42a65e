#include "ccnproxy/observe/log_rotation.h"

#include <algorithm>
#include <ctime>
#include <filesystem>
#include <system_error>

namespace ccnproxy::observe {
namespace {

namespace fs = std::filesystem;
using std::chrono::seconds;

constexpr std::string_view plain_name = "access_log";
constexpr std::string_view link_name = "current";
constexpr std::size_t stamp_digits = 12;  // YYYYMMDDhhmm

bool is_rotated(std::string_view name) {
  if (!name.starts_with(plain_name) || name.size() != plain_name.size() + 1 + stamp_digits)
    return false;
  name.remove_prefix(plain_name.size());
  return name[0] == '.' && name.find_first_not_of("0123456789", 1) == name.npos;
}

/// How far local time is ahead of UTC.
seconds offset_at(std::time_t time) {
  std::tm local{};
  ::localtime_r(&time, &local);
  return seconds(local.tm_gmtoff);
}

}  // namespace

LogInterval log_interval(LogRotation::Time now, std::chrono::nanoseconds every) {
  const auto offset = offset_at(std::chrono::system_clock::to_time_t(now));
  const auto local = now.time_since_epoch() + offset;
  const auto begin = LogRotation::Time(local - local % every - offset);
  const auto time = std::chrono::system_clock::to_time_t(begin);
  std::tm parts{};
  ::localtime_r(&time, &parts);
  char stamp[stamp_digits + 1];
  std::strftime(stamp, sizeof stamp, "%Y%m%d%H%M", &parts);
  return {std::string(plain_name) + '.' + stamp, begin + every};
}

std::vector<std::string> outdated_logs(std::vector<std::string> names, std::uint32_t keep) {
  std::erase_if(names, [](const auto& name) { return !is_rotated(name); });
  if (keep == 0 || names.size() <= keep) return {};
  std::sort(names.begin(), names.end());
  names.resize(names.size() - keep);
  return names;
}

LineFile LogRotation::open(Time now) {
  if (every_.count() == 0) return LineFile::open((fs::path(folder_) / plain_name).string());
  const auto interval = log_interval(now, every_);
  next_ = now + std::min<std::chrono::nanoseconds>(every_, std::chrono::minutes(1));
  auto file = LineFile::open((fs::path(folder_) / interval.name).string());
  next_ = interval.end;
  link(interval.name);
  remove_old();
  return file;
}

/// By a rename, so that the link always exists. A file of that name is not ours and stays.
void LogRotation::link(const std::string& name) {
  const auto path = fs::path(folder_) / link_name;
  const auto made = fs::path(folder_) / (std::string(".") + std::string(link_name) + ".new");
  std::error_code error;
  const auto there = fs::symlink_status(path, error);
  if (fs::exists(there) && !fs::is_symlink(there)) {
    trouble_ = path.string() + " is not a link and is left alone";
    return;
  }
  fs::remove(made, error);
  fs::create_symlink(name, made, error);
  if (!error) fs::rename(made, path, error);
  if (error) trouble_ = path.string() + ": " + error.message();
}

void LogRotation::remove_old() {
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator it(folder_, error), end; !error && it != end; it.increment(error))
    names.push_back(it->path().filename().string());
  for (const auto& name : outdated_logs(std::move(names), keep_)) {
    fs::remove(fs::path(folder_) / name, error);
    if (error) trouble_ = name + ": " + error.message();
  }
}

}  // namespace ccnproxy::observe
