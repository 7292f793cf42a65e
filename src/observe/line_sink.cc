#include "ccnproxy/observe/line_sink.h"

namespace ccnproxy::observe {

void LineSink::sink_it_(const spdlog::details::log_msg& message) {
  spdlog::memory_buf_t formatted;
  formatter_->format(message, formatted);
  lost_ += file_.write({formatted.data(), formatted.size()});
}

}  // namespace ccnproxy::observe
