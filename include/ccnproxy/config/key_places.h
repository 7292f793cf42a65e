#pragma once

#include <map>
#include <string>
#include <string_view>

#include "ccnproxy/config/mistake.h"

namespace ccnproxy::config {

/// The source of each key of a configuration: a line and column of its file, or a flag. For errors
/// that are found only when the configuration is used.
class KeyPlaces {
 public:
  KeyPlaces() = default;
  explicit KeyPlaces(std::string file) : file_(std::move(file)) {}

  void add(const std::string& key, int line, int column) { places_[key] = {line, column}; }
  /// A flag wins over the file.
  void add_flag(const std::string& key, const std::string& flag) { flags_[key] = flag; }

  /// Empty where there is none.
  const std::string& file() const noexcept { return file_; }
  bool given(const std::string& key) const;
  /// The error "`the.key` WHAT" at the key, or else at the map that contains it. A key that is not
  /// given has the start of the file, and no place if there is no file.
  Mistake mistake(const std::string& key, std::string_view what) const;

 private:
  struct Place {
    int line = 1;
    int column = 1;
  };

  std::string file_;
  std::map<std::string, Place> places_;
  std::map<std::string, std::string> flags_;
};

}  // namespace ccnproxy::config
