#include "plan.h"

#include <span>

#include "token.h"

namespace ccnproxy::soak {
namespace {

template <class T>
struct Share {
  T what;
  std::uint32_t weight;
};

template <class T>
T draw(Dice& dice, std::span<const Share<T>> shares) {
  std::uint32_t total = 0;
  for (const auto& share : shares) total += share.weight;
  auto at = dice.below(total);
  for (const auto& share : shares) {
    if (at < share.weight) return share.what;
    at -= share.weight;
  }
  return shares.front().what;
}

// Stalls cost a second each and what ends connections costs handshakes, so these are rare: a
// million requests have thousands of them all the same.
constexpr Share<Act> acts[] = {
    {Act::answer, 8500},       {Act::answer_late, 200},
    {Act::answer_slowly, 100}, {Act::answer_early, 100},
    {Act::inform_first, 150},  {Act::add_trailers, 150},
    {Act::error_status, 200},  {Act::no_content, 150},
    {Act::refuse, 40},         {Act::reset_unanswered, 40},
    {Act::truncate, 50},       {Act::close_in_body, 20},
    {Act::stall, 4},           {Act::stall_in_body, 4},
    {Act::too_long, 30},       {Act::too_short, 30},
    {Act::malformed_head, 20}, {Act::go_away, 20},
    {Act::go_away_hard, 12},   {Act::drop, 12},
    {Act::unasked_bytes, 20},
};

constexpr Share<std::string_view> methods[] = {
    {"GET", 55}, {"POST", 25}, {"PUT", 14}, {"HEAD", 3}, {"DELETE", 3}};

constexpr Share<Flaw> flaws[] = {{Flaw::none, 80},         {Flaw::closed_at_once, 4},
                                 {Flaw::no_tls, 3},        {Flaw::silent, 1},
                                 {Flaw::late_settings, 4}, {Flaw::few_streams, 4},
                                 {Flaw::small_windows, 4}, {Flaw::ends_after_tls, 4}};

constexpr Share<ClientKind> kinds[] = {
    {ClientKind::keep_alive, 50},    {ClientKind::one_request, 15},
    {ClientKind::http10, 5},         {ClientKind::pipelined, 12},
    {ClientKind::slow_reader, 2},    {ClientKind::leaves_in_head, 5},
    {ClientKind::leaves_in_body, 5}, {ClientKind::leaves_in_response, 6}};

constexpr std::uint32_t largest_body = 128 * 1024;
constexpr std::uint32_t largest_answer = 256 * 1024;

/// Draws for different things must not be the same ones.
enum Stream : std::uint64_t { of_request = 1, of_connection, of_client };

Dice dice_for(std::uint64_t seed, Stream stream, std::uint64_t number) {
  return Dice(mixed(mixed(mixed(seed) + stream) ^ number));
}

}  // namespace

std::uint64_t Dice::next() { return mixed(state_++); }

std::uint32_t Dice::size(std::uint32_t largest) {
  if (one_in(60)) return below(largest);
  return one_in(4) ? below(8 * 1024) : below(512);
}

std::string_view name_of(Place place) noexcept {
  constexpr std::string_view names[] = {"h2.test", "h1.test", "either.test", "plain.test",
                                        "login.test"};
  return names[static_cast<std::size_t>(place)];
}

std::string_view label_of(Place place) noexcept {
  return is_plain(place) ? "ccnproxy" : "ccnproxy-https";
}

void make_challenge(RequestPlan& plan) {
  plan.act = Act::answer;
  plan.status = 401;
}

RequestPlan request_plan(std::uint64_t seed, std::uint64_t id) {
  auto dice = dice_for(seed, of_request, id);
  RequestPlan plan;
  plan.token = token_of(seed, id);
  plan.method = draw<std::string_view>(dice, methods);
  plan.has_body = plan.method == "POST" || plan.method == "PUT";
  plan.chunked = plan.has_body && dice.one_in(3);
  plan.body = plan.has_body ? dice.size(largest_body) : 0;
  plan.act = draw<Act>(dice, acts);
  plan.answer = dice.size(largest_answer);
  plan.chunked_answer = dice.one_in(3);
  if (plan.act == Act::too_long || plan.act == Act::too_short) plan.chunked_answer = false;
  if (plan.act == Act::add_trailers) plan.chunked_answer = true;
  if (plan.act == Act::error_status) plan.status = dice.one_in(2) ? 500 : 404;
  if (plan.act == Act::no_content) plan.status = 204;
  if (plan.act == Act::no_content) plan.chunked_answer = false;
  return plan;
}

ConnectionPlan connection_plan(std::uint64_t seed, std::uint64_t serial) {
  auto dice = dice_for(seed, of_connection, serial);
  ConnectionPlan plan;
  plan.flaw = draw<Flaw>(dice, flaws);
  plan.speaks_h2 = dice.one_in(2);
  if (dice.one_in(20)) plan.closes_when_idle = 1 + dice.below(dice.one_in(3) ? 3000 : 400);
  if (dice.one_in(20)) plan.closes_unused = 1 + dice.below(3000);
  if (dice.one_in(40)) plan.closes_after_answer = 20;
  if (dice.one_in(3)) plan.most_requests = 1 + dice.below(2000);
  plan.in_order = !dice.one_in(3);
  return plan;
}

ClientPlan client_plan(std::uint64_t seed, std::uint64_t number) {
  auto dice = dice_for(seed, of_client, number);
  ClientPlan plan;
  plan.kind = draw<ClientKind>(dice, kinds);
  plan.place = places[dice.below(places.size())];
  const bool single = plan.kind == ClientKind::one_request || plan.kind == ClientKind::http10;
  if (!single) plan.requests = 1 + dice.below(plan.kind == ClientKind::keep_alive ? 24 : 8);
  plan.leaves_after = dice.one_in(3) ? dice.below(20'000) : dice.below(400);
  plan.leaves_by_reset = dice.one_in(2);
  plan.user = dice.below(4);
  return plan;
}

}  // namespace ccnproxy::soak
