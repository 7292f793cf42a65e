#include <filesystem>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

#include "ccnproxy/config/loader.h"
#include "ccnproxy/config/schema.h"

namespace ccnproxy::config {
namespace {

std::string documented_file() {
  return (std::filesystem::path(__FILE__).parent_path() / "../../../config/ccnproxy.yaml").string();
}

// The keys that stand in the file, as dotted paths; those of list elements with [].
void collect(const YAML::Node& node, const std::string& path, std::vector<std::string>& out) {
  if (node.IsMap()) {
    for (const auto& pair : node) {
      const std::string key = (path.empty() ? "" : path + ".") + pair.first.Scalar();
      out.push_back(key);
      collect(pair.second, key, out);
    }
  }
  if (!node.IsSequence()) return;
  for (const auto& element : node) collect(element, path + "[]", out);
}

// The text of the file with the example of `overrides:` (or other commented YAML) taken in.
std::string with_example() {
  std::ifstream file(documented_file());
  std::string text;
  for (std::string line; std::getline(file, line);) {
    if (line == "overrides: []") line = "overrides:";
    if (line.starts_with("#  ")) line = ' ' + line.substr(1);
    if (line.starts_with("  # - ") || line.starts_with("  #   ")) line.erase(2, 2);
    text += line + '\n';
  }
  return text;
}

TEST(Documentation, the_file_loads_to_the_defaults) {
  const Loaded loaded = load_file(documented_file());
  for (const auto& mistake : loaded.mistakes) ADD_FAILURE() << mistake.to_string();
  EXPECT_TRUE(loaded.config == Config{});
}

TEST(Documentation, every_key_stands_in_the_file) {
  std::vector<std::string> found;
  collect(YAML::Load(with_example()), "", found);
  const auto has = [&](const std::string& key) {
    return std::find(found.begin(), found.end(), key) != found.end();
  };
  for (const auto& key : schema_keys()) {
    // An override takes every key of pool, timeouts and tls; those are told where they stand
    // themselves.
    const auto below = key.substr(key.find('.') + 1);
    const bool told_above = (has(below) && key.starts_with("overrides[].")) ||
                            (has("listeners[]." + below) && key.starts_with("admin."));
    EXPECT_TRUE(has(key) || told_above) << key;
  }
  EXPECT_GT(schema_keys().size(), 60u);
}

TEST(Documentation, the_example_of_an_override_is_right) {
  const Loaded loaded = load_text(with_example(), "f");
  for (const auto& mistake : loaded.mistakes) ADD_FAILURE() << mistake.to_string();
}

}  // namespace
}  // namespace ccnproxy::config
