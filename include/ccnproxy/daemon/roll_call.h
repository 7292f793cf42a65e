#pragma once

#include <cstddef>
#include <vector>

namespace ccnproxy::daemon {

/// Who owes an answer. One question at a time to each member, so that a member that hangs does not
/// gather questions; one that answers late is back among the living.
class RollCall {
 public:
  explicit RollCall(std::size_t members) : owes_(members, false) {}

  std::size_t size() const noexcept { return owes_.size(); }
  /// Whether the member is to be asked now: not while it owes an answer. If so it owes one.
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
