// The way of a response from its origin to the client.

#include <algorithm>
#include <charconv>

#include "ccnproxy/base/quantity_text.h"
#include "ccnproxy/http/field_case.h"
#include "ccnproxy/http/field_rules.h"
#include "ccnproxy/proxy/client_session.h"
#include "ccnproxy/proxy/connection_login.h"
#include "ccnproxy/proxy/exchange.h"

namespace ccnproxy::proxy {
namespace {

void append_line(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ").append(value).append("\r\n");
}

void append_number(std::string& out, std::uint64_t number) {
  char digits[20];
  out.append(digits, std::to_chars(digits, digits + sizeof digits, number).ptr);
}

void append_status_line(std::string& out, const http::ResponseHead& head) {
  out += "HTTP/1.1 ";
  append_number(out, head.status);
  out += ' ';
  out.append(head.reason.empty() ? http::reason_phrase(head.status) : head.reason).append("\r\n");
}

void append_field(std::string& out, const http::Field& field, bool canonical) {
  if (!canonical) return append_line(out, field.name, field.value);
  http::append_canonical(out, field.name);
  out.append(": ").append(field.value).append("\r\n");
}

/// What a client has not taken of interim responses may grow to so much; more are left out.
constexpr std::size_t interim_limit = 64 * 1024;

}  // namespace

/// PHP code looks for names as their documentation spells them, which HTTP/2 can't carry (F142).
bool Exchange::wants_canonical_names() const {
  return protocol_ == origin::Protocol::http2 &&
         config_->field_case == config::FieldCase::canonical;
}

bool Exchange::append_fields(std::string& out, const http::Fields& fields) const {
  const http::HopByHop hop_by_hop(fields);
  const bool canonical = wants_canonical_names();
  bool dated = false;
  for (const auto& field : fields) {
    dated = dated || field.id == http::FieldId::date;
    if (field.id == http::FieldId::content_length || field.id == http::FieldId::transfer_encoding)
      continue;
    if (!hop_by_hop.drops(field)) append_field(out, field, canonical);
  }
  return dated;
}

/// HTTP/1.1 clients get 103 and the like; HTTP/1.0 has no such thing (RFC 9110 §15.2). An origin's
/// 100 answers nothing that we asked, unless the client's Expect was passed on. Each is a sign of
/// life: timeouts.response_head begins anew.
void Exchange::on_informational(const http::ResponseHead& head) {
  if (hedge_) hedge_->settle();
  if (head.status == 100) awaits_permission_ = false;
  watch_progress();
  if (request_.version == http::Version::http10 || response_begun_) return;
  if (head.status == 101 ||
      (head.status == 100 && config_->expect_continue == config::ExpectContinue::local))
    return;
  if (client_->output().held() >= interim_limit) return;
  auto& out = client_->output().front();
  append_status_line(out, head);
  append_fields(out, head.fields);
  out += "\r\n";
}

/// The origin has agreed: its 101 goes to the client, and after it whatever they say (F078).
void Exchange::on_upgrade(const http::ResponseHead& head,
                          std::unique_ptr<tls::Transport> connection, std::string_view rest) {
  stream_ = nullptr;
  place_ = std::exchange(dedicated_, nullptr)->keep_place();
  timer_.cancel();
  timings_.first_byte = context_.loop.now() - client_->request_began();
  status_ = head.status;
  response_begun_ = response_flushed_ = true;
  auto& out = client_->output().front();
  append_status_line(out, head);
  append_fields(out, head.fields);
  append_line(out, "Connection", "Upgrade");
  append_line(out, "Upgrade", http::combined(head.fields, http::FieldId::upgrade));
  append_line(out, "Via", context_.via);
  append_line(out, config_->request_id_header, request_id_);
  out += "\r\n";
  client_->begin_tunnel(std::move(connection), rest);
}

void Exchange::note_tunnel(const UpgradeTunnel& tunnel, UpgradeTunnel::End how) {
  using End = UpgradeTunnel::End;
  body_.pass(tunnel.to_origin());
  bytes_out_ += tunnel.to_client();
  if (how == End::closed) return;
  const auto side = how == End::client_broke   ? Side::client
                    : how == End::origin_broke ? Side::origin
                                               : Side::us;
  error_ = Error{ErrorType::connection_terminated, side, Phase::response, Proof::response_started,
                 how == End::idle
                     ? "the tunnel carried nothing for " +
                           time_text(config_->timeouts.tunnel_idle) + " (timeouts.tunnel_idle)"
                     : std::string("the tunnel was reset")};
}

bool Exchange::response_has_body(std::uint16_t status) const {
  return request_.method != "HEAD" && status >= 200 && status != 204 && status != 304;
}

void Exchange::on_response(const http::ResponseHead& head, const http::BodyFraming& framing) {
  if (hedge_) hedge_->settle();
  timings_.first_byte = context_.loop.now() - client_->request_began();
  status_ = head.status;
  response_begun_ = true;
  // What was meant for a tunnel that did not come to be is no request.
  if (!upgrade_.empty() && client_->has_unread()) keep_alive_ = false;
  body_expected_ = response_has_body(head.status);
  if (framing.kind == http::BodyFraming::Kind::length) body_length_ = framing.length;
  note_bulk(0, framing.length);
  if (bound_) note_login(head, framing);
  append_response_head(head, framing);
  watch_progress();
}

/// The client's connection ends with the one that is bound to it, and no sooner than a login that
/// the origin has answered one step of.
void Exchange::note_login(const http::ResponseHead& head, const http::BodyFraming& framing) {
  if (framing.kind == http::BodyFraming::Kind::until_close ||
      !http::is_persistent(head.version, head.fields))
    keep_alive_ = false;
  client_->note_login(
      head.status == 401 &&
      std::any_of(head.fields.begin(), head.fields.end(), [](const http::Field& field) {
        return http::iequals(field.name, "www-authenticate") && continues_login(field.value);
      }));
}

void Exchange::append_response_head(const http::ResponseHead& head,
                                    const http::BodyFraming& framing) {
  auto& out = client_->output().front();
  append_status_line(out, head);
  const bool dated = append_fields(out, head.fields);
  if (!dated) append_line(out, "Date", context_.date.at(context_.loop.now()));  // RFC 9110 §6.6.1
  append_line(out, "Via", context_.via);
  append_line(out, config_->request_id_header, request_id_);
  if (debug_) append_debug_fields(out);
  append_body_framing(head, framing);
  const bool keep = keep_alive_ && (!context_.draining || client_->login_under_way()) &&
                    http::is_persistent(request_.version, request_.fields) &&
                    client_->request_complete();
  if (!keep) {
    append_line(out, "Connection", "close");
  } else if (request_.version == http::Version::http10) {
    append_line(out, "Connection", "keep-alive");
  }
  out += "\r\n";
}

/// How it went, for a person at curl: Server-Timing in milliseconds (W3C), Proxy-Status (RFC 9209).
void Exchange::append_debug_fields(std::string& out) const {
  std::string timing = "conn;desc=\"";
  timing.append(found_ ? observe::to_string(*found_) : "none").append("\"");
  const auto add = [&](std::string_view name, Duration value) {
    if (value < Duration(0)) return;
    char text[48];
    const auto ms = std::chrono::duration<double, std::milli>(value).count();
    const auto n = std::snprintf(text, sizeof text, ", %.*s;dur=%.2f",
                                 static_cast<int>(name.size()), name.data(), ms);
    timing.append(text, static_cast<std::size_t>(n));
  };
  add("wait", timings_.wait);
  add("dns", timings_.dns);
  add("tcp", timings_.tcp);
  add("tls", timings_.tls);
  add("ttfb", timings_.first_byte);
  append_line(out, "Server-Timing", timing);
  std::string status = "ccnproxy; next-hop=\"" + address_ + "\"";
  if (protocol_) status.append("; next-protocol=").append(origin::to_string(*protocol_));
  append_line(out, "Proxy-Status", status);
}

/// Content-Length where it is known, else chunked, else (HTTP/1.0) the end of the connection.
void Exchange::append_body_framing(const http::ResponseHead& head,
                                   const http::BodyFraming& framing) {
  using Kind = http::BodyFraming::Kind;
  auto& out = client_->output().front();
  const bool has_length = framing.declared || framing.kind == Kind::none;
  if (!body_expected_) {
    if (framing.declared && head.status != 204) {  // HEAD and 304 say what a GET would have had
      out += "Content-Length: ";
      append_number(out, framing.declared_length);
      out += "\r\n";
    }
  } else if (has_length) {
    out += "Content-Length: ";
    append_number(out, framing.kind == Kind::none ? 0 : framing.declared_length);
    out += "\r\n";
  } else if (request_.version == http::Version::http11) {
    chunked_ = true;
    out += "Transfer-Encoding: chunked\r\n";
  } else {
    keep_alive_ = false;
  }
  client_->output().set_chunked(chunked_);
}

void Exchange::on_body(std::string_view bytes) {
  if (!body_expected_) return;  // a body where none can be: HEAD, 204, 304
  if (!body_length_) note_bulk(bytes_out_, bytes.size());
  bytes_out_ += bytes.size();
  client_->output().add_body(bytes);
}

void Exchange::on_flush() {
  if (!client_->output().has_step()) return;
  if (response_begun_) response_flushed_ = true;
  watch_progress();
  client_->flush();
}

void Exchange::on_complete(const http::Fields& trailers) {
  stream_ = nullptr;
  if (bound_ && !dedicated_->is_open()) keep_alive_ = false;
  dedicated_ = nullptr;
  timer_.cancel();
  if (body_expected_ && body_length_ && bytes_out_ != *body_length_) {
    return fail({ErrorType::http_response_incomplete, Side::origin, Phase::response,
                 Proof::response_started,
                 origin_.to_string() + ": the body's length is not what was declared"});
  }
  if (chunked_) {
    auto& out = client_->output().back();
    out += "0\r\n";
    if (outgoing_.accepts_trailers) {
      for (const auto& field : trailers) {
        if (http::trailer_allowed(field)) append_field(out, field, wants_canonical_names());
      }
    }
    out += "\r\n";
  }
  response_flushed_ = true;
  client_->finish(keep_alive_);
}

}  // namespace ccnproxy::proxy
