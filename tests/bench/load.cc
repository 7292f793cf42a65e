// bench_load: HTTP/1.1 load on a proxy on loopback, every response checked, the result as JSON.
// Exit status: 0 when every request completed, 1 when some failed, 2 for a wrong command line.

#include <cstring>
#include <iostream>
#include <stdexcept>

#include "load_generator.h"
#include "load_options.h"
#include "load_result.h"

int main(int argc, char** argv) {
  using namespace ccnproxy::bench;
  if (argc > 1 && std::strcmp(argv[1], "--help") == 0) {
    std::cout << load_usage();
    return 0;
  }
  try {
    LoadGenerator generator(parse_load_options(argc, argv));
    const LoadResult result = generator.run();
    std::cout << to_json(result) << "\n";
    return result.failed() == 0 ? 0 : 1;
  } catch (const std::invalid_argument& error) {
    std::cerr << error.what() << "\n" << load_usage();
    return 2;
  } catch (const std::exception& error) {
    std::cerr << "bench_load: " << error.what() << "\n";
    return 1;
  }
}
