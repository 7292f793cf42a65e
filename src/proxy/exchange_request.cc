// What becomes of a request before it is sent: its origin, what is refused, what the origin gets.

#include "ccnproxy/http/field_rules.h"
#include "ccnproxy/http/list.h"
#include "ccnproxy/proxy/client_session.h"
#include "ccnproxy/proxy/connection_login.h"
#include "ccnproxy/proxy/exchange.h"
#include "ccnproxy/proxy/max_forwards.h"
#include "ccnproxy/proxy/unserved.h"

namespace ccnproxy::proxy {
namespace {

/// What a chocon puts on each request; chocons don't take requests of each other, and we replace
/// one.
constexpr std::string_view chocon_version_header = "x-chocon-ver";
/// Where loops show (RFC 8586): no server compresses less for it, as many do for Via.
constexpr std::string_view loop_header = "CDN-Loop";
constexpr std::string_view debug_header = "x-ccnproxy-debug";
/// The workers are waited for a second (StatsDesk); with their answers on the way it may be more.
constexpr auto statistics_patience = std::chrono::seconds(5);

/// A TE field, which may stand there several times (RFC 9110 §5.3); its other members can have
/// quoted parameters.
bool accepts_trailers(std::string_view te) {
  for (std::string_view coding; http::next_element(te, coding);) {
    if (http::iequals(coding, "trailers")) return true;
  }
  return false;
}

}  // namespace

void Exchange::choose_request_id() {
  const auto* given = http::find(request_.fields, config_->request_id_header);
  if (given && !given->value.empty() && given->value.size() <= 128) {
    request_id_ = given->value;
  } else {
    context_.ids.next(request_id_);
  }
}

/// Finds the origin, or answers the client and returns false.
bool Exchange::map() {
  const auto host = http::request_host(request_);
  if (!host) {  // in doubt for whom: what follows is not to be trusted either (F079)
    fail_with(host.error().status_code, ErrorType::http_request_error, Side::client, Phase::request,
              host.error().reason);
    return false;
  }
  if (is_loop()) {
    fail_with(508, ErrorType::proxy_loop_detected, Side::client, Phase::route,
              "the request has come through this proxy before");
    return false;
  }
  auto mapped = context_.labels->map(
      {request_.method, request_.target, *host, client_->address().listener_port});
  if (!mapped) {
    if (mapped.error().no_label && answer_own_path()) return false;
    // No label: the request is sound, only nobody's. All else may hold what another program reads
    // differently, or bytes meant for a tunnel behind it: the connection ends.
    const auto phase = mapped.error().no_label ? Phase::route : Phase::request;
    fail_with(mapped.error().status_code, ErrorType::http_request_error, Side::client, phase,
              mapped.error().reason);
    return false;
  }
  origin_ = std::move(mapped->origin);
  authority_ = mapped->host.empty() ? origin_.authority() : std::string(mapped->host);
  if (mapped->prepend_slash) path_.assign("/").append(mapped->target);
  outgoing_.path = mapped->prepend_slash ? std::string_view(path_) : mapped->target;
  return true;
}

/// The pool of origin_, or null when the client has been answered or goes to another worker, which
/// judges for itself. An origin is judged when it gets its pool, not for each request: who has one
/// is allowed.
pool::OriginPool* Exchange::find_pool() {
  if (auto* pool = context_.pools.known(origin_); pool && !pool->is_barred()) return pool;
  const auto decision = context_.access->judge(origin_);
  if (!decision.allowed) {
    fail_with(403, decision.type, Side::client, Phase::route, decision.reason);
    return nullptr;
  }
  if (may_go_elsewhere()) {
    if (const auto worker = context_.ready_elsewhere(origin_)) {
      go_to(*worker);
      return nullptr;
    }
  }
  auto* pool = context_.pools.find(origin_);
  if (!pool) {
    fail_with(503, ErrorType::connection_limit_reached, Side::us, Phase::queue,
              "too many origins in use (limits.origins is " +
                  std::to_string(config_->limits.origins) + ")");
  }
  return pool;
}

/// Whether it asks for no more than is done here; else the client has been answered.
bool Exchange::is_served(const http::BodyFraming& framing) {
  auto unserved = find_unserved(request_);
  upgrade_ = wanted_upgrade(request_);
  if (!unserved && !upgrade_.empty()) {
    if (!config_->tunnel_upgrades) {
      unserved = Unserved{501, no_upgrades};
    } else if (framing.kind != http::BodyFraming::Kind::none) {
      unserved = Unserved{501, no_upgrade_with_body};
    }
  }
  if (!unserved) return true;
  fail_with(unserved->status, ErrorType::http_request_error, Side::client, Phase::request,
            unserved->reason);
  return false;
}

/// Whether Max-Forwards lets it go on; else the client has been answered. A TRACE would be echoed
/// with the credentials in it, which no server of today does.
bool Exchange::may_go_on() {
  using Says = MaxForwards::Says;
  auto forwards = read_max_forwards(request_);
  switch (forwards.says) {
    case Says::nothing:
      return true;
    case Says::pass_on:
      forwards_left_ = std::move(forwards.value);
      return true;
    case Says::bad:
      fail_with(400, ErrorType::http_request_error, Side::client, Phase::request,
                "Max-Forwards is not one number");
      return false;
    case Says::stop:
      break;
  }
  if (request_.method == "TRACE") {
    fail_with(405, ErrorType::http_request_error, Side::client, Phase::route,
              "Max-Forwards is 0, and this proxy answers no TRACE: it would show credentials; ask "
              "with OPTIONS");
    return false;
  }
  if (!client_->request_complete()) keep_alive_ = false;
  answer(200, "", "Max-Forwards is 0: this is ccnproxy, the origin was not asked");
  return false;
}

/// Whether it is for ourselves, and has been answered or will be.
bool Exchange::answer_own_path() {
  if (request_.method != "GET" && request_.method != "HEAD") return false;
  const auto path = request_.target.substr(0, request_.target.find('?'));
  if (path == "/hc") {
    answer_health();
  } else if (path == "/.api/http-stats" && context_.ask_statistics && client_->request_complete()) {
    ask_statistics();
  } else {
    return false;
  }
  return true;
}

void Exchange::answer_health() {
  if (context_.draining) {
    keep_alive_ = false;
    answer(503, "", "draining");
  } else {
    answer(200, "", "OK");
  }
}

/// Other workers have a part in them, so the client waits. It may leave, and this exchange be
/// another's, before the answer is here.
void Exchange::ask_statistics() {
  asked_ = std::make_shared<Exchange*>(this);
  timer_.set_after(statistics_patience);
  context_.ask_statistics([asked = std::weak_ptr(asked_)](const std::string& json) {
    const auto still = asked.lock();
    if (!still) return;
    auto& exchange = **still;
    exchange.asked_.reset();
    exchange.answer(200, "", json, "application/json");
  });
}

/// Our name in Via and CDN-Loop, without the version that is before it in Via.
std::string_view Exchange::pseudonym() const {
  const std::string_view via = context_.via;
  return via.substr(via.find(' ') + 1);
}

bool Exchange::is_loop() const {
  const auto name = pseudonym();
  for (const auto& field : request_.fields) {
    const bool tells = field.id == http::FieldId::via || http::iequals(field.name, loop_header);
    if (tells && field.value.find(name) != field.value.npos) return true;
    if (http::iequals(field.name, chocon_version_header)) return true;
  }
  return false;
}

void Exchange::build_request(const http::BodyFraming& framing) {
  outgoing_.method = request_.method;
  outgoing_.scheme = origin_.scheme == origin::Scheme::https ? "https" : "http";
  outgoing_.authority = authority_;
  outgoing_.body = framing;
  outgoing_.upgrade = upgrade_;
  idempotent_ = http::is_idempotent(request_.method);
  const http::HopByHop hop_by_hop(request_.fields);
  for (const auto& field : request_.fields) {
    using Id = http::FieldId;
    switch (field.id) {
      case Id::host:
      case Id::content_length:
      case Id::transfer_encoding:
        continue;
      case Id::te:
        outgoing_.accepts_trailers |= accepts_trailers(field.value);
        continue;
      case Id::expect:
        expects_continue_ |= request_.version == http::Version::http11 &&
                             http::list_contains(field.value, "100-continue");
        if (config_->expect_continue == config::ExpectContinue::local) continue;
        break;
      case Id::idempotency_key:
        idempotent_ = true;
        break;
      default:
        break;
    }
    if (hop_by_hop.drops(field) || http::iequals(field.name, config_->request_id_header)) continue;
    if (http::iequals(field.name, "authorization"))
      login_ = login_ || logs_connection_in(field.value);
    if (http::iequals(field.name, debug_header)) {
      debug_ = field.value == "1";
      continue;
    }
    if (!forwards_left_.empty() && http::iequals(field.name, max_forwards_header)) {
      outgoing_.fields.push_back({field.name, forwards_left_, field.id});
      continue;
    }
    outgoing_.fields.push_back(field);
  }
  if (config_->via == config::Via::append) {
    outgoing_.fields.push_back({"Via", context_.via, http::FieldId::via});
  } else {
    outgoing_.fields.push_back({loop_header, pseudonym(), http::FieldId::other});
  }
  outgoing_.fields.push_back({config_->request_id_header, request_id_, http::FieldId::request_id});
}

/// An upload must not wait a round trip for a permission that is nearly always given (F111).
void Exchange::answer_expectation() {
  if (client_->request_complete() || client_->has_input()) return;
  if (config_->expect_continue == config::ExpectContinue::origin) {
    awaits_permission_ = true;
    return;
  }
  client_->output().front() += "HTTP/1.1 100 Continue\r\n\r\n";
  client_->flush();
}

}  // namespace ccnproxy::proxy
