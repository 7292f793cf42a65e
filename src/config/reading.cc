#include "reading.h"

#include <algorithm>
#include <utility>

#include "ccnproxy/config/schema.h"
#include "ccnproxy/config/suggest.h"

#include "hints.h"

namespace ccnproxy::config {
namespace {

constexpr std::size_t max_quoted = 80;
constexpr std::size_t max_message = 1000;

// One line, of bounded length.
std::string one_line(std::string_view text, std::size_t most) {
  std::string out;
  for (const char c : text.substr(0, most)) {
    const bool control = static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
    out += control ? '?' : c;
  }
  if (text.size() > most) out += "...";
  return out;
}

// A piece of the file in a message.
std::string quote(std::string_view text) { return '`' + one_line(text, max_quoted) + '`'; }

std::string describe(const YAML::Node& node) {
  if (node.IsMap()) return "a map";
  if (node.IsSequence()) return "a list";
  if (node.IsNull()) return "empty";
  return quote(node.Scalar());
}

std::string_view last_part(std::string_view path) {
  const std::size_t dot = path.rfind('.');
  return dot == path.npos ? path : path.substr(dot + 1);
}

constexpr std::string_view in_overrides = "overrides[].";

// Where keys of this name stand in the schema: "`a.b` or `c.b`". In `overrides:` only where
// nowhere else.
std::string places_of(std::string_view name) {
  static const std::vector<std::string> paths = schema_keys();
  std::string all;
  std::string special;
  for (const std::string& path : paths) {
    if (last_part(path) != name || path == name) continue;
    auto& list = path.starts_with(in_overrides) ? special : all;
    list += (list.empty() ? "`" : " or `") + path + '`';
  }
  return all.empty() ? special : all;
}

// A key in the wrong section, or one with dots: where it belongs.
std::string elsewhere(std::string_view word) {
  static const std::vector<std::string> paths = schema_keys();
  if (word.find('.') != word.npos && std::find(paths.begin(), paths.end(), word) != paths.end()) {
    return "; write `" + std::string(last_part(word)) + "` below `" +
           std::string(word.substr(0, word.rfind('.'))) + ":`, indented";
  }
  const auto found = places_of(word);
  return found.empty() ? "" : "; did you mean " + found + '?';
}

// A key in the wrong section that is misspelt, too.
std::string misspelt_elsewhere(std::string_view word) {
  static const std::vector<std::string> paths = schema_keys();
  std::vector<std::string_view> names;
  for (const std::string& path : paths) names.push_back(last_part(path));
  const auto near = word.size() < 5 ? std::string_view() : suggest(word, names);
  const bool is_slip = !near.empty() && edit_distance(word, near) <= 2;
  const auto found = is_slip ? places_of(near) : "";
  return found.empty() ? "" : "; did you mean " + found + '?';
}

std::vector<Mistake> in_order(std::vector<Mistake> list) {
  std::stable_sort(list.begin(), list.end(), [](const Mistake& a, const Mistake& b) {
    return std::pair(a.line, a.column) < std::pair(b.line, b.column);
  });
  return list;
}

}  // namespace

Reading::Reading(std::string file) : file_(std::move(file)) {}

Reading::Scope::Scope(Reading& reading, std::string_view name, const YAML::Mark& mark)
    : reading_(reading), length_(reading.path_.size()) {
  if (length_ != 0) reading_.path_ += '.';
  reading_.path_ += name;
  reading_.marks_.emplace(reading_.path_, mark);
}

Reading::Scope::Scope(Reading& reading, std::size_t index, const YAML::Mark& mark)
    : reading_(reading), length_(reading.path_.size()) {
  reading_.path_ += '[' + std::to_string(index) + ']';
  reading_.marks_.emplace(reading_.path_, mark);
}

// What yaml-cpp says holds pieces of the file as they are.
void Reading::plain_mistake(const YAML::Mark& mark, std::string_view message) {
  if (mistakes_.size() >= max_mistakes) return;
  mistakes_.push_back({file_, std::max(mark.line, 0) + 1, std::max(mark.column, 0) + 1,
                       one_line(message, max_message)});
}

void Reading::mistake(const YAML::Mark& mark, std::string_view what) {
  failed_.insert(path_);
  if (path_.empty()) return plain_mistake(mark, "the configuration " + std::string(what));
  plain_mistake(mark, quote(path_) + ' ' + std::string(what));
}

void Reading::mistake_in(const std::string& path, std::string_view what) {
  const auto found = marks_.find(path);
  plain_mistake(found == marks_.end() ? YAML::Mark() : found->second,
                quote(path) + ' ' + std::string(what));
}

void Reading::warn_in(const std::string& path, std::string_view what) {
  if (warnings_.size() >= max_mistakes) return;
  const auto found = marks_.find(path);
  const auto mark = found == marks_.end() ? YAML::Mark() : found->second;
  warnings_.push_back({file_, std::max(mark.line, 0) + 1, std::max(mark.column, 0) + 1,
                       one_line(quote(path) + ' ' + std::string(what), max_message)});
}

int Reading::line_of(const std::string& path) const {
  const auto found = marks_.find(path);
  return found == marks_.end() ? 1 : found->second.line + 1;
}

std::optional<std::string> Reading::scalar(const YAML::Node& node, std::string_view wanted) {
  if (node.IsScalar()) return node.Scalar();
  wrong_value(node, wanted);
  return {};
}

void Reading::wrong_value(const YAML::Node& node, std::string_view wanted) {
  // What is not there stands where its key does; yaml-cpp would tell the place of the next token.
  const auto key = marks_.find(path_);
  const bool at_key = node.IsNull() && key != marks_.end();
  mistake(at_key ? key->second : node.Mark(),
          "must be " + std::string(wanted) + ", not " + describe(node) + hint_for(wanted, node));
}

bool Reading::may_visit(const YAML::Node& node) {
  if (mistakes_.size() >= max_mistakes) return false;
  if (++visited_ <= max_values) return true;
  if (visited_ == max_values + 1)
    plain_mistake(node.Mark(), "the configuration holds too many values");
  return false;
}

bool Reading::is_map(const YAML::Node& node) {
  if (node.IsMap()) return true;
  if (!node.IsNull()) wrong_value(node, "a map of keys and values");
  return false;
}

void Reading::unknown_key(const YAML::Node& key, std::span<const std::string_view> names) {
  const std::string& word = key.Scalar();
  std::string message = "unknown key " + quote(word);
  if (!path_.empty()) message += " in `" + path_ + '`';
  const std::string_view near = suggest(word, names);
  std::string meant = elsewhere(word);
  if (const auto right = spaced(word); meant.empty() && !right.empty()) {
    meant = "; a space is missing after the colon: write " + right;
  } else if (meant.empty() && !near.empty()) {
    meant = "; did you mean `" + std::string(near) + "`?";
  } else if (meant.empty()) {
    meant = misspelt_elsewhere(word);
  }
  plain_mistake(key.Mark(), message + meant);
}

void Reading::walk(const YAML::Node& map, const Visit& visit) {
  if (!is_map(map)) return;
  std::map<std::string, int> seen;  // and the line of each
  for (const auto& pair : map) {
    if (!may_visit(pair.first)) return;
    if (!pair.first.IsScalar()) {
      plain_mistake(pair.first.Mark(), "a key must be a word, not " + describe(pair.first));
    } else if (const auto [first, fresh] =
                   seen.emplace(pair.first.Scalar(), pair.first.Mark().line + 1);
               !fresh) {
      plain_mistake(pair.first.Mark(), "the key " + quote(pair.first.Scalar()) +
                                           " stands here twice, first in line " +
                                           std::to_string(first->second) + "; keep one");
    } else {
      visit(pair.first, pair.second);
    }
  }
}

void Reading::each_pair(const YAML::Node& map,
                        const std::function<void(const std::string&, const YAML::Node&)>& read) {
  walk(map, [&](const YAML::Node& key, const YAML::Node& value) {
    const Scope scope(*this, key.Scalar(), key.Mark());
    read(key.Scalar(), value);
  });
}

void Reading::each_key(const YAML::Node& map, std::span<const std::string_view> names,
                       const std::function<void(std::size_t, const YAML::Node&)>& read) {
  walk(map, [&](const YAML::Node& key, const YAML::Node& value) {
    const auto found = std::find(names.begin(), names.end(), key.Scalar());
    if (found == names.end()) return unknown_key(key, names);
    const Scope scope(*this, *found, key.Mark());
    read(static_cast<std::size_t>(found - names.begin()), value);
  });
}

void Reading::each_element(const YAML::Node& list, std::string_view wanted,
                           const std::function<void(std::size_t, const YAML::Node&)>& read) {
  if (!list.IsSequence()) return wrong_value(list, wanted);
  std::size_t index = 0;
  for (const auto& element : list) {
    if (!may_visit(element)) return;
    const Scope scope(*this, index, element.Mark());
    read(index++, element);
  }
}

void Reading::run_tasks() {
  for (const auto& task : tasks_) task();
}

std::vector<Mistake> Reading::take_mistakes() { return in_order(std::move(mistakes_)); }

std::vector<Mistake> Reading::take_warnings() { return in_order(std::move(warnings_)); }

KeyPlaces Reading::places() const {
  KeyPlaces places(file_);
  for (const auto& [key, mark] : marks_)
    places.add(key, std::max(mark.line, 0) + 1, std::max(mark.column, 0) + 1);
  return places;
}

}  // namespace ccnproxy::config
