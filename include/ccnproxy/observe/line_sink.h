#pragma once

#include <cstdint>
#include <utility>

#include <spdlog/details/null_mutex.h>
#include <spdlog/sinks/base_sink.h>

#include "ccnproxy/observe/line_file.h"

namespace ccnproxy::observe {

/// Lets spdlog write to a LineFile: one write(2) a message, no buffer of stdio that could tear or
/// hold lines, and failures counted rather than thrown. For a logger that one thread uses.
class LineSink final : public spdlog::sinks::base_sink<spdlog::details::null_mutex> {
 public:
  explicit LineSink(LineFile file) : file_(std::move(file)) {}

  void replace(LineFile file) { file_ = std::move(file); }
  /// Lines that could not be written since the last call.
  std::uint64_t take_lost() noexcept { return std::exchange(lost_, 0); }

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override;
  void flush_() override {}  // nothing is held back

 private:
  LineFile file_;
  std::uint64_t lost_ = 0;
};

}  // namespace ccnproxy::observe
