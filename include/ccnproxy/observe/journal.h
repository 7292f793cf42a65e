#pragma once

#include <string_view>

#include <spdlog/common.h>

namespace ccnproxy::observe {

/// Whether `fd` is the stream to systemd's journal that `journal_stream` names: the value of
/// $JOURNAL_STREAM, the device and inode of the descriptor that the service manager has opened
/// (systemd.exec(5)). The variable alone says nothing: a process inherits it and may have been
/// redirected.
bool is_journal(int fd, std::string_view journal_stream);

/// What a line of this level begins with, so that the journal knows its priority: `<4>` of a
/// warning (sd-daemon(3)).
std::string_view priority_prefix(spdlog::level::level_enum level) noexcept;

}  // namespace ccnproxy::observe
