#include "fakes/temp_dir.h"

#include <filesystem>
#include <fstream>
#include <system_error>

#include <stdlib.h>  // mkdtemp is POSIX, not in <cstdlib>

#include "fakes/failure.h"

namespace ccnproxy::fakes {

TempDir::TempDir() {
  path_ = (std::filesystem::temp_directory_path() / "ccnproxy-test-XXXXXX").string();
  if (::mkdtemp(path_.data()) == nullptr) throw Failure("no temporary folder at " + path_);
}

TempDir::~TempDir() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string TempDir::write(const std::string& name, const std::string& content) const {
  const std::string file = path_ + "/" + name;
  std::ofstream out(file, std::ios::binary);
  out << content;
  out.close();
  if (!out) throw Failure("writing " + file + " failed");
  return file;
}

}  // namespace ccnproxy::fakes
