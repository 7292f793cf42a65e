#include "ccnproxy/proxy/read_size.h"

#include <gtest/gtest.h>

namespace ccnproxy::proxy {
namespace {

constexpr std::size_t kib = 1024;

TEST(ReadSize, doubles_while_the_origin_takes_what_came) {
  ReadSize size;
  EXPECT_EQ(size.next(), 64 * kib - 9);
  size.after(size.next(), true);
  EXPECT_EQ(size.next(), 128 * kib - 9);
  size.after(size.next(), true);
  EXPECT_EQ(size.next(), 256 * kib - 9);
  size.after(size.next(), true);
  EXPECT_EQ(size.next(), ReadSize::most) << "the buffer is no larger";
}

TEST(ReadSize, is_the_usual_again_once_the_origin_refuses_or_the_upload_ends) {
  ReadSize size;
  size.after(size.next(), true);
  size.after(size.next(), true);
  size.after(size.next(), false);
  EXPECT_EQ(size.next(), ReadSize::usual);
}

TEST(ReadSize, a_slow_client_is_no_reason_for_more) {
  ReadSize size;
  size.after(size.next() - 1, true);
  EXPECT_EQ(size.next(), ReadSize::usual);
}

TEST(ReadSize, what_is_no_upload_is_read_as_usual) {
  ReadSize size;
  size.after(size.next(), false);
  EXPECT_EQ(size.next(), ReadSize::usual);
}

}  // namespace
}  // namespace ccnproxy::proxy
