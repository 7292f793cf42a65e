// Bodies of requests that pass through an Http2Connection.

#include <algorithm>

#include "unit/http2/http2_fixture.h"

namespace ccnproxy::http2 {
namespace {

constexpr std::size_t piece_size = 60'000;

/// Whether pieces come from where the worker reads clients.
class Http2Upload : public Http2Fixture, public testing::WithParamInterface<bool> {
 protected:
  /// The peer takes frames of `frame` bytes, and as many as come.
  void connect_to(std::uint32_t frame) {
    connect_only();
    peer_->send_settings({{NGHTTP2_SETTINGS_MAX_FRAME_SIZE, frame},
                          {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, 1 << 30}});
    peer_->open_window();
    ASSERT_TRUE(until([&] { return peer_->settings_acknowledged > 0; }));
  }
  /// An upload whose head and first bytes the peer has.
  origin::Call& begin(std::int32_t id) {
    auto& call = open("PUT", origin::chunked_framing());
    write(call, "begin");
    EXPECT_TRUE(until([&] { return peer_->requests[id].body == "begin"; }));
    return call;
  }
  /// From a buffer that holds something else afterwards.
  std::size_t write(origin::Call& call, std::string_view bytes) {
    std::string elsewhere(bytes.size(), '?');
    auto* buffer = GetParam() ? buffers_.client() : elsewhere.data();
    bytes.copy(buffer, bytes.size());
    const auto taken = call.stream->write_body({buffer, bytes.size()});
    std::fill_n(buffer, bytes.size(), '?');
    sent_[&call].append(bytes.substr(0, taken));
    return taken;
  }
  std::string next_piece() {
    std::string piece(piece_size, static_cast<char>('a' + pieces_++ % 26));
    piece.front() = '<';
    piece.back() = '>';
    return piece;
  }
  /// What the connection keeps when its peer reads nothing.
  void write_until_full(origin::Call& call) {
    while (call.stream->takes_body()) ASSERT_EQ(write(call, next_piece()), piece_size);
  }
  void expect_arrival(origin::Call& call, std::int32_t id) {
    call.stream->end_body({});
    ASSERT_TRUE(until([&] { return peer_->requests[id].complete; }));
    EXPECT_EQ(peer_->requests[id].body, sent_[&call]);
  }

  std::map<const origin::Call*, std::string> sent_;
  int pieces_ = 0;
};

/// Another connection of the same worker, with an upload of its own.
class Neighbour {
 public:
  Neighbour(const origin::ConnectionContext& context, WorkerMemory& shared) : loop_(context.loop) {
    origin::SocketPair pair;
    peer_ = std::make_unique<Http2SessionPeer>(loop_, std::move(pair.theirs));
    connection_ = std::make_unique<Http2Connection>(
        context, shared, std::make_unique<tls::PlainTransport>(std::move(pair.ours)),
        origin::ConnectionInfo{8, origin::Protocol::http2, "192.0.2.2:443", {}, false, Duration(0)},
        listener_, std::make_shared<origin::PeerState>());
    peer_->send_settings();
    call_.request = origin::make_request("PUT", "/another");
    call_.request.body = origin::chunked_framing();
    call_.stream = &connection_->open(call_.request, call_.sink);
  }
  ~Neighbour() {
    loop_.defer_delete(std::move(connection_));
    loop_.run_once(Duration(0));
  }
  Neighbour(const Neighbour&) = delete;
  Neighbour& operator=(const Neighbour&) = delete;

  void say(std::string_view words) { said_.append(words, 0, call_.stream->write_body(words)); }
  bool all_has_come() { return !said_.empty() && peer_->requests[1].body == said_; }

 private:
  EventLoop& loop_;
  origin::RecordingListener listener_;
  std::unique_ptr<Http2SessionPeer> peer_;
  std::unique_ptr<Http2Connection> connection_;
  origin::Call call_;
  std::string said_;
};

TEST_P(Http2Upload, F010_a_large_piece_goes_out_at_once_in_one_frame_and_nothing_is_held) {
  connect_to(1 << 20);
  auto& call = begin(1);
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(write(call, next_piece()), piece_size);
    EXPECT_EQ(buffers_.held.used(), 0U);
    ASSERT_TRUE(until([&] { return peer_->requests[1].body.size() == sent_[&call].size(); }));
  }
  EXPECT_EQ(peer_->requests[1].largest_frame, piece_size);
  expect_arrival(call, 1);
}

TEST_P(Http2Upload, F010_as_much_as_a_client_is_read_at_once_fits_one_frame) {
  connect_to(1 << 20);
  auto& call = begin(1);
  const std::string piece(origin::WorkerBuffers::client_bytes, 'p');
  ASSERT_EQ(write(call, piece), piece.size());
  ASSERT_TRUE(until([&] { return peer_->requests[1].body.size() == sent_[&call].size(); }));
  EXPECT_EQ(peer_->requests[1].largest_frame, piece.size());
  expect_arrival(call, 1);
}

TEST_P(Http2Upload, F010_a_piece_goes_in_frames_that_the_peer_takes) {
  connect_to(16 * 1024);
  auto& call = begin(1);
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(write(call, next_piece()), piece_size);
    EXPECT_EQ(buffers_.held.used(), 0U);
    ASSERT_TRUE(until([&] { return peer_->requests[1].body.size() == sent_[&call].size(); }));
  }
  expect_arrival(call, 1);
  EXPECT_EQ(peer_->requests[1].largest_frame, 16U * 1024 - 9) << "with its head a TLS record";
}

TEST_P(Http2Upload, F010_a_piece_beyond_the_window_is_held_for_its_rest) {
  connect_only(false);
  peer_->send_settings({{NGHTTP2_SETTINGS_MAX_FRAME_SIZE, 1 << 20}});
  ASSERT_TRUE(until([&] { return peer_->settings_acknowledged > 0; }));
  auto& call = begin(1);
  EXPECT_EQ(write(call, next_piece()), piece_size);
  EXPECT_EQ(write(call, next_piece()), piece_size);
  EXPECT_EQ(buffers_.held.used(), 2 * piece_size + 5 - 65'535);
  ASSERT_TRUE(until([&] { return peer_->requests[1].body.size() == 65'535; }));
  peer_->grant(1, 65'535);
  expect_arrival(call, 1);
  EXPECT_EQ(buffers_.held.used(), 0U);
}

TEST_P(Http2Upload, F010_no_more_is_asked_for_while_the_socket_is_full) {
  connect_to(1 << 20);
  auto& call = begin(1);
  peer_->stop_reading();
  write_until_full(call);
  EXPECT_LT(buffers_.held.used(), 2 * piece_size);
  for (int i = 0; i < 5; ++i) loop_.run_once(Duration(0));
  EXPECT_FALSE(call.stream->takes_body());
  EXPECT_EQ(call.sink.writable, 0);
  peer_->start_reading();
  ASSERT_TRUE(until([&] { return call.sink.writable > 0; }));
  EXPECT_TRUE(call.stream->takes_body());
  write_until_full(call);
  expect_arrival(call, 1);
}

TEST_P(Http2Upload, F010_every_upload_on_a_full_socket_is_told_when_it_has_room) {
  connect_to(1 << 20);
  auto& full = begin(1);
  auto& asked_only = begin(3);
  auto& silent = begin(5);
  peer_->stop_reading();
  write_until_full(full);
  EXPECT_FALSE(asked_only.stream->takes_body());
  peer_->start_reading();
  ASSERT_TRUE(until([&] { return full.sink.writable > 0 && asked_only.sink.writable > 0; }));
  EXPECT_EQ(silent.sink.writable, 0) << "it never asked";
  for (auto* call : {&full, &asked_only, &silent})
    EXPECT_EQ(write(*call, next_piece()), piece_size);
  expect_arrival(full, 1);
  expect_arrival(asked_only, 3);
  expect_arrival(silent, 5);
}

TEST_P(Http2Upload, a_connection_that_breaks_under_a_piece_tells_so_afterwards) {
  connect_to(1 << 20);
  auto& call = begin(1);
  peer_->close();
  for (int i = 0; i < 3; ++i) {
    write(call, next_piece());
    ASSERT_FALSE(call.sink.ended()) << "told from within the call";
    ASSERT_FALSE(listener_.closed);
  }
  ASSERT_TRUE(until_ended(call));
  expect_failure(call, ErrorType::connection_terminated, Proof::unknown);
  EXPECT_TRUE(until_closed());
}

TEST_P(Http2Upload, pieces_of_several_uploads_keep_to_their_frames) {
  connect_to(1 << 20);
  std::vector<origin::Call*> calls{&begin(1), &begin(3), &begin(5)};
  for (std::size_t turn = 0; turn < 30; ++turn) {
    // What is small waits for the end of the turn, and goes out with the next large piece.
    write(*calls[turn % 3], "small");
    EXPECT_EQ(write(*calls[(turn + 1 + turn / 7) % 3], next_piece()), piece_size);
    write(*calls[(turn + 2) % 3], "small, too");
    ASSERT_TRUE(until([&] {
      return peer_->requests[1].body.size() + peer_->requests[3].body.size() +
                 peer_->requests[5].body.size() ==
             sent_[calls[0]].size() + sent_[calls[1]].size() + sent_[calls[2]].size();
    }));
  }
  const http::Fields trailers{{"x-sum", "1", http::FieldId::other}};
  calls[2]->stream->end_body(trailers);
  EXPECT_EQ(write(*calls[0], next_piece()), piece_size);
  expect_arrival(*calls[0], 1);
  expect_arrival(*calls[1], 3);
  ASSERT_TRUE(until([&] { return peer_->requests[5].complete; }));
  EXPECT_EQ(peer_->requests[5].body, sent_[calls[2]]);
  EXPECT_EQ(peer_->requests[5].trailers.size(), 1U);
}

/// What nghttp2 has put together for one connection is not there any more when the next sends.
TEST_P(Http2Upload, F010_a_frame_that_waits_for_its_socket_is_not_mixed_with_another_connections) {
  connect_only(false);
  peer_->send_settings();
  std::map<std::int32_t, origin::Call*> calls;
  for (const std::int32_t id : {1, 3, 5}) calls[id] = &begin(id);
  for (const auto& [id, call] : calls)
    for (int i = 0; i < 3; ++i) write(*call, next_piece());
  ASSERT_GT(buffers_.held.used(), 300'000U) << "more than the socket takes at once";
  Neighbour neighbour(context_, shared_);
  peer_->send_settings({{NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, 1 << 30}});
  peer_->open_window();
  ASSERT_TRUE(until([&] {
    neighbour.say("another's");
    return std::all_of(calls.begin(), calls.end(), [&](const auto& of) {
      return peer_->requests[of.first].body.size() == sent_[of.second].size();
    });
  }));
  for (const auto& [id, call] : calls) expect_arrival(*call, id);
  EXPECT_TRUE(until([&] { return neighbour.all_has_come(); }));
}

TEST_P(Http2Upload, connections_that_begin_at_once_begin_as_they_must) {
  connect_only();
  Neighbour neighbour(context_, shared_);
  neighbour.say("hello");
  peer_->send_settings();
  EXPECT_TRUE(until([&] { return neighbour.all_has_come(); }));
  expect_arrival(begin(1), 1);
}

TEST_P(Http2Upload, a_large_head_goes_out_after_a_large_piece) {
  connect_to(1 << 20);
  auto& upload = begin(1);
  EXPECT_EQ(write(upload, next_piece()), piece_size);
  expect_arrival(upload, 1);
  const std::string value(40'000, 'v');
  auto& get = *calls_.emplace_back(std::make_unique<origin::Call>());
  get.request = origin::make_request("GET", "/");
  get.request.fields.push_back({"cookie", value, http::FieldId::other});
  get.stream = &connection_->open(get.request, get.sink);
  ASSERT_TRUE(until([&] { return peer_->requests[3].complete; }));
  EXPECT_THAT(peer_->requests[3].head, testing::Contains(testing::Pair("cookie", value)));
}

TEST_P(Http2Upload, other_requests_go_out_beside_a_large_piece) {
  connect_to(1 << 20);
  auto& upload = begin(1);
  auto& get = open();
  EXPECT_EQ(write(upload, next_piece()), piece_size);
  ASSERT_TRUE(until([&] { return peer_->requests[3].complete; }));
  peer_->answer(3, {.body = "answer"});
  ASSERT_TRUE(until_ended(get));
  EXPECT_EQ(get.sink.body, "answer");
  expect_arrival(upload, 1);
}

INSTANTIATE_TEST_SUITE_P(From, Http2Upload, testing::Bool(), [](const auto& from) {
  return from.param ? "where_clients_are_read" : "elsewhere";
});

}  // namespace
}  // namespace ccnproxy::http2
