#include "ccnproxy/observe/process_log.h"

#include <cstdlib>
#include <future>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>

#include <pthread.h>
#include <spdlog/async_logger.h>
#include <spdlog/details/null_mutex.h>
#include <spdlog/details/thread_pool.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/base_sink.h>
#include <unistd.h>

#include "ccnproxy/base/signals_blocked.h"
#include "ccnproxy/observe/journal.h"
#include "ccnproxy/observe/json_text.h"
#include "ccnproxy/observe/line_file.h"

namespace ccnproxy::observe {
namespace {

constexpr std::size_t queue_lines = 1024;
constexpr std::chrono::seconds patience_at_end{1};

/// The text of a message (%*), with what could break out of its line escaped.
class EscapedText final : public spdlog::custom_flag_formatter {
 public:
  void format(const spdlog::details::log_msg& message, const std::tm&,
              spdlog::memory_buf_t& to) override {
    escaped_.clear();
    append_escaped(escaped_, {message.payload.data(), message.payload.size()});
    to.append(escaped_.data(), escaped_.data() + escaped_.size());
  }
  std::unique_ptr<custom_flag_formatter> clone() const override {
    return std::make_unique<EscapedText>();
  }

 private:
  std::string escaped_;
};

/// The priority of a message (%K) as the journal takes it.
class Priority final : public spdlog::custom_flag_formatter {
 public:
  void format(const spdlog::details::log_msg& message, const std::tm&,
              spdlog::memory_buf_t& to) override {
    const auto prefix = priority_prefix(message.level);
    to.append(prefix.data(), prefix.data() + prefix.size());
  }
  std::unique_ptr<custom_flag_formatter> clone() const override {
    return std::make_unique<Priority>();
  }
};

bool stderr_is_journal() {
  const char* stream = std::getenv("JOURNAL_STREAM");
  return stream && is_journal(STDERR_FILENO, stream);
}

std::unique_ptr<spdlog::formatter> make_formatter() {
  const std::string line = "%Y-%m-%dT%H:%M:%S.%fZ %l %*";
  auto formatter = std::make_unique<spdlog::pattern_formatter>(spdlog::pattern_time_type::utc);
  formatter->add_flag<EscapedText>('*').add_flag<Priority>('K');
  formatter->set_pattern(stderr_is_journal() ? "%K" + line : line);
  return formatter;
}

/// Used by the queue's thread only. `overruns` tells how many lines the queue has thrown away so
/// far.
class ProcessSink final : public spdlog::sinks::base_sink<spdlog::details::null_mutex> {
 public:
  ProcessSink(LineFile file, std::function<std::size_t()> overruns)
      : base_sink(make_formatter()), file_(std::move(file)), overruns_(std::move(overruns)) {}

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    if (!put(message)) return;
    const std::size_t total = overruns_();
    if (total == reported_) return;
    const auto text = std::to_string(total - reported_) + " lines of this log were dropped";
    if (put({"", spdlog::level::warn, text})) reported_ = total;
  }
  void flush_() override {}  // nothing is held back

 private:
  bool put(const spdlog::details::log_msg& message) {
    spdlog::memory_buf_t formatted;
    formatter_->format(message, formatted);
    return file_.write({formatted.data(), formatted.size()}) == 0;
  }

  LineFile file_;
  const std::function<std::size_t()> overruns_;
  std::size_t reported_ = 0;
};

std::shared_ptr<spdlog::details::thread_pool> make_queue() {
  const SignalsBlocked blocked;
  return std::make_shared<spdlog::details::thread_pool>(
      queue_lines, 1, [] { ::pthread_setname_np(::pthread_self(), "process-log"); });
}

/// The logger with the queue it needs, which spdlog leaves to its user to keep.
class ProcessLog {
 public:
  explicit ProcessLog(spdlog::level::level_enum level) : queue_(make_queue()) {
    auto sink =
        std::make_shared<ProcessSink>(LineFile::duplicate(STDERR_FILENO, "stderr"),
                                      [queue = queue_.get()] { return queue->overrun_counter(); });
    logger_ = std::make_shared<spdlog::async_logger>("ccnproxy", std::move(sink), queue_,
                                                     spdlog::async_overflow_policy::overrun_oldest);
    logger_->set_level(level);
  }
  ProcessLog(const ProcessLog&) = delete;
  ProcessLog& operator=(const ProcessLog&) = delete;

  /// The queue writes what it holds and joins its thread, which never ends on a stuck stderr. So
  /// that happens on a thread that can be left behind.
  ~ProcessLog() {
    std::promise<void> done;
    auto ended = done.get_future();
    const SignalsBlocked blocked;
    std::thread end([queue = std::move(queue_), logger = std::move(logger_),
                     finished = std::move(done)]() mutable {
      queue.reset();
      finished.set_value();
    });
    if (ended.wait_for(patience_at_end) == std::future_status::ready) {
      end.join();
    } else {
      end.detach();
    }
  }

  spdlog::logger* logger() const noexcept { return logger_.get(); }

 private:
  std::shared_ptr<spdlog::details::thread_pool> queue_;
  std::shared_ptr<spdlog::async_logger> logger_;
};

spdlog::level::level_enum level_of(const std::string& name) {
  const auto level = spdlog::level::from_str(name);
  if (level == spdlog::level::off && name != "off") {
    throw std::invalid_argument("log level " + name + " is none of spdlog's");
  }
  return level;
}

}  // namespace

std::shared_ptr<spdlog::logger> make_process_log(const config::Log& settings) {
  auto log = std::make_shared<ProcessLog>(level_of(settings.level));
  return {log, log->logger()};
}

}  // namespace ccnproxy::observe
