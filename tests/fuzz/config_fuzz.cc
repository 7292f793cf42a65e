// What the loader promises for every text: no exception, a configuration or mistakes but not both,
// the mistakes in order, bounded and each one line. What loads can be asked for overrides.
#include <algorithm>

#include "ccnproxy/config/host_name.h"
#include "ccnproxy/config/loader.h"
#include "ccnproxy/config/overrides.h"
#include "ccnproxy/config/units.h"

#include "require.h"

namespace {

using namespace ccnproxy::config;
using ccnproxy::fuzz::require;

// Words of the language and of libraries, which no message may hold but as a piece of the file.
constexpr std::string_view foreign[] = {"std::",  "basic_",    "what()", "yaml-cpp",
                                        "YAML::", "terminate", "__pos",  "CLI::"};
// Of messages that are about no key.
constexpr std::string_view keyless[] = {"this is not YAML: ", "a second document", "a control byte",
                                        "a byte (",           "the file is ",      "a key must be",
                                        "the configuration"};

void check_words(const Mistake& mistake, std::string_view text) {
  for (const auto word : foreign)
    require(mistake.message.find(word) == std::string::npos || text.find(word) != text.npos);
  const bool about_a_key = mistake.message.find('`') != std::string::npos;
  require(about_a_key || std::any_of(std::begin(keyless), std::end(keyless), [&](auto start) {
            return mistake.message.starts_with(start);
          }));
  require(mistake.line > 0 && mistake.column > 0);
  require(mistake.to_string().starts_with("fuzz:" + std::to_string(mistake.line) + ':' +
                                          std::to_string(mistake.column) + ": "));
}

void check_mistakes(const Loaded& loaded, std::string_view text) {
  require(loaded.config == Config{});
  require(loaded.mistakes.size() <= 1000);
  std::pair<int, int> last{1, 1};
  for (const Mistake& mistake : loaded.mistakes) {
    const std::pair place{mistake.line, mistake.column};
    require(last <= place);
    last = place;
    check_words(mistake, text);
    require(!mistake.message.empty() && mistake.message.size() < 2000);
    require(mistake.to_string().find_first_of("\r\n") == std::string::npos);
  }
}

void check_config(const Config& config) {
  require(!config.listeners.empty() && config.workers <= 256);
  for (const auto& [label, scheme] : config.labels) {
    require(are_labels(label) && (scheme == "http" || scheme == "https"));
  }
  require(config.dns.min_ttl.count() > 0 && config.dns.min_ttl <= config.dns.max_ttl);
  for (const Override& entry : config.overrides) {
    require(!entry.match.empty() && !entry.tls.alpn.empty() && entry.timeouts.connect.count() > 0);
  }
  find_override(config, "api.example.com", 443);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const Loaded loaded = load_text(text, "fuzz");
  loaded.ok() ? check_config(loaded.config) : check_mistakes(loaded, text);
  if (const auto duration = parse_duration(text)) require(duration->count() >= 0);
  parse_size(text);
  const HostName host = normalise_host(text);
  require(host.ok() != host.name.empty());
  return 0;
}
