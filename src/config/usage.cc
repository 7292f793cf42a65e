#include "usage.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include "ccnproxy/config/suggest.h"

namespace ccnproxy::config {
namespace {

constexpr std::size_t max_shown = 80;

std::string quote(std::string_view text) {
  std::string out = "`";
  for (const char c : text.substr(0, max_shown)) {
    const bool control = static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
    out += control ? '?' : c;
  }
  return out + (text.size() > max_shown ? "...`" : "`");
}

bool is_flag(std::string_view word) { return word.size() > 1 && word.front() == '-'; }

/// `--flag` of `--flag=value`.
std::string_view name_of(std::string_view flag) { return flag.substr(0, flag.find('=')); }

/// All spellings of the flags of one command, with their dashes.
std::vector<std::string> flags_of(const CLI::App& app) {
  std::vector<std::string> flags;
  for (const CLI::Option* option : app.get_options()) {
    for (const auto& name : option->get_lnames()) flags.push_back("--" + name);
    for (const auto& name : option->get_snames()) flags.push_back('-' + name);
  }
  return flags;
}

bool contains(const std::vector<std::string>& all, std::string_view one) {
  return std::find(all.begin(), all.end(), one) != all.end();
}

std::string nearest_of(std::string_view word, const std::vector<std::string>& names) {
  const std::vector<std::string_view> views(names.begin(), names.end());
  return std::string(suggest(word, views));
}

std::vector<const CLI::App*> commands_of(const CLI::App& app) {
  return app.get_subcommands([](const CLI::App*) { return true; });
}

const CLI::App& chosen(const CLI::App& app) {
  const auto parsed = app.get_subcommands();
  return parsed.empty() ? app : *parsed.back();
}

/// `-p` of `check -p 80`: another command has it.
std::string owner_of(const CLI::App& app, std::string_view flag) {
  for (const CLI::App* command : commands_of(app)) {
    if (contains(flags_of(*command), flag)) return command->get_name();
  }
  return "";
}

std::string unknown_flag(const CLI::App& app, std::string_view word) {
  const auto flag = name_of(word);
  const auto& command = chosen(app);
  if (const auto owner = owner_of(app, flag); !owner.empty() && !app.get_subcommands().empty())
    return quote(flag) + " is no flag of " + command.get_name() + "; it belongs to " + owner;
  const auto near = flag.size() > 2 ? nearest_of(flag, flags_of(command)) : "";
  return "unknown flag " + quote(flag) + (near.empty() ? "" : "; did you mean `" + near + "`?");
}

std::string unexpected_word(const CLI::App& app, std::string_view word) {
  std::vector<std::string> names;
  for (const CLI::App* command : commands_of(app)) names.push_back(command->get_name());
  const bool file =
      word.ends_with(".yaml") || word.ends_with(".yml") || word.find('/') != word.npos;
  if (contains(names, word)) return "one command at a time: " + quote(word) + " is another";
  if (file) return "unexpected argument " + quote(word) + "; a configuration file is given by -f";
  if (!app.get_subcommands().empty())
    return "unexpected argument " + quote(word) + " of " + chosen(app).get_name();
  const auto near = nearest_of(word, names);
  return "unknown command " + quote(word) + (near.empty() ? "" : "; did you mean `" + near + "`?");
}

std::string unexpected(const CLI::App& app) {
  const auto extras = app.remaining(true);
  const auto flag = std::find_if(extras.begin(), extras.end(), is_flag);
  if (flag != extras.end()) return unknown_flag(app, *flag);
  return extras.empty() ? "something is left over" : unexpected_word(app, extras.front());
}

/// The flag that CLI11 begins its message with.
std::string flag_in(std::string_view message) {
  const auto start = message.find('-');
  if (start == message.npos) return "";
  const auto end = std::min(message.find_first_of(":= ,", start), message.size());
  return std::string(message.substr(start, end - start));
}

std::string mismatch(const CLI::ParseError& error) {
  const std::string_view message = error.what();
  const auto flag = flag_in(message);
  if (message.find("missing") != message.npos || message.find("At least") != message.npos)
    return flag.empty() ? "a value is missing" : flag + " needs a value";
  return flag.empty() ? "too many arguments" : flag + " is given more than once";
}

std::string missing_argument(const CLI::App& app) {
  const auto& command = chosen(app);
  return command.get_name() + " needs a URL, as in ccnproxy " + command.get_name() +
         " http://api.example.com.ccnproxy-https/";
}

}  // namespace

std::string explain_usage(const CLI::App& app, const CLI::ParseError& error) {
  if (dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr) return unexpected(app);
  if (dynamic_cast<const CLI::ArgumentMismatch*>(&error) != nullptr) return mismatch(error);
  if (dynamic_cast<const CLI::RequiredError*>(&error) != nullptr) return missing_argument(app);
  const auto flag = flag_in(error.what());
  return flag.empty() ? "these arguments can't be used together"
                      : flag + " can't be given like this";
}

}  // namespace ccnproxy::config
