#pragma once

#include <string>

#include <sys/types.h>

#include "ccnproxy/base/unique_fd.h"

namespace ccnproxy {

/// Creates a file to write, in place of whatever has this name: that is unlinked, never opened, so
/// that a link put there by another user leads to nothing (F159). Empty, with errno, if it fails;
/// EEXIST if another file took the name meanwhile.
UniqueFd create_new_file(const std::string& path, mode_t mode);

/// Opens a file to append to, and creates it if missing. A symbolic link in the last component is
/// followed only in a directory that root or this user owns and that neither group nor others may
/// write to: there only these two can have made it. Elsewhere errno is ELOOP.
UniqueFd open_to_append(const std::string& path, mode_t mode);

}  // namespace ccnproxy
