// Plays traces to the pool and to fixed policies, and prints tables. See run.sh.

#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iostream>

#include "sim/plot.h"
#include "sim/tables.h"

namespace {

[[noreturn]] void usage() {
  std::cerr << "usage: pool_simulator [--seed N] [--small] [--svg FILE]\n";
  std::exit(2);
}

struct Options {
  std::uint64_t seed = 1;
  bool small = false;
  std::string svg;
};

Options parse(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string_view option = argv[i];
    if (option == "--small") {
      options.small = true;
    } else if (option == "--seed" && i + 1 < argc) {
      options.seed = std::strtoull(argv[++i], nullptr, 10);
    } else if (option == "--svg" && i + 1 < argc) {
      options.svg = argv[++i];
    } else {
      usage();
    }
  }
  return options;
}

bool write(const std::string& path, const std::string& text) {
  std::ofstream file(path);
  file << text << std::flush;
  if (!file) std::cerr << "pool_simulator: can't write " << path << "\n";
  return static_cast<bool>(file);
}

}  // namespace

int main(int argc, char** argv) {
  using namespace ccnproxy::sim;
  const auto options = parse(argc, argv);
  const auto all = compare(options.small ? small_traces() : standard_traces(), options.seed);
  std::cout << table_by_trace(all) << "\n" << table_by_habit(all) << std::flush;
  return options.svg.empty() || write(options.svg, plot(all)) ? EXIT_SUCCESS : EXIT_FAILURE;
}
