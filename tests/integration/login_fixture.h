#pragma once

#include <memory>
#include <optional>
#include <string>

#include "client_fixture.h"

namespace ccnproxy::integration {

/// What an origin saw of one request: which connection carried it, and whose that was then.
struct SeenRequest {
  std::size_t connection = 0;
  std::string user;  ///< empty: not logged in
  std::string target;
};

/// An origin that logs connections in, as NTLM does: "NTLM 1" is answered with the challenge
/// "NTLM 2", "NTLM 3 USER" on the same connection logs it in, and from then on everything that
/// comes over it is USER's, with credentials or without. "Negotiate USER" does it in one step, and
/// its response carries a token. Answers with the user's name, 401 and all offers without one.
class LoginOrigin {
 public:
  ScriptedOrigin::Script script() {
    return [seen = seen_](OriginConnection& connection) {
      Session session;
      while (const auto request = connection.next_request()) {
        session.take(request->fields);
        seen->update([&](auto& all) {
          all.push_back({connection.number(), session.user, request->target});
        });
        session.answer(connection, *request);
        if (request->target == "/last") return;
      }
    };
  }
  std::vector<SeenRequest> seen() const { return seen_->copy(); }

 private:
  struct Session {
    std::string user;
    bool challenged = false;
    std::string token;

    void take(const Fields& fields) {
      const std::string credentials = fields.get("authorization");
      const bool was_challenged = std::exchange(challenged, false);
      token.clear();
      if (credentials == "NTLM 1") {
        user.clear();
        challenged = true;
        token = "NTLM 2";
      } else if (credentials.starts_with("NTLM 3 ")) {
        user = was_challenged ? credentials.substr(7) : "";
      } else if (credentials.starts_with("Negotiate ")) {
        user = credentials.substr(10);
        token = "Negotiate done";
      }
    }
    void answer(OriginConnection& connection, const Request& request) const {
      Fields fields;
      if (!token.empty()) {
        fields.emplace_back("WWW-Authenticate", token);
      } else if (user.empty()) {
        fields.emplace_back("WWW-Authenticate", "Negotiate, NTLM");
        fields.emplace_back("WWW-Authenticate", "Basic realm=\"x\"");
      }
      if (request.target == "/close") fields.emplace_back("Connection", "close");
      connection.respond(user.empty() ? 401 : 200, user.empty() ? "nobody" : user, fields);
    }
  };

  std::shared_ptr<Tally<std::vector<SeenRequest>>> seen_ =
      std::make_shared<Tally<std::vector<SeenRequest>>>();
};

/// A daemon before a LoginOrigin.
struct Logins : private LoginOrigin, OneOrigin {
  explicit Logins(const std::string& protocol, const Adjust& adjust = {})
      : OneOrigin(protocol, LoginOrigin::script(), adjust) {}
  using LoginOrigin::seen;

  std::string request(const std::string& credentials = "", const std::string& target = "/",
                      const std::string& fields = "") const {
    return head("GET " + target + " HTTP/1.1", label_host,
                (credentials.empty() ? "" : "Authorization: " + credentials + "\r\n") + fields);
  }
  ReceivedResponse ask(RawClient& client, const std::string& credentials = "",
                       const std::string& target = "/") const {
    return client.roundtrip(request(credentials, target));
  }
  /// What the origin takes the client for after all of NTLM's steps.
  std::string log_in(RawClient& client, const std::string& user) const {
    ask(client, "NTLM 1");
    return ask(client, "NTLM 3 " + user).body;
  }
  /// What a client without credentials is taken for, over a connection of its own.
  std::string stranger() const {
    RawClient client = connect();
    return ask(client).body;
  }
};

}  // namespace ccnproxy::integration
