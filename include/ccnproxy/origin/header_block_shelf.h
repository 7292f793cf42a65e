#pragma once

#include <cstddef>
#include <memory>
#include <vector>

namespace ccnproxy::origin {

class Http2HeaderBlock;

/// Header blocks that are not in use, with the memory that they have grown: the responses of a
/// worker in steady state allocate none.
///
/// Belongs to its worker's thread.
class HeaderBlockShelf {
 public:
  HeaderBlockShelf();
  ~HeaderBlockShelf();
  HeaderBlockShelf(const HeaderBlockShelf&) = delete;
  HeaderBlockShelf& operator=(const HeaderBlockShelf&) = delete;

  std::unique_ptr<Http2HeaderBlock> take();
  void give(std::unique_ptr<Http2HeaderBlock> block);

 private:
  static constexpr std::size_t most = 256;
  /// A block that has held more fields is not kept.
  static constexpr std::size_t most_fields = 64;

  std::vector<std::unique_ptr<Http2HeaderBlock>> free_;
};

}  // namespace ccnproxy::origin
