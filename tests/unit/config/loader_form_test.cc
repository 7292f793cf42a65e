// What a file must be before its keys count: YAML, one document, text, of bounded size and depth.

#include <gtest/gtest.h>

#include "loading.h"
#include "temporary_folder.h"

namespace ccnproxy::config {
namespace {

using namespace std::chrono_literals;

TEST(Loader, what_is_not_yaml_is_one_mistake_with_its_place) {
  for (const char* text :
       {"a: [1,", "pool: {", "a: b: c", "\tworkers: 1", "workers: *nothing", "a: \"x", "a: 'x"}) {
    const auto loaded = load_text(text, "f");
    ASSERT_EQ(loaded.mistakes.size(), 1u) << text;
    EXPECT_EQ(loaded.mistakes[0].message.find("this is not YAML: "), 0u)
        << loaded.mistakes[0].message;
    EXPECT_GE(loaded.mistakes[0].line, 1);
  }
}

TEST(Loader, a_message_is_one_line_of_bounded_length) {
  for (const std::string& version : {std::string("1\xff\r"), std::string(5000, '7')}) {
    const auto loaded = load_text("a: !!b #c\n%YAML " + version, "f");
    ASSERT_FALSE(loaded.ok());
    EXPECT_EQ(loaded.mistakes[0].message.find('\r'), std::string::npos);
    EXPECT_LT(loaded.mistakes[0].message.size(), 1100u);
  }
}

TEST(Loader, nothing_behind_the_first_document_is_left_out) {
  expect_one_mistake({
      {"workers: 1\n---\nworkers: 2\n", "f:2:1: a second document or no YAML at all begins here"},
      // yaml-cpp's LoadAll would loop for ever on such commas.
      {",", "f:1:1: a second document or no YAML at all begins here"},
      {"workers: 1\n, nope: 2\n",
       "f:2:1: this is not YAML: this line is indented otherwise than the keys beside it, or is no "
       "`key: value`"},
      {"{workers: 1}\n, nope: 2\n", "f:2:1: a second document or no YAML at all begins here"},
  });
}

TEST(Loader, control_bytes_are_refused_and_not_taken_for_the_end) {
  EXPECT_EQ(
      mistakes_in("workers: 1\n\x04nope: 1"),
      std::vector<std::string>{"f:2:1: a control byte (4) stands here; this is no text file"});
  EXPECT_EQ(load_text(std::string_view("workers: 1\0", 11), "f").mistakes.size(), 1u);
}

TEST(Loader, no_message_holds_a_line_break) {
  for (const auto& line :
       mistakes_in("\"a\\nb\": 1\nlabels: {\"x\\ny\": http}\nworkers: \"1\\r\\n2\"\n")) {
    EXPECT_EQ(line.find_first_of("\r\n"), line.npos) << line;
  }
}

TEST(Loader, aliases_work_but_can_not_blow_up) {
  const Config config = load("timeouts: {dns: &t 3s, tls: *t}\n");
  EXPECT_EQ(config.timeouts.tls, 3s);
  std::string bomb = "overrides:\n- &a\n  match: x\n  pool:\n";
  for (int i = 0; i < 3000; ++i) bomb += "    k" + std::to_string(i) + ": 1\n";
  for (int i = 0; i < 3000; ++i) bomb += "- *a\n";
  const auto loaded = load_text(bomb, "f");
  EXPECT_FALSE(loaded.ok());
  EXPECT_LE(loaded.mistakes.size(), 1000u);
}

TEST(Loader, depth_and_size_are_bounded) {
  EXPECT_EQ(load_text(std::string(100'000, '['), "f").mistakes.size(), 1u);
  std::string deep;
  for (int i = 0; i < 20'000; ++i) deep += "{a: ";
  EXPECT_EQ(load_text(deep, "f").mistakes.size(), 1u);
  EXPECT_EQ(load_text(std::string(1024 * 1024, '\n'), "f").mistakes.size(), 0u);
  EXPECT_EQ(
      mistakes_in(std::string(1024 * 1024 + 1, '\n')),
      std::vector<std::string>{"f:1:1: the file is larger than 1 MiB: is it the configuration?"});
}

TEST(Loader, files) {
  const testing_files::TemporaryFolder folder;
  const std::string good = folder.write("good.yaml", "workers: 3\n");
  EXPECT_EQ(load_file(good).config.workers, 3u);
  const std::string bad = folder.write("bad.yaml", "nope: 3\n");
  ASSERT_EQ(load_file(bad).mistakes.size(), 1u);
  EXPECT_EQ(load_file(bad).mistakes[0].to_string(), bad + ":1:1: unknown key `nope`");
  EXPECT_EQ(load_file(folder.path() + "/none").mistakes.at(0).message,
            "can't be opened: No such file or directory");
  EXPECT_EQ(load_file(folder.path()).mistakes.at(0).message, "is a folder; name the file in it");
  EXPECT_EQ(load_file(folder.write("big", std::string(2 << 20, '#'))).mistakes.size(), 1u);
}

}  // namespace
}  // namespace ccnproxy::config
