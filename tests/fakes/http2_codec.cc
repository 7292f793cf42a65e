#include "fakes/http2_codec.h"

#include <algorithm>

#include "fakes/failure.h"

namespace ccnproxy::fakes {
namespace {

constexpr std::size_t head_size = 9;
constexpr std::size_t table_size = 4096;

std::uint32_t number(std::string_view bytes) {
  std::uint32_t value = 0;
  for (const char c : bytes) value = value << 8 | static_cast<unsigned char>(c);
  return value;
}

std::uint8_t* octets(std::string_view text) {
  return const_cast<std::uint8_t*>(reinterpret_cast<const std::uint8_t*>(text.data()));
}

}  // namespace

Http2Codec::Http2Codec() {
  nghttp2_hd_inflater* inflater = nullptr;
  nghttp2_hd_deflater* deflater = nullptr;
  if (nghttp2_hd_inflate_new(&inflater) != 0) throw Failure("no HPACK decoder");
  inflater_.reset(inflater);
  if (nghttp2_hd_deflate_new(&deflater, table_size) != 0) throw Failure("no HPACK encoder");
  deflater_.reset(deflater);
}

std::optional<std::string> Http2Codec::take_bytes(std::size_t size) {
  if (input_.size() - taken_ < size) return std::nullopt;
  std::string bytes = input_.substr(taken_, size);
  taken_ += size;
  if (taken_ > input_.size() / 2) {
    input_.erase(0, taken_);
    taken_ = 0;
  }
  return bytes;
}

std::optional<h2::Frame> Http2Codec::take_frame() {
  const std::string_view waiting = std::string_view(input_).substr(taken_);
  if (waiting.size() < head_size) return std::nullopt;
  const std::size_t size = number(waiting.substr(0, 3));
  h2::Frame frame;
  frame.type = static_cast<std::uint8_t>(waiting[3]);
  frame.flags = static_cast<std::uint8_t>(waiting[4]);
  frame.stream = number(waiting.substr(5, 4)) & h2::largest_stream;
  if (size > h2::default_frame_size)
    throw Failure("a frame over our size limit, " + std::to_string(size) +
                  " bytes: " + frame.describe());
  if (waiting.size() < head_size + size) return std::nullopt;
  frame.payload = take_bytes(head_size + size)->substr(head_size);
  return frame;
}

std::optional<h2::Frame> Http2Codec::next() {
  while (auto frame = take_frame()) {
    if (open_headers_ || frame->type == h2::Headers || frame->type == h2::Continuation) {
      if (auto whole = join_headers(std::move(*frame))) return whole;
      continue;
    }
    if (frame->type == h2::Settings && !frame->is_ack()) note_settings(frame->settings());
    if (frame->type == h2::WindowUpdate)
      (frame->stream == 0 ? connection_window_ : windows_[frame->stream]) += frame->increment();
    return frame;
  }
  return std::nullopt;
}

std::optional<h2::Frame> Http2Codec::join_headers(h2::Frame frame) {
  const bool continues = frame.type == h2::Continuation;
  if (continues != open_headers_.has_value() ||
      (continues && frame.stream != open_headers_->stream))
    throw Failure("frames interleaved with a header block: " + frame.describe());
  block_ += frame.content();
  const bool ends = (frame.flags & h2::EndHeaders) != 0;
  if (!continues) open_headers_ = std::move(frame);
  if (!ends) return std::nullopt;
  open_headers_->fields = inflate(block_);
  block_.clear();
  return std::exchange(open_headers_, std::nullopt);
}

Fields Http2Codec::inflate(std::string_view block) {
  Fields fields;
  while (true) {
    nghttp2_nv pair{};
    int flags = 0;
    const ssize_t used =
        nghttp2_hd_inflate_hd2(inflater_.get(), &pair, &flags, octets(block), block.size(), 1);
    if (used < 0) throw Failure(std::string("HPACK: ") + nghttp2_strerror(static_cast<int>(used)));
    block.remove_prefix(static_cast<std::size_t>(used));
    if ((flags & NGHTTP2_HD_INFLATE_EMIT) != 0)
      fields.emplace_back(std::string(reinterpret_cast<char*>(pair.name), pair.namelen),
                          std::string(reinterpret_cast<char*>(pair.value), pair.valuelen));
    if ((flags & NGHTTP2_HD_INFLATE_FINAL) != 0) break;
    if ((flags & NGHTTP2_HD_INFLATE_EMIT) == 0 && block.empty()) throw Failure("HPACK: cut short");
  }
  nghttp2_hd_inflate_end_headers(inflater_.get());
  return fields;
}

std::string Http2Codec::deflate(const Fields& fields) {
  std::vector<nghttp2_nv> pairs;
  for (const auto& [name, value] : fields)
    pairs.push_back({octets(name), octets(value), name.size(), value.size(), NGHTTP2_NV_FLAG_NONE});
  std::string block(nghttp2_hd_deflate_bound(deflater_.get(), pairs.data(), pairs.size()), '\0');
  const ssize_t size = nghttp2_hd_deflate_hd(deflater_.get(), octets(block), block.size(),
                                             pairs.data(), pairs.size());
  if (size < 0) throw Failure("HPACK encoding failed");
  block.resize(static_cast<std::size_t>(size));
  return block;
}

std::string Http2Codec::headers(std::uint32_t stream, const Fields& fields, std::uint8_t flags,
                                std::size_t split) {
  const std::string block = deflate(fields);
  if (split == 0) split = frame_size_;
  std::string out;
  for (std::size_t at = 0; at == 0 || at < block.size(); at += split) {
    const bool first = at == 0;
    const bool last = at + split >= block.size();
    const int own = (first ? flags : 0) | (last ? h2::EndHeaders : 0);
    out += h2::encode(first ? h2::Headers : h2::Continuation, static_cast<std::uint8_t>(own),
                      stream, std::string_view(block).substr(at, split));
  }
  return out;
}

void Http2Codec::note_settings(const h2::SettingsMap& settings) {
  for (const auto& [id, value] : settings) {
    peer_settings_[id] = value;
    if (id == h2::InitialWindowSize) initial_window_ = value;
    if (id == h2::MaxFrameSize) frame_size_ = std::min<std::size_t>(value, h2::default_frame_size);
    if (id == h2::HeaderTableSize)
      nghttp2_hd_deflate_change_table_size(deflater_.get(),
                                           std::min<std::size_t>(value, table_size));
  }
}

std::int64_t Http2Codec::room(std::uint32_t stream) const {
  const auto found = windows_.find(stream);
  const std::int64_t own = initial_window_ + (found == windows_.end() ? 0 : found->second);
  return std::min(own, connection_window_);
}

void Http2Codec::spend(std::uint32_t stream, std::size_t bytes) {
  windows_[stream] -= static_cast<std::int64_t>(bytes);
  connection_window_ -= static_cast<std::int64_t>(bytes);
}

}  // namespace ccnproxy::fakes
