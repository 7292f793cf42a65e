#include "ccnproxy/config/command_line.h"

#include <algorithm>
#include <cerrno>
#include <limits>
#include <sstream>

#include <CLI/CLI.hpp>
#include <sys/stat.h>

#include "ccnproxy/config/check_json.h"
#include "ccnproxy/config/host_name.h"
#include "ccnproxy/config/listen_address.h"
#include "ccnproxy/config/loader.h"
#include "ccnproxy/config/schema.h"
#include "ccnproxy/config/units.h"
#include "ccnproxy/config/upstream.h"

#include "usage.h"
#include "validate_listeners.h"

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
  std::string ignored;                 ///< the value of a flag of chocon's that has no meaning here
  std::optional<std::string> checked;  ///< the file of `check FILE`
  std::vector<std::string> urls;
  bool json = false;
  std::string attempts = "3";
  bool watch = false;
  std::string fail_on;
  std::optional<std::string> process;
};

constexpr std::uint32_t most_attempts = 1000;

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
      ->type_name("N");
  app.add_flag("--json", flags.json, "One line of JSON");
  app.add_option("URL", flags.urls, "What a client would ask for, or the origin's own URL")
      ->required()
      ->expected(1);
}

void add_reload_flags(CLI::App& app, Flags& flags) {
  add_file(app, flags);
  app.add_option("--pid", flags.process,
                 "The daemon's process id, unless the admin endpoint or pid_file tells it")
      ->type_name("N");
}

void add_status_flags(CLI::App& app, Flags& flags) {
  add_file(app, flags);
  app.add_flag("--watch", flags.watch, "Again each second, until interrupted");
  app.add_flag("--json", flags.json, "The daemon's /pools as it is");
  app.add_option("--fail-on", flags.fail_on,
                 "Exit code 1 if an origin is degraded, failing or unreachable, or worse than that")
      ->type_name("STATE")
      ->check(CLI::IsMember({"degraded", "failing", "unreachable"}));
}

Parsed usage_error(const std::string& message) {
  return {{}, exit_usage, "", message + "\nRun ccnproxy --help for what can be said.\n"};
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
    check_->add_option("FILE", flags.checked, "The same, without -f");
    check_->add_flag("--json", flags.json, "One line of JSON");
    map_ = app_.add_subcommand("map", "Tell what a URL maps to");
    add_file(*map_, flags);
    map_->add_flag("--json", flags.json, "One line of JSON for each URL");
    map_->add_option("URL", flags.urls, "What a client would ask for")->required();
    probe_ = app_.add_subcommand("probe", "Dial an origin as the daemon would, and time it");
    add_probe_flags(*probe_, flags);
    status_ = app_.add_subcommand("status", "Show the pools of the running daemon");
    add_status_flags(*status_, flags);
    reload_ = app_.add_subcommand(
        "reload", "Have the running daemon read its configuration again, and tell if it is used");
    add_reload_flags(*reload_, flags);
  }

  /// Throws CLI::ParseError.
  void parse(int argc, const char* const* argv) { app_.parse(argc, argv); }
  /// After what it has thrown: help or the version, or what is wrong.
  Parsed answer(const CLI::ParseError& error) const;

  Command command() const {
    if (*check_) return Command::check;
    if (*probe_) return Command::probe;
    if (*status_) return Command::status;
    if (*reload_) return Command::reload;
    return *map_ ? Command::map : Command::serve;
  }

  Flags flags;

 private:
  CLI::App app_{"Sends plain HTTP requests on over ready HTTPS connections"};
  CLI::App* check_ = nullptr;
  CLI::App* map_ = nullptr;
  CLI::App* probe_ = nullptr;
  CLI::App* status_ = nullptr;
  CLI::App* reload_ = nullptr;
};

Parsed CommandLine::answer(const CLI::ParseError& error) const {
  if (error.get_exit_code() != static_cast<int>(CLI::ExitCodes::Success))
    return usage_error(explain_usage(app_, error));
  std::ostringstream out;
  std::ostringstream none;
  app_.exit(error, out, none);
  return {{}, exit_ok, out.str(), ""};
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

std::string long_name(const KeyFlag& key) {
  const std::string_view names = key.flag;
  return std::string(names.substr(names.find("--")));
}

/// What the flags make of a file that is right by itself; empty if it is right with them, too.
std::string conflict_of(const Flags& flags, const Invocation& invocation) {
  const auto& config = invocation.config;
  if (const auto all = upstream_conflicts(config); !all.empty()) {
    return "with upstream " + config.upstream + ": `" + all.front().key + "` " + all.front().what;
  }
  if (!flags.listen && !flags.port) return "";
  const auto all = listener_conflicts(config, invocation.places.given("admin.address"));
  return all.empty() ? ""
                     : invocation.places.mistake(all.front().key, all.front().what).to_string();
}

std::string apply_flags(const Flags& flags, Invocation& invocation) {
  auto& config = invocation.config;
  for (const KeyFlag& key : flags.keys) {
    if (!key.value) continue;
    const bool bare = key.value->find_first_not_of("0123456789") == std::string::npos;
    const auto text = bare && *key.value != "0" ? *key.value + key.unit : *key.value;
    const std::string fault = set_value(config, key.key, text);
    if (!fault.empty()) return std::string(key.flag) + ": " + fault;
    invocation.places.add_flag(key.key, long_name(key));
  }
  const std::string fault = apply_listener(flags, config);
  if (!fault.empty()) return fault;
  if (flags.listen || flags.port)
    invocation.places.add_flag("listeners", flags.port ? "--port" : "--listen");
  return conflict_of(flags, invocation);
}

bool has_serve_flags(const Flags& flags) {
  const bool keyed = std::any_of(flags.keys.begin(), flags.keys.end(),
                                 [](const KeyFlag& key) { return key.value.has_value(); });
  return keyed || flags.listen || flags.port;
}

/// The answer where the configuration can't be used.
Parsed refuse(const Invocation& invocation, const std::vector<Mistake>& mistakes,
              const std::string& remark) {
  Parsed parsed{{}, exit_configuration, "", remark};
  if (invocation.command == Command::check && invocation.json) {
    parsed.output = check_json(invocation.config_file, mistakes);
    return parsed;
  }
  for (const Mistake& mistake : mistakes) parsed.errors += mistake.to_string() + '\n';
  if (invocation.command == Command::reload)
    parsed.errors += "ccnproxy reload: the daemon goes on with what it has\n";
  parsed.process = invocation.process;
  return parsed;
}

/// Whether there is something of this name, be it readable or not.
bool exists(const std::string& path) {
  struct stat info {};
  return ::stat(path.c_str(), &info) == 0 || (errno != ENOENT && errno != ENOTDIR);
}

/// The file that is named, or the usual one; empty if there is none.
std::string find_file(const Flags& flags, const Environment& environment) {
  if (flags.file) return *flags.file;
  if (flags.checked) return *flags.checked;
  return exists(environment.usual_file) ? environment.usual_file : "";
}

/// Which file is used, where the command line does not say.
std::string remark_on(const Flags& flags, const std::string& usual, Command command) {
  if (flags.file || flags.checked || usual.empty()) return "";
  if (command != Command::serve) return "ccnproxy: using " + usual + " (no -f given)\n";
  return "ccnproxy: using the defaults and flags (no -f given); " + usual + " is not read\n";
}

/// Empty if it is right. Process 1 is a daemon in a container; 0 and less would be groups of them.
std::string read_process(const std::string& text, std::optional<int>& process) {
  const bool bare = text.find_first_not_of("0123456789") == std::string::npos;
  const auto number = bare ? parse_size(text) : std::nullopt;
  if (!number || *number < 1 || *number > std::numeric_limits<std::int32_t>::max())
    return "--pid: must be a process id, not `" + text + '`';
  process = static_cast<int>(*number);
  return "";
}

/// What the words of the command line ask for, the configuration apart; or why it can't be done.
std::string read_words(const CommandLine& line, Invocation& invocation) {
  const Flags& flags = line.flags;
  invocation.command = line.command();
  invocation.urls = flags.urls;
  invocation.json = flags.json;
  invocation.watch = flags.watch;
  invocation.fail_on = flags.fail_on;
  if (invocation.command != Command::serve && has_serve_flags(flags))
    return "flags that change the configuration belong to serve";
  if (flags.file && flags.checked)
    return "check takes one file: " + *flags.checked + " or that of -f";
  const bool bare = flags.attempts.find_first_not_of("0123456789") == std::string::npos;
  const auto attempts = bare ? parse_size(flags.attempts) : std::nullopt;
  if (!attempts || *attempts < 1 || *attempts > most_attempts)
    return "--attempts: must be a number from 1 to 1000, not `" + flags.attempts + '`';
  invocation.attempts = static_cast<std::uint32_t>(*attempts);
  return flags.process ? read_process(*flags.process, invocation.process) : "";
}

Parsed build(const CommandLine& line, const Environment& environment) {
  Invocation invocation;
  if (const auto fault = read_words(line, invocation); !fault.empty()) return usage_error(fault);
  const auto file = find_file(line.flags, environment);
  const auto remark = remark_on(line.flags, file, invocation.command);
  if (line.flags.file || (!file.empty() && invocation.command != Command::serve)) {
    invocation.config_file = file;
    Loaded loaded = load_file(file);
    if (!loaded.ok()) return refuse(invocation, loaded.mistakes, remark);
    invocation.config = std::move(loaded.config);
    invocation.places = std::move(loaded.places);
    invocation.warnings = std::move(loaded.warnings);
  }
  const std::string fault = apply_flags(line.flags, invocation);
  if (!fault.empty()) return usage_error(fault);
  const auto mistakes = environment.vet ? environment.vet(invocation) : std::vector<Mistake>();
  if (!mistakes.empty()) return refuse(invocation, mistakes, remark);
  return {std::move(invocation), exit_ok, "", remark};
}

}  // namespace

Parsed parse_command_line(int argc, const char* const* argv, const Environment& environment) {
  CommandLine line;
  try {
    line.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return line.answer(error);
  }
  return build(line, environment);
}

}  // namespace ccnproxy::config
