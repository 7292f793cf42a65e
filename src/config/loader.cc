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

namespace ccnproxy::config {
namespace {

// A configuration of ten thousand overrides would fit; anything larger is the wrong file.
constexpr std::size_t max_bytes = 1024 * 1024;

Loaded refuse(const std::string& name, std::string message, int line = 1, int column = 1) {
  return {{}, {{name, line, column, std::move(message)}}};
}

// YAML 1.2 §5.1 allows none of them, but yaml-cpp would take a 0x04 for the end of the file.
std::optional<Mistake> find_control_byte(std::string_view text, const std::string& name) {
  int line = 1;
  std::size_t line_start = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte == '\n') {
      ++line;
      line_start = i + 1;
    } else if ((byte < 0x20 && byte != '\t' && byte != '\r') || byte == 0x7f) {
      return Mistake{
          name, line, static_cast<int>(i - line_start) + 1,
          "a control byte (" + std::to_string(byte) + ") stands here; this is no text file"};
    }
  }
  return {};
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

// Where something stands behind the first document. YAML::Load would silently leave it out, be it a
// second document or what is no YAML at all; YAML::LoadAll loops for ever on the latter
// (jbeder/yaml-cpp#1319). Two steps of the parser can't.
std::optional<YAML::Mark> find_rest(const std::string& text) {
  std::istringstream in(text);
  YAML::Parser parser(in);
  DocumentStart document;
  if (!parser.HandleNextDocument(document) || !parser.HandleNextDocument(document)) return {};
  return document.mark;
}

void read_document(Reading& reading, const std::string& text, Config& config) {
  if (const auto rest = find_rest(text)) {
    return reading.plain_mistake(*rest, "a second document or no YAML at all begins here");
  }
  read_fields(reading, YAML::Load(text), config_fields(), config);
  reading.run_tasks();
  find_contradictions(reading, config);
}

struct CloseFile {
  void operator()(std::FILE* file) const noexcept { std::fclose(file); }
};

}  // namespace

std::string Mistake::to_string() const {
  return file + ':' + std::to_string(line) + ':' + std::to_string(column) + ": " + message;
}

Loaded load_text(std::string_view text, const std::string& name) {
  if (text.size() > max_bytes) return refuse(name, "the file is larger than 1 MiB");
  if (auto control = find_control_byte(text, name)) return {{}, {*std::move(control)}};
  Loaded loaded;
  Reading reading(name);
  try {
    read_document(reading, std::string(text), loaded.config);
  } catch (const YAML::Exception& error) {
    reading.plain_mistake(error.mark, "this is not YAML: " + error.msg);
  } catch (const std::exception& error) {
    reading.plain_mistake(YAML::Mark(), std::string("can't be read: ") + error.what());
  }
  loaded.mistakes = reading.take_mistakes();
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
  if (std::ferror(file.get()))
    return refuse(path, std::string("can't be read: ") + std::strerror(errno));
  return load_text(text, path);
}

}  // namespace ccnproxy::config
