// One client's bytes, taken apart into requests.

#include "ccnproxy/proxy/request_reader.h"

#include <gtest/gtest.h>

namespace ccnproxy::proxy {
namespace {

constexpr http::HeadLimits limits{.head_bytes = 1024, .fields = 16, .target_bytes = 256};

class RequestReaderTest : public testing::Test {
 protected:
  /// Reads a head, and begins its body. Bytes used.
  std::size_t head(std::string_view bytes) {
    const auto result = reader_.read_head(bytes, limits, head_);
    if (result.status != http::ParseStatus::complete) return 0;
    reader_.begin_body(*http::request_framing(head_), limits);
    return result.consumed;
  }
  /// The body, in pieces of so many bytes; "!" and why where it is broken.
  std::string body(std::string_view bytes, std::size_t piece) {
    std::string text;
    for (std::size_t at = 0; at < bytes.size();) {
      const auto step = reader_.read_body(bytes.substr(at, piece));
      if (!step.broken.empty()) return text.append("!").append(step.broken);
      text.append(step.data);
      at += step.consumed;
      if (step.trailers) {
        for (const auto& field : *step.trailers) text.append(" ").append(field.value);
        return text + "." + std::string(bytes.substr(at));
      }
    }
    return text;
  }

  RequestReader reader_;
  http::RequestHead head_;
};

constexpr std::string_view get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
constexpr std::string_view put = "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n";
constexpr std::string_view chunked =
    "PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";

TEST_F(RequestReaderTest, a_request_without_a_body_is_complete_with_its_head) {
  EXPECT_EQ(head(get), get.size());
  EXPECT_TRUE(reader_.is_complete());
  EXPECT_FALSE(reader_.has_at_hand());
}

TEST_F(RequestReaderTest, what_came_behind_a_head_is_at_hand) {
  EXPECT_EQ(head(std::string(get) + "GET"), get.size());
  EXPECT_TRUE(reader_.has_at_hand());
  EXPECT_TRUE(reader_.has_unread());
}

TEST_F(RequestReaderTest, a_body_ends_where_its_length_says) {
  for (const std::size_t piece : {1, 2, 100}) {
    reader_.begin_next();
    ASSERT_GT(head(put), 0u);
    EXPECT_FALSE(reader_.is_complete());
    EXPECT_EQ(body("helloGET", piece).substr(0, 6), "hello.") << piece;
    EXPECT_TRUE(reader_.is_complete());
  }
}

TEST_F(RequestReaderTest, a_chunked_body_ends_with_its_trailers) {
  ASSERT_GT(head(chunked), 0u);
  EXPECT_EQ(body("2\r\nhe\r\n3\r\nllo\r\n0\r\nX-Sum: 7\r\n\r\nGET", 100), "hello 7.GET");
  EXPECT_TRUE(reader_.is_complete());
}

TEST_F(RequestReaderTest, a_chunk_that_can_t_be_understood_ends_all) {
  ASSERT_GT(head(chunked), 0u);
  EXPECT_EQ(body("2\r\nhexx", 100).substr(0, 3), "he!");
  EXPECT_FALSE(reader_.is_complete());
  reader_.begin_next();
  EXPECT_TRUE(reader_.is_complete());
}

TEST_F(RequestReaderTest, keeps_what_is_given_back) {
  reader_.keep("abc");
  auto kept = reader_.take_kept();
  EXPECT_FALSE(reader_.has_unread());
  kept.consume(1);
  reader_.put_back(std::move(kept));
  EXPECT_EQ(reader_.kept(), "bc");
  EXPECT_TRUE(reader_.has_unread());
  reader_.drop_kept();
  EXPECT_FALSE(reader_.has_unread());
}

}  // namespace
}  // namespace ccnproxy::proxy
