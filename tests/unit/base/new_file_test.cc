#include "ccnproxy/base/new_file.h"

#include <cerrno>
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>

namespace ccnproxy {
namespace {

namespace fs = std::filesystem;

/// A folder of this user alone with a file that nothing may write to.
class NewFile : public ::testing::Test {
 protected:
  NewFile() {
    std::string made = (fs::temp_directory_path() / "new-file.XXXXXX").string();
    folder_ = ::mkdtemp(made.data());
    std::ofstream(victim()) << "precious";
  }
  ~NewFile() override { fs::remove_all(folder_); }

  std::string victim() const { return (folder_ / "victim").string(); }
  std::string path() const { return (folder_ / "in" / "file").string(); }
  void make_folder(fs::perms rights) const {
    fs::create_directory(folder_ / "in");
    fs::permissions(folder_ / "in", rights);
  }
  static std::string content_of(const std::string& file) {
    std::ifstream in(file);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  static bool append(const std::string& file, const std::string& text) {
    const auto fd = open_to_append(file, 0640);
    return fd && ::write(fd.get(), text.data(), text.size()) > 0;
  }

  fs::path folder_;
};

constexpr auto own = fs::perms::owner_all;

TEST_F(NewFile, F159_takes_the_place_of_a_link_and_leaves_alone_where_it_leads) {
  make_folder(fs::perms::all);
  fs::create_symlink(victim(), path());
  const auto fd = create_new_file(path(), 0600);
  ASSERT_TRUE(fd);
  ASSERT_EQ(::write(fd.get(), "new", 3), 3);
  EXPECT_EQ(content_of(victim()), "precious");
  EXPECT_FALSE(fs::is_symlink(path()));
  EXPECT_EQ(content_of(path()), "new");
}

TEST_F(NewFile, F159_takes_the_place_of_a_hard_link_and_of_an_older_file) {
  make_folder(fs::perms::all);
  fs::create_hard_link(victim(), path());
  ASSERT_TRUE(create_new_file(path(), 0600));
  EXPECT_EQ(content_of(victim()), "precious");
  ASSERT_TRUE(create_new_file(path(), 0600));
  EXPECT_EQ(fs::file_size(path()), 0U);
}

TEST_F(NewFile, F159_a_link_that_leads_nowhere_makes_no_file_there) {
  make_folder(fs::perms::all);
  fs::create_symlink(folder_ / "elsewhere", path());
  EXPECT_TRUE(create_new_file(path(), 0600));
  fs::create_symlink(folder_ / "elsewhere", path() + ".link");
  EXPECT_FALSE(append(path() + ".link", "x"));
  EXPECT_FALSE(fs::exists(folder_ / "elsewhere"));
}

TEST_F(NewFile, F159_nothing_is_appended_through_a_link_that_another_user_may_have_made) {
  for (const auto others : {fs::perms::group_write, fs::perms::others_write}) {
    make_folder(own | others);
    fs::create_symlink(victim(), path());
    EXPECT_FALSE(append(path(), "x"));
    EXPECT_EQ(errno, ELOOP);
    EXPECT_EQ(content_of(victim()), "precious");
    fs::remove_all(folder_ / "in");
  }
}

TEST_F(NewFile, F159_a_link_in_a_folder_of_ones_own_is_meant) {
  make_folder(own | fs::perms::others_read | fs::perms::others_exec);
  fs::create_symlink(victim(), path());
  EXPECT_TRUE(append(path(), " and more"));
  EXPECT_EQ(content_of(victim()), "precious and more");
}

TEST_F(NewFile, F159_so_is_one_on_the_way_to_the_folder) {
  make_folder(own);
  fs::create_directory_symlink(folder_ / "in", folder_ / "way");
  EXPECT_TRUE(append((folder_ / "way" / "file").string(), "x"));
  EXPECT_EQ(content_of(path()), "x");
  EXPECT_TRUE(open_to_append("/dev/stdout", 0640) || errno != ELOOP);
}

TEST_F(NewFile, says_why_it_can_not_be_made) {
  EXPECT_FALSE(create_new_file(path(), 0600));
  EXPECT_EQ(errno, ENOENT);
  make_folder(own);
  fs::create_directory(path());
  EXPECT_FALSE(create_new_file(path(), 0600));
}

}  // namespace
}  // namespace ccnproxy
