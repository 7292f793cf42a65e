#include "ccnproxy/proxy/request_plan.h"

#include <utility>

#include "ccnproxy/base/quantity_text.h"
#include "ccnproxy/http/field_rules.h"
#include "ccnproxy/http/list.h"
#include "ccnproxy/proxy/connection_login.h"
#include "ccnproxy/proxy/max_forwards.h"
#include "ccnproxy/proxy/unsupported_request.h"

namespace ccnproxy::proxy {
namespace {

/// What a chocon puts on each request; chocons don't take requests of each other, and we replace
/// one.
constexpr std::string_view chocon_version_header = "x-chocon-ver";
/// Where loops show (RFC 8586): no server compresses less for it, as many do for Via.
constexpr std::string_view loop_header = "CDN-Loop";
constexpr std::string_view debug_header = "x-ccnproxy-debug";

/// A TE field, which may stand there several times (RFC 9110 §5.3); its other members can have
/// quoted parameters.
bool accepts_trailers(std::string_view te) {
  for (std::string_view coding; http::next_element(te, coding);) {
    if (http::iequals(coding, "trailers")) return true;
  }
  return false;
}

/// Our name in Via and CDN-Loop, without the version that is before it in Via.
std::string_view pseudonym(std::string_view via) { return via.substr(via.find(' ') + 1); }

/// The same views, of a copy of the bytes they were of. `out` keeps what it has grown to.
void rebase(const http::RequestHead& head, std::string_view from, std::string_view to,
            http::RequestHead& out) {
  const auto move = [&](std::string_view v) {
    return v.empty() ? std::string_view()
                     : to.substr(static_cast<std::size_t>(v.data() - from.data()), v.size());
  };
  out.method = move(head.method);
  out.target = move(head.target);
  out.version = head.version;
  out.fields.clear();
  for (const auto& field : head.fields)
    out.fields.push_back({move(field.name), move(field.value), field.id});
}

}  // namespace

LocalReply body_too_large(std::uint64_t limit) {
  return {413, "the request's body is larger than limits.body_bytes, which is " + size_text(limit),
          ErrorType::http_request_error};
}

void RequestPlan::begin(std::string_view bytes, const http::RequestHead& head) {
  bytes_.assign(bytes);
  rebase(head, bytes, bytes_, head_);
  for (auto* text : {&authority_, &path_, &forwards_left_, &upgrade_, &request_id_}) text->clear();
  auto fields = std::move(outgoing_.fields);  // with what it has grown to
  fields.clear();
  outgoing_ = {};
  outgoing_.fields = std::move(fields);
  traits_ = {};
  reply_.reset();
}

void RequestPlan::refuse(std::string_view bytes) {
  begin(bytes, {});
  const auto line = std::string_view(bytes_).substr(0, bytes_.find_first_of("\r\n"));
  const auto space = line.find(' ');
  head_.method = line.substr(0, std::min<std::size_t>(space, 16));
  if (space != line.npos)
    head_.target = line.substr(space + 1, line.find(' ', space + 1) - space - 1);
}

RequestPlan::Outcome RequestPlan::plan(std::string_view bytes, const http::RequestHead& head,
                                       const http::BodyFraming& framing, const Terms& terms) {
  begin(bytes, head);
  choose_request_id(terms);
  auto outcome = map(terms, framing.kind != http::BodyFraming::Kind::none);
  if (outcome == Outcome::forward) outcome = check_served(framing, terms.config);
  if (outcome == Outcome::forward) outcome = check_forwards();
  if (outcome != Outcome::forward) return outcome;
  const auto limit = terms.config.limits.body_bytes;
  if (limit > 0 && framing.length > limit) {
    reply_ = body_too_large(limit);
    return Outcome::reply;
  }
  build(framing, terms);
  return outcome;
}

RequestPlan::Outcome RequestPlan::fail(std::uint16_t status, std::string_view reason, Phase phase,
                                       ErrorType type) {
  reply_ = {status, std::string(reason), type, Side::client, phase};
  return Outcome::reply;
}

void RequestPlan::choose_request_id(const Terms& terms) {
  const auto* given = http::find(head_.fields, terms.config.request_id_header);
  if (given && !given->value.empty() && given->value.size() <= 128) {
    request_id_ = given->value;
  } else {
    terms.ids.next(request_id_);
  }
}

RequestPlan::Outcome RequestPlan::map(const Terms& terms, bool has_body) {
  const auto host = http::request_host(head_);
  if (!host)  // an unclear host: what follows is not to be trusted either (F079)
    return fail(host.error().status_code, host.error().reason);
  if (is_loop(pseudonym(terms.via))) {
    return fail(508, "the request has come through this proxy before", Phase::route,
                ErrorType::proxy_loop_detected);
  }
  auto mapped = terms.labels.map({head_.method, head_.target, *host, terms.listener_port});
  if (!mapped) {
    const auto& failure = mapped.error();
    if (failure.no_label) {
      const auto own = own_path(terms, has_body);
      if (own != Outcome::forward) return own;
    }
    // No label: the request is sound, but has no origin. All else may hold what another program
    // reads differently, or bytes meant for a tunnel behind it: the connection ends.
    return fail(failure.status_code, failure.reason,
                failure.no_label ? Phase::route : Phase::request);
  }
  origin_ = std::move(mapped->origin);
  authority_ = mapped->host.empty() ? origin_.authority() : std::string(mapped->host);
  if (mapped->prepend_slash) path_.assign("/").append(mapped->target);
  outgoing_.path = mapped->prepend_slash ? std::string_view(path_) : mapped->target;
  return Outcome::forward;
}

/// What it asks of ourselves; Outcome::forward: nothing.
RequestPlan::Outcome RequestPlan::own_path(const Terms& terms, bool has_body) {
  if (!is_get_or_head()) return Outcome::forward;
  const auto path = head_.target.substr(0, head_.target.find('?'));
  if (path == "/hc") {
    reply_.emplace();
    reply_->status = terms.draining ? 503 : 200;
    reply_->text = terms.draining ? "draining" : "OK";
    return Outcome::reply;
  }
  if (path == "/.api/http-stats" && terms.tells_statistics && !has_body) return Outcome::statistics;
  return Outcome::forward;
}

/// Whether it asks for no more than is done here.
RequestPlan::Outcome RequestPlan::check_served(const http::BodyFraming& framing,
                                               const config::Config& config) {
  auto unserved = find_unsupported(head_);
  upgrade_ = wanted_upgrade(head_);
  if (!unserved && is_upgrade()) {
    if (!config.tunnel_upgrades) {
      unserved = UnsupportedRequest{501, no_upgrades};
    } else if (framing.kind != http::BodyFraming::Kind::none) {
      unserved = UnsupportedRequest{501, no_upgrade_with_body};
    }
  }
  return unserved ? fail(unserved->status, unserved->reason) : Outcome::forward;
}

/// Whether Max-Forwards lets it go on. A TRACE would be echoed with the credentials in it, which no
/// server of today does.
RequestPlan::Outcome RequestPlan::check_forwards() {
  using Says = MaxForwards::Says;
  auto forwards = read_max_forwards(head_);
  switch (forwards.says) {
    case Says::nothing:
      return Outcome::forward;
    case Says::pass_on:
      forwards_left_ = std::move(forwards.value);
      return Outcome::forward;
    case Says::bad:
      return fail(400, "Max-Forwards is not one number");
    case Says::stop:
      break;
  }
  if (head_.method == "TRACE") {
    return fail(405,
                "Max-Forwards is 0, and this proxy answers no TRACE: it would show credentials; "
                "ask with OPTIONS",
                Phase::route);
  }
  reply_ = {200, "Max-Forwards is 0: this is ccnproxy, the origin was not asked", std::nullopt};
  return Outcome::reply;
}

bool RequestPlan::is_loop(std::string_view pseudonym) const {
  for (const auto& field : head_.fields) {
    const bool tells = field.id == http::FieldId::via || http::iequals(field.name, loop_header);
    if (tells && field.value.find(pseudonym) != field.value.npos) return true;
    if (http::iequals(field.name, chocon_version_header)) return true;
  }
  return false;
}

void RequestPlan::build(const http::BodyFraming& framing, const Terms& terms) {
  outgoing_.method = head_.method;
  outgoing_.scheme = origin_.scheme == origin::Scheme::https ? "https" : "http";
  outgoing_.authority = authority_;
  outgoing_.body = framing;
  outgoing_.upgrade = upgrade_;
  traits_.idempotent = http::is_idempotent(head_.method);
  const http::HopByHop hop_by_hop(head_.fields);
  for (const auto& field : head_.fields) {
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
        traits_.expects_continue |= head_.version == http::Version::http11 &&
                                    http::list_contains(field.value, "100-continue");
        if (terms.config.expect_continue == config::ExpectContinue::local) continue;
        break;
      case Id::idempotency_key:
        traits_.idempotent = true;
        break;
      default:
        break;
    }
    if (!hop_by_hop.drops(field)) add_field(field, terms);
  }
  if (terms.config.via == config::Via::append) {
    outgoing_.fields.push_back({"Via", terms.via, http::FieldId::via});
  } else {
    outgoing_.fields.push_back({loop_header, pseudonym(terms.via), http::FieldId::other});
  }
  outgoing_.fields.push_back(
      {terms.config.request_id_header, request_id_, http::FieldId::request_id});
}

void RequestPlan::add_field(const http::Field& field, const Terms& terms) {
  if (http::iequals(field.name, terms.config.request_id_header)) return;
  if (http::iequals(field.name, "authorization"))
    traits_.login = traits_.login || logs_connection_in(field.value);
  if (http::iequals(field.name, debug_header)) {
    traits_.debug = field.value == "1";
  } else if (!forwards_left_.empty() && http::iequals(field.name, max_forwards_header)) {
    outgoing_.fields.push_back({field.name, forwards_left_, field.id});
  } else {
    outgoing_.fields.push_back(field);
  }
}

std::string_view RequestPlan::host() const {
  const auto* host = http::find(head_.fields, http::FieldId::host);
  return host ? host->value : std::string_view();
}

}  // namespace ccnproxy::proxy
