#include "ccnproxy/config/key_places.h"

namespace ccnproxy::config {
namespace {

/// The map or list that a key stands in; empty for one at the top.
std::string around(const std::string& key) {
  const auto end = key.find_last_of(".[");
  return end == key.npos ? "" : key.substr(0, end);
}

}  // namespace

std::string Mistake::to_string() const {
  const std::string place =
      line == 0 ? "" : ':' + std::to_string(line) + ':' + std::to_string(column);
  const std::string where = file + place;
  return where.empty() ? message : where + ": " + message;
}

bool KeyPlaces::given(const std::string& key) const {
  return flags_.contains(key) || places_.contains(key);
}

Mistake KeyPlaces::mistake(const std::string& key, std::string_view what) const {
  const std::string message = '`' + key + "` " + std::string(what);
  for (std::string at = key; !at.empty(); at = around(at)) {
    if (const auto flag = flags_.find(at); flag != flags_.end())
      return {flag->second, 0, 0, message};
    if (const auto place = places_.find(at); place != places_.end())
      return {file_, place->second.line, place->second.column, message};
  }
  if (file_.empty()) return {"", 0, 0, message};
  return {file_, 1, 1, message};
}

}  // namespace ccnproxy::config
