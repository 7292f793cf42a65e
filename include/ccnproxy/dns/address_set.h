#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "ccnproxy/base/clock.h"
#include "ccnproxy/net/ip_address.h"

namespace ccnproxy::dns {

/// How long an address may be absent from a name's answers before it counts as withdrawn.
struct AddressPatience {
  /// Successive answers without the address, all the same: then the name's owner has changed it.
  std::uint32_t answers = 3;
  /// And the time between the first and the last of them: three answers of a name with TTL 1 are
  /// three seconds, which says little.
  Duration absence = std::chrono::seconds(60);
  /// Where answers differ, or addresses have come back, each answer is a part of the whole, and an
  /// address must be absent from as many as would show the whole this many times. With 8 of 32 at
  /// random that is 32 answers; one of the 32 is by chance absent from so many once in 10,000.
  std::uint32_t rounds = 8;
};

enum class AddressFamily : std::uint8_t { v4, v6 };

/// What DNS answered to one question: all addresses of one family, in order; none where the name
/// has no record of this type.
struct FamilyAnswer {
  AddressFamily family = AddressFamily::v4;
  std::vector<Endpoint> addresses;  ///< port 0
};

/// The addresses of one name as a set with hysteresis, learnt from answer after answer. Many names
/// answer with a part of their addresses, another part each time; dropping connections to what the
/// newest answer leaves out would never end (envoyproxy/envoy#34721). So an address goes only when
/// its absence has been seen for long enough, see AddressPatience.
///
/// A and AAAA are learnt apart: where one question fails, it says nothing of its family. Holds
/// `max_addresses` a family; those absent the longest are forgotten first. Pure; belongs to its
/// thread.
class AddressSet {
 public:
  static constexpr std::size_t max_addresses = 64;

  explicit AddressSet(AddressPatience patience = {}) : patience_(patience) {}

  /// Until `good_until` the answer's family is dialled, even if no other answer comes.
  void learn(const FamilyAnswer& answer, TimePoint now, TimePoint good_until = TimePoint::max());

  /// In the order to dial: those of the newest answers, IPv6 first, in the order that DNS gave;
  /// then the others that are not withdrawn, the least absent first.
  std::vector<Endpoint> addresses(TimePoint now) const;

  /// Whether connections to `address` (port 0) should end. Of one that was never in an answer, or
  /// that has been forgotten, too, once the answers have settled without it.
  bool is_withdrawn(const Endpoint& address) const;

 private:
  struct Member {
    Endpoint address;
    std::uint32_t absent_from = 0;  ///< so many answers since the last that had it
    bool is_withdrawn = false;
    TimePoint absent_since{};  ///< the first of these
  };
  struct Answers {
    std::vector<Member> members;  ///< those of the newest answer in its order, then by absence
    std::size_t newest = 0;       ///< how many of them the newest answer has
    std::uint32_t same = 0;       ///< how many answers, to the newest, were the same
    TimePoint same_since{};
    TimePoint good_until{};
    std::uint32_t since_return = UINT32_MAX;  ///< answers since an absent address came back
    bool is_settled = false;                  ///< the same long enough to believe it
  };

  static bool is_same(const Answers& family, std::span<const Endpoint> answer);
  static void take(Answers& family, std::span<const Endpoint> answer, TimePoint now);
  void judge(Answers& family, TimePoint now) const;

  const Answers& of(AddressFamily family) const {
    return families_[static_cast<std::size_t>(family)];
  }

  AddressPatience patience_;
  std::array<Answers, 2> families_;  ///< by AddressFamily
};

}  // namespace ccnproxy::dns
