#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace ccnproxy::soak {

/// A well-mixed number of another (splitmix64's finalizer): what is drawn for one thing says
/// nothing of what is drawn for the next.
std::uint64_t mixed(std::uint64_t number) noexcept;

/// What no two requests share: in a field of the request and of its response, and throughout both
/// bodies.
std::uint64_t token_of(std::uint64_t seed, std::uint64_t id) noexcept;
std::string token_text(std::uint64_t token);

/// Appends `size` bytes, from `offset` on, of the endless body that belongs to `token`: lines of 32
/// bytes with the token and the line's number, so that bytes of another body, or of another place
/// in the same one, are told apart.
void append_body(std::string& out, std::uint64_t token, std::uint64_t offset, std::size_t size);
/// Whether `bytes` are that body's from `offset` on.
bool is_body(std::uint64_t token, std::uint64_t offset, std::string_view bytes);

}  // namespace ccnproxy::soak
