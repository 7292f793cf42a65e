#pragma once

#include <map>
#include <string>
#include <string_view>

#include "ccnproxy/config/mistake.h"

namespace ccnproxy::config {

/// Where each key of a configuration was given: at a line and column of its file, or by a flag. For
/// what is found wrong only when the configuration is put to use.
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
  /// "`the.key` WHAT" with the place of the key, or else of what it stands in. A key that nobody
  /// gave has the start of the file, and no place where there is no file.
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
