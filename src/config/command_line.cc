#include "ccnproxy/config/command_line.h"

#include <sstream>

#include <CLI/CLI.hpp>

#include "ccnproxy/config/check_json.h"
#include "ccnproxy/config/host_name.h"
#include "ccnproxy/config/listen_address.h"
#include "ccnproxy/config/loader.h"
#include "ccnproxy/config/schema.h"
#include "ccnproxy/config/upstream.h"

namespace ccnproxy::config {
namespace {

constexpr const char* default_address = "127.0.0.1";
constexpr std::uint16_t default_port = 3000;

/// A flag that stands for one key of the file.
struct KeyFlag {
  const char* flag;
  const char* key;
  const char* help;
  const char* unit = "";  ///< that the flag's number is in
  std::optional<std::string> value = {};
};

/// What the flags said, before the file is read.
struct Flags {
  std::optional<std::string> file;
  std::optional<std::string> listen;
  std::optional<std::string> port;
  std::vector<KeyFlag> keys = {
      {"--workers", "workers", "Event loops: auto or 1 to 256"},
      {"--log-level", "log.level", "trace, debug, info, warn, error, critical or off"},
      {"--pid-file", "pid_file", "File that gets the process id"},
      // chocon's, with its units.
      {"-c,--keepalive-conns", "pool.max_idle", "Idle connections kept per origin, at most"},
      {"--max-conns-per-host", "pool.max_connections", "Connections per origin, 0 = no limit"},
      {"--read-timeout", "timeouts.client_head", "Seconds for a request's head", "s"},
      {"--write-timeout", "timeouts.client_write", "Seconds in which a client takes something",
       "s"},
      {"--proxy-read-timeout", "timeouts.response_head", "Seconds for a response's head", "s"},
      {"--shutdown-timeout", "timeouts.drain", "What runs may take so long to end, as in 30s"},
      {"--upstream", "upstream", "Everything goes to this server, as in http://app.internal/"},
      {"--access-log-dir", "log.access.to", "A folder, stdout or none"},
      {"--access-log-rotate", "log.access.keep", "Access log files kept, 0 = all"},
      {"--access-log-rotate-time", "log.access.rotate_every", "Minutes for a file", "m"},
  };
  std::string ignored;  ///< the value of a flag of chocon's that has no meaning here
  std::vector<std::string> urls;
  bool json = false;
  std::uint32_t attempts = 3;
  bool watch = false;
};

void add_file(CLI::App& app, Flags& flags) {
  app.add_option("-f,--config", flags.file, "Configuration file (YAML)")->type_name("FILE");
}

void add_serve_flags(CLI::App& app, Flags& flags) {
  add_file(app, flags);
  app.add_option("-l,--listen", flags.listen, "Listen address, 127.0.0.1 unless set")
      ->type_name("ADDR");
  app.add_option("-p,--port", flags.port, "Listen port, 3000 unless set")->type_name("PORT");
  for (KeyFlag& key : flags.keys) app.add_option(key.flag, key.value, key.help)->type_name("VALUE");
  for (const char* flag : {"--stsize", "--spfactor"})
    app.add_option(flag, flags.ignored, "Taken and ignored (chocon's sampling of statistics)");
}

void add_probe_flags(CLI::App& app, Flags& flags) {
  add_file(app, flags);
  app.add_option("-n,--attempts", flags.attempts, "Connections, one after the other; 3 unless set")
      ->type_name("N")
      ->check(CLI::Range(1, 1000));
  app.add_flag("--json", flags.json, "One line of JSON");
  app.add_option("URL", flags.urls, "What a client would ask for, or the origin's own URL")
      ->required()
      ->expected(1);
}

void add_status_flags(CLI::App& app, Flags& flags) {
  add_file(app, flags);
  app.add_flag("--watch", flags.watch, "Again each second, until interrupted");
  app.add_flag("--json", flags.json, "The daemon's /pools as it is");
}

/// The commands, all writing to one set of flags.
class CommandLine {
 public:
  CommandLine() {
    app_.name("ccnproxy");
    app_.set_version_flag("-v,--version", "ccnproxy " CCNPROXY_VERSION);
    app_.require_subcommand(0, 1);
    add_serve_flags(app_, flags);
    add_serve_flags(*app_.add_subcommand("serve", "Run in the foreground (also without this word)"),
                    flags);
    check_ = app_.add_subcommand("check", "Read the configuration and tell every mistake");
    add_file(*check_, flags);
    check_->add_flag("--json", flags.json, "One line of JSON");
    map_ = app_.add_subcommand("map", "Tell what a URL maps to");
    add_file(*map_, flags);
    map_->add_flag("--json", flags.json, "One line of JSON for each URL");
    map_->add_option("URL", flags.urls, "What a client would ask for")->required();
    probe_ = app_.add_subcommand("probe", "Dial an origin as the daemon would, and time it");
    add_probe_flags(*probe_, flags);
    status_ = app_.add_subcommand("status", "Show the pools of the running daemon");
    add_status_flags(*status_, flags);
  }

  /// Throws CLI::ParseError.
  void parse(int argc, const char* const* argv) { app_.parse(argc, argv); }
  int exit(const CLI::ParseError& error, std::ostream& out, std::ostream& err) {
    return app_.exit(error, out, err);
  }

  Command command() const {
    if (*check_) return Command::check;
    if (*probe_) return Command::probe;
    if (*status_) return Command::status;
    return *map_ ? Command::map : Command::serve;
  }

  Flags flags;

 private:
  CLI::App app_{"Sends plain HTTP requests on over ready HTTPS connections"};
  CLI::App* check_ = nullptr;
  CLI::App* map_ = nullptr;
  CLI::App* probe_ = nullptr;
  CLI::App* status_ = nullptr;
};

Parsed usage_error(const std::string& message) {
  return {{}, exit_usage, "", message + "\nRun ccnproxy --help for what can be said.\n"};
}

// As chocon: either flag replaces the listeners of the file by one.
std::string apply_listener(const Flags& flags, Config& config) {
  if (!flags.listen && !flags.port) return "";
  const std::string address = flags.listen.value_or(default_address);
  if (address.starts_with("unix:")) {
    auto parsed = parse_listen_address(address);
    if (!parsed.fault.empty()) return "--listen: must be " + parsed.fault;
    if (flags.port) return "--port: a unix socket has no port";
    config.listeners = {std::move(parsed.address)};
    return "";
  }
  const bool bare_v6 = address.find(':') != address.npos && !address.starts_with('[');
  const std::string port = flags.port.value_or(std::to_string(default_port));
  if (port != "0" && !parse_port(port))
    return "--port: must be a number from 0 to 65535, not `" + port + '`';
  auto parsed = parse_listen_address((bare_v6 ? '[' + address + ']' : address) + ':' + port);
  if (!parsed.fault.empty())
    return "--listen: must be an IPv4 or IPv6 address or unix:/path, not `" + address + '`';
  config.listeners = {std::move(parsed.address)};
  return "";
}

std::string apply_flags(const Flags& flags, Config& config) {
  for (const KeyFlag& key : flags.keys) {
    if (!key.value) continue;
    const bool bare = key.value->find_first_not_of("0123456789") == std::string::npos;
    const auto text = bare && *key.value != "0" ? *key.value + key.unit : *key.value;
    const std::string fault = set_value(config, key.key, text);
    if (!fault.empty()) return std::string(key.flag) + ": " + fault;
  }
  const std::string fault = apply_listener(flags, config);
  if (!fault.empty()) return fault;
  // The file was right by itself; with the flags it need not be.
  const auto contradictions = upstream_contradictions(config);
  if (contradictions.empty()) return "";
  const auto& first = contradictions.front();
  return "with upstream " + config.upstream + ": `" + first.key + "` " + first.what;
}

bool has_serve_flags(const Flags& flags) {
  const bool keyed = std::any_of(flags.keys.begin(), flags.keys.end(),
                                 [](const KeyFlag& key) { return key.value.has_value(); });
  return keyed || flags.listen || flags.port;
}

Parsed build(const CommandLine& line) {
  const Flags& flags = line.flags;
  Invocation invocation;
  invocation.command = line.command();
  if (invocation.command != Command::serve && has_serve_flags(flags)) {
    return usage_error("flags that change the configuration belong to serve");
  }
  if (flags.file) {
    Loaded loaded = load_file(*flags.file);
    if (!loaded.ok()) {
      Parsed parsed{{}, exit_configuration, "", ""};
      if (invocation.command == Command::check && flags.json) {
        parsed.output = check_json(*flags.file, loaded.mistakes);
        return parsed;
      }
      for (const Mistake& mistake : loaded.mistakes) parsed.errors += mistake.to_string() + '\n';
      return parsed;
    }
    invocation.config = std::move(loaded.config);
    invocation.config_file = *flags.file;
  }
  const std::string fault = apply_flags(flags, invocation.config);
  if (!fault.empty()) return usage_error(fault);
  invocation.urls = flags.urls;
  invocation.json = flags.json;
  invocation.attempts = flags.attempts;
  invocation.watch = flags.watch;
  return {std::move(invocation), exit_ok, "", ""};
}

}  // namespace

Parsed parse_command_line(int argc, const char* const* argv) {
  CommandLine line;
  try {
    line.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    std::ostringstream out;
    std::ostringstream err;
    const int code = line.exit(error, out, err);
    return {{}, code == 0 ? exit_ok : exit_usage, out.str(), err.str()};
  }
  return build(line);
}

}  // namespace ccnproxy::config
