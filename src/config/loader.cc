#include "ccnproxy/config/loader.h"

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <exception>
#include <memory>
#include <sstream>

#include <yaml-cpp/eventhandler.h>

#include "schema_parts.h"
#include "yaml_fault.h"

namespace ccnproxy::config {
namespace {

// A configuration of ten thousand overrides would fit; anything larger is the wrong file.
constexpr std::size_t max_bytes = 1024 * 1024;

Loaded refuse(const std::string& name, std::string message, int line = 1, int column = 1) {
  return {{}, {{name, line, column, std::move(message)}}, {}};
}

Loaded refuse(const std::string& name, YamlFault fault) {
  return refuse(name, std::move(fault.what), fault.line, fault.column);
}

/// Sees the parser's events and keeps only where a document starts.
class DocumentStart : public YAML::EventHandler {
 public:
  void OnDocumentStart(const YAML::Mark& start) override { mark = start; }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
  void OnAlias(const YAML::Mark&, YAML::anchor_t) override {}
  void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t,
                const std::string&) override {}
  void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {}
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                  YAML::EmitterStyle::value) override {}
  void OnMapEnd() override {}

  YAML::Mark mark;
};

// The place of anything after the first document. YAML::Load would silently ignore it, be it a
// second document or no YAML at all; YAML::LoadAll never returns on the latter
// (jbeder/yaml-cpp#1319). Two steps of the parser do.
std::optional<YAML::Mark> find_rest(const std::string& text) {
  std::istringstream in(text);
  YAML::Parser parser(in);
  DocumentStart document;
  if (!parser.HandleNextDocument(document) || !parser.HandleNextDocument(document)) return {};
  return document.mark;
}

YAML::Mark mark_of(const YamlFault& fault) {
  YAML::Mark mark;
  mark.line = fault.line - 1;
  mark.column = fault.column - 1;
  return mark;
}

void read_document(Reading& reading, const std::string& text, Config& config) {
  if (const auto rest = find_rest(text)) {
    return reading.plain_mistake(*rest, "a second document or no YAML at all begins here");
  }
  if (const auto open = find_open_quote(text))
    return reading.plain_mistake(mark_of(*open), "this is not YAML: " + open->what);
  read_fields(reading, YAML::Load(text), config_fields(), config);
  reading.run_tasks();
  validate(reading, config);
}

struct CloseFile {
  void operator()(std::FILE* file) const noexcept { std::fclose(file); }
};

}  // namespace

Loaded load_text(std::string_view text, const std::string& name) {
  if (text.size() > max_bytes)
    return refuse(name, "the file is larger than 1 MiB: is it the configuration?");
  if (auto odd = find_odd_byte(text)) return refuse(name, *std::move(odd));
  Loaded loaded;
  Reading reading(name);
  const std::string copy(text);
  try {
    read_document(reading, copy, loaded.config);
  } catch (const YAML::Exception& error) {
    const auto fault = explain_yaml_error(text, error);
    reading.plain_mistake(mark_of(fault), "this is not YAML: " + fault.what);
  } catch (const std::exception&) {  // none is known
    reading.plain_mistake(YAML::Mark(),
                          "can't be read: a defect of ccnproxy; please report the file");
  }
  loaded.mistakes = reading.take_mistakes();
  loaded.places = reading.places();
  loaded.warnings = reading.take_warnings();
  if (!loaded.ok()) loaded.config = Config{};
  return loaded;
}

Loaded load_file(const std::string& path) {
  const std::unique_ptr<std::FILE, CloseFile> file(std::fopen(path.c_str(), "re"));
  if (!file) return refuse(path, std::string("can't be opened: ") + std::strerror(errno));
  std::string text;
  std::array<char, 16 * 1024> piece{};
  while (text.size() <= max_bytes) {
    const std::size_t n = std::fread(piece.data(), 1, piece.size(), file.get());
    text.append(piece.data(), n);
    if (n < piece.size()) break;
  }
  if (std::ferror(file.get())) {
    if (errno == EISDIR) return refuse(path, "is a folder; name the file in it");
    return refuse(path, std::string("can't be read: ") + std::strerror(errno));
  }
  return load_text(text, path);
}

}  // namespace ccnproxy::config
