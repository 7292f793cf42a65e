#include "ccnproxy/admin/config_changes.h"

#include <algorithm>
#include <map>

#include "ccnproxy/admin/config_entries.h"

namespace ccnproxy::admin {
namespace {

constexpr std::size_t most_bytes = 200;
constexpr std::string_view in_override = "overrides[";

/// `pool.max_age` of `overrides[x].pool.max_age`; empty for a key of no override.
std::string general_key(const std::string& key) {
  if (!key.starts_with(in_override)) return "";
  return key.substr(key.find("].") + 2);
}

/// The entries by their keys, and the names of the overrides in their order as one more.
class Keys {
 public:
  explicit Keys(const config::Config& config) : entries_(config_entries(config)) {
    ConfigEntry overrides{"overrides", "", {}};
    std::erase_if(entries_, [&](const auto& entry) {
      const bool is_name = general_key(entry.key) == "match";
      if (is_name) overrides.items.push_back(entry.value);
      return is_name || entry.key == overrides.key;
    });
    for (const auto& item : overrides.items)
      overrides.value += (overrides.value.empty() ? "" : ", ") + item;
    overrides.value = '[' + overrides.value + ']';
    entries_.push_back(std::move(overrides));
    for (const auto& entry : entries_) by_key_[entry.key] = &entry;
  }
  Keys(const Keys&) = delete;
  Keys& operator=(const Keys&) = delete;

  const std::vector<ConfigEntry>& all() const noexcept { return entries_; }
  const ConfigEntry* find(const std::string& key) const {
    const auto found = by_key_.find(key);
    return found == by_key_.end() ? nullptr : found->second;
  }
  /// What holds where an override of this name has no such key, or is not there.
  const ConfigEntry* effective(const std::string& key) const {
    const auto* own = find(key);
    return own ? own : find(general_key(key));
  }

 private:
  std::vector<ConfigEntry> entries_;
  std::map<std::string, const ConfigEntry*> by_key_;
};

std::string cut(const std::string& text) {
  if (text.size() <= most_bytes) return text;
  return text.substr(0, most_bytes) + "... (" + std::to_string(text.size()) + " bytes)";
}

/// Without quotes, which a log would have to escape.
std::string bare(const std::string& value) {
  if (value.size() < 2 || value.front() != '"') return value;
  return value.size() == 2 ? "empty" : value.substr(1, value.size() - 2);
}

std::string shown(const ConfigEntry* entry) {
  if (!entry) return "none";
  if (!entry->value.starts_with('[')) return cut(bare(entry->value));
  std::string text;
  for (const auto& item : entry->items) text += (text.empty() ? "" : ", ") + bare(item);
  return '[' + cut(text) + ']';
}

void append_missing(std::string& text, char sign, const std::vector<std::string>& items,
                    const std::vector<std::string>& there) {
  for (const auto& item : items) {
    if (std::find(there.begin(), there.end(), item) != there.end()) continue;
    text += (text.empty() ? std::string() : ", ") + sign + ' ' + bare(item);
  }
}

std::string difference(const ConfigEntry* before, const ConfigEntry* after) {
  if (before && after) {
    std::string text;
    append_missing(text, '+', after->items, before->items);
    append_missing(text, '-', before->items, after->items);
    if (!text.empty()) return cut(text);
  }
  return shown(before) + " -> " + shown(after);
}

bool same(const ConfigEntry* a, const ConfigEntry* b) {
  return a && b ? a->value == b->value : a == b;
}

/// Whether an override's key was and is just what the general one was and is.
bool only_follows(const std::string& key, const Keys& before, const Keys& after) {
  const auto general = general_key(key);
  const auto* was = before.find(general);
  const auto* is = after.find(general);
  return was && is && same(before.effective(key), was) && same(after.effective(key), is);
}

}  // namespace

std::vector<ConfigChange> config_changes(const config::Config& before,
                                         const config::Config& after) {
  const Keys was(before);
  const Keys is(after);
  std::vector<ConfigChange> changes;
  const auto note = [&](const std::string& key) {
    const auto* a = was.effective(key);
    const auto* b = is.effective(key);
    if (!same(a, b) && !only_follows(key, was, is)) changes.push_back({key, difference(a, b)});
  };
  for (const auto& entry : is.all()) note(entry.key);
  for (const auto& entry : was.all()) {
    if (!is.find(entry.key)) note(entry.key);
  }
  return changes;
}

}  // namespace ccnproxy::admin
