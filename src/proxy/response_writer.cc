#include "ccnproxy/proxy/response_writer.h"

#include <charconv>

#include "ccnproxy/http/field_case.h"
#include "ccnproxy/http/field_rules.h"
#include "ccnproxy/proxy/local_reply.h"

namespace ccnproxy::proxy {
namespace {

void append_line(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ").append(value).append("\r\n");
}

void append_number(std::string& out, std::uint64_t number) {
  char digits[20];
  out.append(digits, std::to_chars(digits, digits + sizeof digits, number).ptr);
}

void append_length(std::string& out, std::uint64_t length) {
  out += "Content-Length: ";
  append_number(out, length);
  out += "\r\n";
}

void append_status_line(std::string& out, const http::ResponseHead& head) {
  out += "HTTP/1.1 ";
  append_number(out, head.status);
  out += ' ';
  out.append(head.reason.empty() ? http::reason_phrase(head.status) : head.reason).append("\r\n");
}

/// What a client has not taken of interim responses may grow to so much; more are left out.
constexpr std::size_t interim_limit = 64 * 1024;

}  // namespace

/// PHP code looks for names as their documentation spells them, which HTTP/2 can't carry (F142).
void ResponseWriter::choose_names(origin::Protocol protocol) {
  canonical_names_ =
      protocol == origin::Protocol::http2 && config_->field_case == config::FieldCase::canonical;
}

void ResponseWriter::append_field(std::string& out, const http::Field& field) const {
  if (!canonical_names_) return append_line(out, field.name, field.value);
  http::append_canonical(out, field.name);
  out.append(": ").append(field.value).append("\r\n");
}

/// Whether a Date is among them.
bool ResponseWriter::append_fields(std::string& out, const http::Fields& fields) const {
  const http::HopByHop hop_by_hop(fields);
  bool dated = false;
  for (const auto& field : fields) {
    dated = dated || field.id == http::FieldId::date;
    if (field.id == http::FieldId::content_length || field.id == http::FieldId::transfer_encoding)
      continue;
    if (!hop_by_hop.drops(field)) append_field(out, field);
  }
  return dated;
}

void ResponseWriter::append_own_fields(std::string& out) const {
  append_line(out, "Via", via_);
  append_line(out, config_->request_id_header, plan_->request_id());
}

void ResponseWriter::interim(const http::ResponseHead& head, origin::Protocol protocol) {
  if (plan_->head().version == http::Version::http10 || has_begun()) return;
  if (head.status == 101 ||
      (head.status == 100 && config_->expect_continue == config::ExpectContinue::local))
    return;
  if (output_->held() >= interim_limit) return;
  choose_names(protocol);
  auto& out = output_->front();
  append_status_line(out, head);
  append_fields(out, head.fields);
  out += "\r\n";
}

void ResponseWriter::switch_protocols(const http::ResponseHead& head, origin::Protocol protocol) {
  state_ = State::flushed;
  choose_names(protocol);
  auto& out = output_->front();
  append_status_line(out, head);
  append_fields(out, head.fields);
  append_line(out, "Connection", "Upgrade");
  append_line(out, "Upgrade", http::combined(head.fields, http::FieldId::upgrade));
  append_own_fields(out);
  out += "\r\n";
}

bool ResponseWriter::takes_body(std::uint16_t status) const {
  return !plan_->is_head() && status >= 200 && status != 204 && status != 304;
}

bool ResponseWriter::persists() const {
  return keep_alive_ && http::is_persistent(plan_->head().version, plan_->head().fields);
}

void ResponseWriter::begin(const http::ResponseHead& head, const http::BodyFraming& framing,
                           origin::Protocol protocol, const Manner& manner) {
  state_ = State::begun;
  choose_names(protocol);
  auto& out = output_->front();
  append_status_line(out, head);
  const bool dated = append_fields(out, head.fields);
  if (!dated) append_line(out, "Date", manner.date);
  append_own_fields(out);
  out += manner.debug_fields;
  append_body_framing(out, head, framing);
  if (!manner.may_persist || !persists()) {
    append_line(out, "Connection", "close");
  } else if (plan_->head().version == http::Version::http10) {
    append_line(out, "Connection", "keep-alive");
  }
  out += "\r\n";
}

/// Content-Length where it is known, else chunked, else (HTTP/1.0) the end of the connection.
void ResponseWriter::append_body_framing(std::string& out, const http::ResponseHead& head,
                                         const http::BodyFraming& framing) {
  using Kind = http::BodyFraming::Kind;
  if (framing.kind == Kind::length) length_ = framing.length;
  if (!takes_body(head.status)) {
    body_ = Body::none;
    if (framing.declared && head.status != 204)  // HEAD and 304 say what a GET would have had
      append_length(out, framing.declared_length);
  } else if (framing.declared || framing.kind == Kind::none) {
    body_ = Body::sized;
    append_length(out, framing.kind == Kind::none ? 0 : framing.declared_length);
  } else if (plan_->head().version == http::Version::http11) {
    body_ = Body::chunked;
    out += "Transfer-Encoding: chunked\r\n";
  } else {
    body_ = Body::until_close;
    keep_alive_ = false;
  }
  output_->set_chunked(body_ == Body::chunked);
}

bool ResponseWriter::end(const http::Fields& trailers) {
  if (expects_body() && length_ && bytes_ != *length_) return false;
  if (body_ == Body::chunked) {
    auto& out = output_->back();
    out += "0\r\n";
    if (plan_->outgoing().accepts_trailers) {
      for (const auto& field : trailers) {
        if (http::trailer_allowed(field)) append_field(out, field);
      }
    }
    out += "\r\n";
  }
  state_ = State::flushed;
  return true;
}

void ResponseWriter::make_room() {
  if (has_begun()) output_->drop_step();
  if (output_->held() > 0) keep_alive_ = false;
}

void ResponseWriter::reply(const LocalReply& reply, std::string_view date, std::string_view type) {
  state_ = State::flushed;
  LocalReplyMessage response{reply.status,
                             reply.error ? to_string(*reply.error) : std::string_view(), reply.text,
                             config_->request_id_header, plan_->request_id()};
  response.type = type;
  response.retry_after = reply.retry_after;
  response.date = date;
  response.head_only = plan_->is_head();
  response.tells_methods = reply.status == 200 && plan_->head().method == "OPTIONS";
  response.close = !persists();
  response.http10_keep_alive = plan_->head().version == http::Version::http10;
  append_local_reply(output_->front(), response);
  if (!response.head_only) bytes_ = reply.text.size() + 1;
}

}  // namespace ccnproxy::proxy
