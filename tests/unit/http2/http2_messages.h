#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace ccnproxy::http2 {

using HeaderList = std::vector<std::pair<std::string, std::string>>;

/// What the peer saw of one request.
struct SeenRequest {
  HeaderList head;
  std::string body;
  HeaderList trailers;
  std::size_t largest_frame = 0;  ///< of DATA, its payload
  std::size_t not_kept = 0;       ///< fields of the head that HPACK's table may not have
  bool complete = false;
  std::optional<std::uint32_t> reset;  ///< the code of the client's RST_STREAM
};

/// What the peer answers.
struct Http2Answer {
  HeaderList head{{":status", "200"}};
  std::string body{};
  std::uint64_t filler = 0;  ///< so many bytes after `body`, made as they go
  HeaderList trailers{};
  bool end = true;  ///< false: the stream stays open
};

}  // namespace ccnproxy::http2
