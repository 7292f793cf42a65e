#include "ccnproxy/base/http_date.h"

#include <algorithm>

namespace ccnproxy {
namespace {

constexpr std::string_view days = "SunMonTueWedThuFriSat";
constexpr std::string_view months = "JanFebMarAprMayJunJulAugSepOctNovDec";

char* put_name(char* out, std::string_view names, unsigned index) noexcept {
  return std::copy_n(names.data() + std::size_t{index} * 3, 3, out);
}

char* put_number(char* out, unsigned number, unsigned digits) noexcept {
  for (unsigned i = digits; i-- > 0; number /= 10) out[i] = static_cast<char>('0' + number % 10);
  return out + digits;
}

template <class Unit>
char* put_time(char* out, char before, Unit unit) noexcept {
  *out = before;
  return put_number(out + 1, static_cast<unsigned>(unit.count()), 2);
}

}  // namespace

std::string_view HttpDate::at(TimePoint now) noexcept {
  if (now >= valid_until_) {
    const auto time = wall_clock_();
    const auto second = std::chrono::floor<std::chrono::seconds>(time);
    valid_until_ =
        now + std::chrono::duration_cast<Duration>(second + std::chrono::seconds(1) - time);
    format(second);
  }
  return {text_.data(), text_.size()};
}

void HttpDate::format(std::chrono::sys_seconds time) noexcept {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  char* out = put_name(text_.data(), days, std::chrono::weekday(day).c_encoding());
  out = std::copy_n(", ", 2, out);
  out = put_number(out, static_cast<unsigned>(date.day()), 2);
  *out++ = ' ';
  out = put_name(out, months, static_cast<unsigned>(date.month()) - 1);
  *out++ = ' ';
  out = put_number(out, static_cast<unsigned>(static_cast<int>(date.year())), 4);
  out = put_time(out, ' ', clock.hours());
  out = put_time(out, ':', clock.minutes());
  out = put_time(out, ':', clock.seconds());
  std::copy_n(" GMT", 4, out);
}

}  // namespace ccnproxy
