#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <yaml-cpp/yaml.h>

#include "ccnproxy/config/loader.h"

namespace ccnproxy::config {

/// One run over one file: which key is being read, where it stands, and every mistake so far.
/// Bounded in what it visits and in how much it says, because an alias makes a small file stand for
/// a large one.
class Reading {
 public:
  static constexpr std::size_t max_values = 100'000;
  static constexpr std::size_t max_mistakes = 1'000;

  explicit Reading(std::string file);

  /// Names the key that is being read, for as long as it lives.
  class Scope {
   public:
    Scope(Reading& reading, std::string_view name, const YAML::Mark& mark);
    Scope(Reading& reading, std::size_t index, const YAML::Mark& mark);
    ~Scope() { reading_.path_.resize(length_); }
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;

   private:
    Reading& reading_;
    std::size_t length_;  ///< of the path outside
  };

  /// "`the.key` WHAT" at `mark`. The key counts as failed from then on.
  void mistake(const YAML::Mark& mark, std::string_view what);
  /// A mistake that is about no key of the schema.
  void plain_mistake(const YAML::Mark& mark, std::string_view message);
  /// "`the.key` WHAT" where the key stands, or at the start of the file if it does not.
  void mistake_in(const std::string& path, std::string_view what);

  /// As mistake_in(), of what is allowed but may not be what was meant.
  void warn_in(const std::string& path, std::string_view what);

  /// The key that is being read counts as failed: a part of it is wrong.
  void fail() { failed_.insert(path_); }
  bool given(const std::string& path) const { return marks_.count(path) != 0; }
  bool failed(const std::string& path) const { return failed_.count(path) != 0; }
  int line_of(const std::string& path) const;

  /// The text of a scalar; a mistake if it is none. `wanted` completes "must be ...".
  std::optional<std::string> scalar(const YAML::Node& node, std::string_view wanted);
  /// "must be WANTED, not `TEXT`".
  void wrong_value(const YAML::Node& node, std::string_view wanted);

  /// Calls `read` with the index in `names` and the value, for each known key of a map. Unknown and
  /// repeated keys are mistakes. A map without a value is an empty one: all its keys are comments.
  void each_key(const YAML::Node& map, std::span<const std::string_view> names,
                const std::function<void(std::size_t, const YAML::Node&)>& read);
  /// Calls `read` for each key of a map with arbitrary keys.
  void each_pair(const YAML::Node& map,
                 const std::function<void(const std::string&, const YAML::Node&)>& read);
  /// Calls `read` for each element of a list.
  void each_element(const YAML::Node& list, std::string_view wanted,
                    const std::function<void(std::size_t, const YAML::Node&)>& read);

  /// Runs `task` when everything else has been read.
  void later(std::function<void()> task) { tasks_.push_back(std::move(task)); }
  void run_tasks();

  /// Each in the order of the file.
  std::vector<Mistake> take_mistakes();
  /// Of every key that was read.
  KeyPlaces places() const;
  std::vector<Mistake> take_warnings();

 private:
  using Visit = std::function<void(const YAML::Node& key, const YAML::Node& value)>;

  bool may_visit(const YAML::Node& node);
  bool is_map(const YAML::Node& node);
  void walk(const YAML::Node& map, const Visit& visit);
  void unknown_key(const YAML::Node& key, std::span<const std::string_view> names);

  std::string file_;
  std::string path_;
  std::vector<Mistake> mistakes_;
  std::vector<Mistake> warnings_;
  std::map<std::string, YAML::Mark> marks_;  ///< of each key that was read
  std::set<std::string> failed_;
  std::vector<std::function<void()>> tasks_;
  std::size_t visited_ = 0;
};

}  // namespace ccnproxy::config
