#include "ccnproxy/dns/address_set.h"

#include <algorithm>

namespace ccnproxy::dns {
namespace {

std::uint32_t one_more(std::uint32_t n) { return n == UINT32_MAX ? n : n + 1; }

/// `answer` without repetitions and without what is more than a set may hold.
std::vector<Endpoint> distinct(std::span<const Endpoint> answer) {
  std::vector<Endpoint> addresses;
  for (const auto& address : answer) {
    if (addresses.size() == AddressSet::max_addresses) break;
    if (std::find(addresses.begin(), addresses.end(), address) == addresses.end())
      addresses.push_back(address);
  }
  return addresses;
}

}  // namespace

void AddressSet::learn(const FamilyAnswer& answer, TimePoint now, TimePoint good_until) {
  auto& known = families_[static_cast<std::size_t>(answer.family)];
  const auto addresses = distinct(answer.addresses);
  if (known.same == 0 || !is_same(known, addresses)) {
    known.same = 0;
    known.same_since = now;
  }
  known.same = one_more(known.same);
  known.good_until = good_until;
  take(known, addresses, now);
  judge(known, now);
}

/// The order is no difference: servers rotate it to spread load.
bool AddressSet::is_same(const Answers& family, std::span<const Endpoint> answer) {
  if (answer.size() != family.newest) return false;
  const auto end = family.members.begin() + static_cast<std::ptrdiff_t>(family.newest);
  return std::all_of(family.members.begin(), end, [&](const Member& member) {
    return std::find(answer.begin(), answer.end(), member.address) != answer.end();
  });
}

void AddressSet::take(Answers& family, std::span<const Endpoint> answer, TimePoint now) {
  std::vector<Member> members;
  members.reserve(answer.size() + family.members.size());
  for (const auto& address : answer) members.push_back({.address = address});
  family.since_return = one_more(family.since_return);
  for (auto& member : family.members) {
    if (std::find(answer.begin(), answer.end(), member.address) != answer.end()) {
      if (member.absent_from > 0) family.since_return = 0;
      continue;
    }
    if (member.absent_from == 0) member.absent_since = now;
    member.absent_from = one_more(member.absent_from);
    members.push_back(member);
  }
  members.resize(std::min(members.size(), max_addresses));
  members.shrink_to_fit();
  family.members = std::move(members);
  family.newest = answer.size();
}

void AddressSet::judge(Answers& family, TimePoint now) const {
  const auto alive = static_cast<std::uint64_t>(
      std::count_if(family.members.begin(), family.members.end(),
                    [](const Member& member) { return !member.is_withdrawn; }));
  // So many answers show all of the name's addresses `rounds` times, if each is a part of them.
  const auto newest = std::max<std::uint64_t>(1, family.newest);
  const auto many =
      std::max<std::uint64_t>(patience_.answers, (patience_.rounds * alive + newest - 1) / newest);
  const bool rotates = family.since_return < many;
  family.is_settled =
      !rotates && family.same >= patience_.answers && now - family.same_since >= patience_.absence;
  const auto enough = family.is_settled ? patience_.answers : many;
  for (auto& member : family.members) {
    if (member.absent_from >= enough && now - member.absent_since >= patience_.absence)
      member.is_withdrawn = true;
  }
}

std::vector<Endpoint> AddressSet::addresses(TimePoint now) const {
  std::vector<Endpoint> newest;
  std::vector<Member> others;
  for (const auto family : {AddressFamily::v6, AddressFamily::v4}) {
    if (now >= of(family).good_until) continue;
    for (const auto& member : of(family).members) {
      if (member.absent_from == 0) newest.push_back(member.address);
      if (member.absent_from > 0 && !member.is_withdrawn) others.push_back(member);
    }
  }
  std::stable_sort(others.begin(), others.end(),
                   [](const Member& a, const Member& b) { return a.absent_from < b.absent_from; });
  for (const auto& member : others) newest.push_back(member.address);
  return newest;
}

bool AddressSet::is_withdrawn(const Endpoint& address) const {
  const auto& family = of(address.is_v6() ? AddressFamily::v6 : AddressFamily::v4);
  const auto found = std::find_if(family.members.begin(), family.members.end(),
                                  [&](const Member& member) { return member.address == address; });
  return found == family.members.end() ? family.is_settled : found->is_withdrawn;
}

}  // namespace ccnproxy::dns
