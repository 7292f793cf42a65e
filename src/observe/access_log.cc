#include "ccnproxy/observe/access_log.h"

#include <atomic>
#include <exception>
#include <filesystem>
#include <future>
#include <system_error>
#include <utility>

#include <pthread.h>
#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <unistd.h>

#include "ccnproxy/base/signals_blocked.h"
#include "ccnproxy/net/notifier.h"
#include "ccnproxy/observe/access_format.h"
#include "ccnproxy/observe/json_text.h"
#include "ccnproxy/observe/line_sink.h"
#include "ccnproxy/observe/log_rotation.h"
#include "ccnproxy/observe/record_codec.h"
#include "ccnproxy/observe/ring_writer.h"

namespace ccnproxy::observe {
namespace {

/// How long records gather before they are written: at most 20 wake-ups a second however busy, and
/// no longer than a person at `tail -f` notices.
constexpr std::chrono::milliseconds gather{50};
/// What one worker adds to a batch before it is the next one's turn, so that a slow sink is shared.
constexpr std::size_t share_bytes = std::size_t{256} * 1024;

class NullWriter final : public AccessLog::Writer {
 public:
  void write(const AccessRecord&) override {}
  bool enabled() const noexcept override { return false; }
};

/// The files of the folder, or nothing for a stream that we were started with.
std::unique_ptr<LogRotation> make_rotation(const config::AccessLog& settings) {
  if (settings.to == "stdout" || settings.to == "stderr") return nullptr;
  std::filesystem::create_directories(settings.to);
  return std::make_unique<LogRotation>(settings.to, settings.rotate_every, settings.keep);
}

LineFile open_file(const config::AccessLog& settings, LogRotation* rotation) {
  if (rotation) return rotation->open(std::chrono::system_clock::now());
  return LineFile::duplicate(settings.to == "stdout" ? STDOUT_FILENO : STDERR_FILENO, settings.to);
}

std::shared_ptr<LineSink> make_sink(const config::AccessLog& settings, LogRotation* rotation) {
  auto sink = std::make_shared<LineSink>(open_file(settings, rotation));
  // A batch is one message, its lines already end in newlines.
  sink->set_formatter(std::make_unique<spdlog::pattern_formatter>(
      "%v", spdlog::pattern_time_type::utc, std::string()));
  return sink;
}

/// Opens a line about the log itself.
std::string event(std::string_view name) {
  std::string line = R"({"time":")";
  append_time(line, std::chrono::system_clock::now());
  line.append(R"(","event":")").append(name).append("\"");
  return line;
}

}  // namespace

/// The state shared by the log and its thread; comments say which of them owns a member.
struct AccessLog::State {
  State(const config::AccessLog& settings, std::chrono::milliseconds deadline)
      : flush_deadline(deadline),
        with_query(settings.query),
        format(settings.format == config::AccessFormat::ltsv ? append_ltsv : append_json),
        rotation(make_rotation(settings)),
        sink(make_sink(settings, rotation.get())),
        logger("access", sink) {}

  // Never changed.
  const std::chrono::milliseconds flush_deadline;
  const bool with_query;
  void (*const format)(std::string&, const AccessRecord&, bool);

  // Of the thread that makes the log.
  std::unique_ptr<RingWriter> writers;

  // Of all.
  Notifier notifier;
  std::atomic<RingWriter*> first_writer = nullptr;
  std::atomic<bool> stopping = false;
  std::atomic<bool> reopen_wanted = false;
  std::atomic<std::uint64_t> lost = 0;  ///< taken from the rings, but could not be written
  std::promise<void> finished;

  // Of the log's thread.
  const std::unique_ptr<LogRotation> rotation;
  const std::shared_ptr<LineSink> sink;
  spdlog::logger logger;
  std::string batch;
  std::uint64_t reported = 0;  ///< how much of dropped() the log tells of

  std::uint64_t dropped() const noexcept;
  bool is_empty() const noexcept;
  bool is_urgent() const noexcept { return stopping || reopen_wanted; }

  void run();
  bool drain();
  bool fill_batch();
  void take_share(RingWriter& writer);
  std::uint64_t put(const std::string& lines);
  void report_dropped();
  void reopen_file();
  void report_trouble(std::string_view event_name, std::string_view what);
};

std::uint64_t AccessLog::State::dropped() const noexcept {
  std::uint64_t sum = lost;
  for (const auto* w = first_writer.load(); w != nullptr; w = w->next()) sum += w->dropped();
  return sum;
}

bool AccessLog::State::is_empty() const noexcept {
  for (const auto* w = first_writer.load(); w != nullptr; w = w->next()) {
    if (!w->ring().is_empty()) return false;
  }
  return true;
}

void AccessLog::State::run() {
  ::pthread_setname_np(::pthread_self(), "access-log");
  while (!stopping) {
    notifier.wait([this] { return is_empty() && !is_urgent(); });
    do {
      notifier.linger(gather, [this] { return !is_urgent(); });
      if (reopen_wanted.exchange(false)) reopen_file();
    } while (drain());
  }
  drain();  // what came between the last look and the order to stop
  finished.set_value();
}

/// Writes until the rings are empty. False if they were from the start.
bool AccessLog::State::drain() {
  bool any = false;
  bool failed = false;
  while (fill_batch()) {
    any = true;
    if (rotation && rotation->is_due(std::chrono::system_clock::now())) reopen_file();
    const auto lines_lost = put(batch);
    lost += lines_lost;
    failed = lines_lost != 0;
  }
  if (!failed) report_dropped();
  return any;
}

bool AccessLog::State::fill_batch() {
  batch.clear();
  for (auto* w = first_writer.load(); w != nullptr; w = w->next()) take_share(*w);
  return !batch.empty();
}

void AccessLog::State::take_share(RingWriter& writer) {
  const std::size_t enough = batch.size() + share_bytes;
  RecordRing& ring = writer.ring();
  while (batch.size() < enough) {
    const auto packed = ring.front();
    if (packed.data() == nullptr) return;
    format(batch, unpack(packed), with_query);
    ring.pop();
  }
}

/// How many of the lines were lost.
std::uint64_t AccessLog::State::put(const std::string& lines) {
  logger.log(spdlog::level::info, spdlog::string_view_t(lines.data(), lines.size()));
  return sink->take_lost();
}

void AccessLog::State::report_dropped() {
  const auto total = dropped();
  if (total == reported) return;
  auto line = event("access_log_dropped");
  line.append(R"(,"count":)").append(std::to_string(total - reported)).append("}\n");
  if (put(line) == 0) reported = total;
}

void AccessLog::State::reopen_file() {
  if (!rotation) return;
  try {
    sink->replace(rotation->open(std::chrono::system_clock::now()));
  } catch (const std::system_error& e) {
    report_trouble("access_log_reopen_failed", e.what());
  } catch (const std::exception&) {
    report_trouble("access_log_reopen_failed", "an internal error");
  }
  if (const auto trouble = rotation->take_trouble(); !trouble.empty())
    report_trouble("access_log_rotation_failed", trouble);
}

void AccessLog::State::report_trouble(std::string_view event_name, std::string_view what) {
  auto line = event(event_name);
  line += R"(,"error":")";
  append_escaped(line, what);
  put(line + "\"}\n");
}

AccessLog::AccessLog(const config::AccessLog& settings, std::chrono::milliseconds flush_deadline) {
  if (settings.to == "none") return;
  state_ = std::make_shared<State>(settings, flush_deadline);
  const SignalsBlocked blocked;  // SIGPIPE, too: it must not end the process when a reader goes
  thread_ = std::thread([state = state_] { state->run(); });
}

AccessLog::~AccessLog() {
  if (!state_) return;
  state_->stopping = true;
  state_->notifier.notify_urgently();
  const auto ended = state_->finished.get_future().wait_for(state_->flush_deadline);
  if (ended == std::future_status::ready) {
    thread_.join();
  } else {
    thread_.detach();  // stuck in write(2), which nothing but the reader can end
  }
}

AccessLog::Writer& AccessLog::make_writer() {
  static NullWriter nowhere;  // holds nothing
  if (!state_) return nowhere;
  state_->writers = std::make_unique<RingWriter>(state_->notifier, state_->with_query,
                                                 std::move(state_->writers));
  state_->first_writer = state_->writers.get();
  return *state_->writers;
}

void AccessLog::reopen() {
  if (!state_) return;
  state_->reopen_wanted = true;
  state_->notifier.notify_urgently();
}

std::uint64_t AccessLog::dropped() const noexcept { return state_ ? state_->dropped() : 0; }

}  // namespace ccnproxy::observe
