#pragma once

#include <memory>

#include <spdlog/logger.h>

#include "ccnproxy/config/config.h"

namespace ccnproxy::observe {

/// The daemon's own log: lines of time, level and text on stderr, from `settings.level` up. Any
/// thread may use it and none waits for it: lines go into a bounded queue that one thread writes
/// from. While stderr is stuck, the oldest waiting lines make room for new ones, and how many is
/// logged when it moves again (F105). What a peer can put into a text can't break out of its line
/// (F104). Where stderr is the journal, each begins with its priority (journal.h).
///
/// The queue and its thread end with the last copy of this pointer, which waits a second for a
/// stderr that does not move, then leaves. Throws std::invalid_argument for a level that spdlog
/// does not know, std::system_error if there is no stderr.
std::shared_ptr<spdlog::logger> make_process_log(const config::Log& settings);

}  // namespace ccnproxy::observe
