#pragma once

#include <string>

#include "ccnproxy/observe/access_record.h"

namespace ccnproxy::observe {

/// One line of JSON with a final newline, appended to `out`. Every byte below 0x20, DEL, quotes,
/// backslashes and invalid UTF-8 are escaped, so that no request can forge a record (F104). Without
/// `with_query` the target ends before its query and shows no user information (F108).
void append_json(std::string& out, const AccessRecord& record, bool with_query);

/// The same as labelled tab-separated values (ltsv.org): the labels are JSON's keys, those of the
/// error with `error_` before them; what has no value is left out. Values are escaped as in JSON,
/// so that none holds a tab or a line's end.
void append_ltsv(std::string& out, const AccessRecord& record, bool with_query);

}  // namespace ccnproxy::observe
