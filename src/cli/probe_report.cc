#include "probe_report.h"

#include "ccnproxy/cli/terminal.h"
#include "ccnproxy/observe/json_text.h"

namespace ccnproxy::cli {
namespace {

constexpr std::size_t name_width = 4;
constexpr std::size_t time_width = 10;  ///< of a column, with what is before it

std::string milliseconds(Duration time, int digits) {
  char out[48];
  const auto value = std::chrono::duration<double, std::milli>(time).count();
  const auto size = std::snprintf(out, sizeof out, "%.*f", digits, value);
  return {out, static_cast<std::size_t>(size)};
}

/// The certificate that was met last.
const tls::HandshakeFacts* certificate_of(const ProbeReport& report) {
  for (auto it = report.attempts.rbegin(); it != report.attempts.rend(); ++it) {
    if (it->tls && it->tls->certificate) return &*it->tls;
  }
  return nullptr;
}

/// A column of times, in milliseconds.
std::string time_cell(std::optional<Duration> time) {
  const auto text = time ? milliseconds(*time, 1) : "-";
  return std::string(time_width - std::min(time_width, text.size()), ' ') + text;
}

std::string outcome(const ProbeResult& result) {
  if (!result.error) return std::to_string(result.status);
  const auto& e = *result.error;
  return "failed in " + std::string(to_string(e.phase)) + ": " + std::string(to_string(e.type)) +
         ": " + e.detail;
}

Style style_of(const ProbeResult& result) {
  if (result.error) return Style::bad;
  return result.status < 400 ? Style::good : Style::warning;
}

std::string tls_text(const tls::HandshakeFacts& facts) {
  auto text = facts.version + ' ' + facts.cipher;
  if (!facts.group.empty()) {
    text += ' ';
    text += facts.group;
  }
  if (facts.retried) text += " by a HelloRetryRequest";
  if (facts.alpn.empty()) text += ", no ALPN";
  if (!facts.fault.empty()) return text;
  text += facts.resumed ? ", resumed" : ", full handshake";
  text += ", ClientHello of ";
  text += std::to_string(facts.hello_bytes);
  return text += " bytes";
}

/// What no peer's text can make of it: a terminal's control sequence.
std::string printable(std::string text) {
  for (char& c : text) {
    if (c < ' ' || c > '~') c = '?';
  }
  return text;
}

std::string json_string(std::string_view text) {
  std::string out = "\"";
  observe::append_escaped(out, text);
  return out + '"';
}

/// An object of JSON, written member by member.
class JsonObject {
 public:
  JsonObject& raw(const char* key, const std::string& json) {
    out_ += (out_.empty() ? "{\"" : ",\"") + std::string(key) + "\":" + json;
    return *this;
  }
  JsonObject& text(const char* key, std::string_view value) { return raw(key, json_string(value)); }
  std::string take() { return out_.empty() ? "{}" : out_ + '}'; }

 private:
  std::string out_;
};

std::string error_json(const std::optional<Error>& error) {
  if (!error) return "null";
  return JsonObject()
      .text("type", to_string(error->type))
      .text("side", to_string(error->side))
      .text("phase", to_string(error->phase))
      .text("detail", error->detail)
      .take();
}

std::string tls_json(const tls::HandshakeFacts& facts) {
  return JsonObject()
      .text("version", facts.version)
      .text("cipher", facts.cipher)
      .text("group", facts.group)
      .text("alpn", facts.alpn)
      .raw("resumed", facts.resumed ? "true" : "false")
      .raw("hello_bytes", std::to_string(facts.hello_bytes))
      .raw("hello_retried", facts.retried ? "true" : "false")
      .take();
}

std::string result_json(const ProbeResult& result, bool fresh) {
  JsonObject json;
  const auto time = [&](const char* key, Duration t) { json.raw(key, milliseconds(t, 3)); };
  if (result.connection && fresh) {
    time("dns_ms", result.connection->timings.dns);
    time("tcp_ms", result.connection->timings.tcp);
    time("tls_ms", result.connection->timings.tls);
  }
  if (result.status != 0) {
    time("first_byte_ms", result.first_byte);
    json.raw("status", std::to_string(result.status));
  }
  if (result.connection) {
    json.text("protocol", origin::to_string(result.connection->protocol));
    json.text("address", result.connection->address);
  }
  if (result.tls && fresh) json.raw("tls", tls_json(*result.tls));
  return json.raw("error", error_json(result.error)).take();
}

std::string certificate_json(const ProbeReport& report) {
  const auto* facts = certificate_of(report);
  if (!facts) return "null";
  const auto& shown = *facts->certificate;
  std::string names;
  for (const auto& name : shown.names) names += (names.empty() ? "" : ",") + json_string(name);
  return JsonObject()
      .text("subject", shown.subject)
      .text("issuer", shown.issuer)
      .raw("names", '[' + names + ']')
      .raw("more_names", std::to_string(shown.more_names))
      .text("begins", tls::utc_text(shown.begins))
      .text("expires", tls::utc_text(shown.ends))
      .raw("refused", facts->fault.empty() ? "null" : json_string(facts->fault))
      .take();
}

/// What was shown, believed or not.
std::string certificate_text(const tls::HandshakeFacts& facts) {
  const auto& shown = *facts.certificate;
  auto out = "certificate: " + shown.subject + "; for " + tls::names_text(shown) + "; issued by " +
             shown.issuer + "; valid from " + tls::utc_text(shown.begins) + " until " +
             tls::utc_text(shown.ends) + '\n';
  if (!facts.fault.empty()) out += "refused: " + facts.fault + '\n';
  return out;
}

}  // namespace

bool ProbeReport::failed_alike() const {
  if (attempts.size() < 2) return false;
  const auto& last = attempts.back().error;
  const auto& before = attempts[attempts.size() - 2].error;
  return last && before && last->type == before->type && last->phase == before->phase;
}

bool ProbeReport::succeeded() const {
  const auto failed = [](const ProbeResult& result) { return result.error.has_value(); };
  return std::none_of(attempts.begin(), attempts.end(), failed) && !(warm && failed(*warm));
}

std::string text_head(const std::string& to) {
  return "HEAD " + to + "\n         DNS       TCP       TLS  FIRST BYTE, in ms\n";
}

std::string text_line(const std::string& name, const ProbeResult& result, bool fresh, bool colour) {
  std::string out = name + std::string(name_width - std::min(name_width, name.size()), ' ');
  const auto* made = result.connection ? &*result.connection : nullptr;
  const auto timings = made && fresh ? std::optional(made->timings) : std::nullopt;
  const auto add = [&](const auto& time) { out += time_cell(time); };
  add(timings ? std::optional(timings->dns) : std::nullopt);
  add(timings ? std::optional(timings->tcp) : std::nullopt);
  add(timings ? std::optional(timings->tls) : std::nullopt);
  add(result.status != 0 ? std::optional(result.first_byte) : std::nullopt);
  out += "  " + painted(printable(outcome(result)), style_of(result), colour);
  std::string how;
  if (made) how += "  " + std::string(origin::to_string(made->protocol)) + ' ' + made->address;
  if (fresh && result.tls) how += "  " + tls_text(*result.tls);
  return out + printable(std::move(how)) + '\n';
}

std::string text_tail(const ProbeReport& report) {
  std::string out;
  if (!report.warm && !report.attempts.empty() && !report.attempts.back().error)
    out += "warm: the origin takes one request a connection\n";
  if (report.gave_up) out += "stopped: the last two attempts failed alike\n";
  if (const auto* facts = certificate_of(report)) out += certificate_text(*facts);
  return out;
}

std::string as_json(const ProbeReport& report) {
  std::string attempts;
  for (const auto& attempt : report.attempts)
    attempts += (attempts.empty() ? "" : ",") + result_json(attempt, true);
  return JsonObject()
             .text("url", report.url)
             .text("to", report.to)
             .raw("attempts", '[' + attempts + ']')
             .raw("warm", report.warm ? result_json(*report.warm, false) : "null")
             .raw("certificate", certificate_json(report))
             .take() +
         '\n';
}

}  // namespace ccnproxy::cli
