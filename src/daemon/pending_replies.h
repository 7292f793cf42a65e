#pragma once

#include <cstddef>
#include <vector>

namespace ccnproxy::daemon {

/// The members with a pending reply. Each member has one question at a time, so questions to a hung
/// member do not pile up; a late answer makes it responsive again.
class PendingReplies {
 public:
  explicit PendingReplies(std::size_t members) : owes_(members, false) {}

  std::size_t size() const noexcept { return owes_.size(); }
  /// Whether to ask the member now: not while a reply is pending. If so, one is pending from now
  /// on.
  bool ask(std::size_t member) {
    if (owes_[member]) return false;
    owes_[member] = true;
    return true;
  }
  void answer(std::size_t member) { owes_[member] = false; }
  std::vector<std::size_t> silent() const {
    std::vector<std::size_t> members;
    for (std::size_t i = 0; i < owes_.size(); ++i) {
      if (owes_[i]) members.push_back(i);
    }
    return members;
  }

 private:
  std::vector<bool> owes_;
};

}  // namespace ccnproxy::daemon
