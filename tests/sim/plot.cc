#include "sim/plot.h"

#include <algorithm>
#include <functional>

#include "sim/tables.h"

namespace ccnproxy::sim {
namespace {

constexpr std::array colors = {"#0b7285", "#e8590c", "#868e96"};
constexpr double left = 190;  // of the first panel: room for the traces' names
constexpr double width = 210;
constexpr double gap = 80;
constexpr double top = 70;
constexpr double bar = 13;
constexpr double group = 3 * bar + 16;

using Measure = std::function<double(const Trace&, const Books&)>;

double not_ready(const Trace&, const Books& books) {
  const auto sum = books.total();
  const auto missed = static_cast<double>(sum.requests - sum.ready);
  return sum.requests == 0 ? 0 : 100 * missed / static_cast<double>(sum.requests);
}

double held(const Trace& trace, const Books& books) {
  return books.mean_open() / static_cast<double>(trace.origins);
}

double dials(const Trace& trace, const Books& books) {
  return static_cast<double>(books.total().dials) / books.hours() /
         static_cast<double>(trace.origins);
}

std::string number(double value) { return rounded(value, 1); }

std::string text_at(double x, double y, std::string_view text, std::string_view more = "") {
  return "<text x=\"" + number(x) + "\" y=\"" + number(y) + "\"" + std::string(more) + ">" +
         std::string(text) + "</text>\n";
}

std::string box(double x, double y, double w, double h, std::string_view color) {
  return "<rect x=\"" + number(x) + "\" y=\"" + number(y) + "\" width=\"" + number(w) +
         "\" height=\"" + number(h) + "\" fill=\"" + std::string(color) + "\"/>\n";
}

double y_of(std::size_t trace, std::size_t policy) {
  return top + static_cast<double>(trace) * group + static_cast<double>(policy) * bar;
}

double most(const std::vector<Comparison>& all, const Measure& measure) {
  double value = 0;
  for (const auto& [trace, results] : all) {
    for (const auto& result : results) value = std::max(value, measure(trace, result.books));
  }
  return std::max(value, 1e-9);
}

std::string panel(const std::vector<Comparison>& all, double x, std::string_view title,
                  const Measure& measure) {
  const auto scale = width / most(all, measure);
  auto svg = text_at(x, top - 12, title, " font-weight=\"bold\"");
  for (std::size_t t = 0; t < all.size(); ++t) {
    for (std::size_t p = 0; p < policies.size(); ++p) {
      const auto value = measure(all[t].trace, all[t].results[p].books);
      const auto w = std::max(1.0, value * scale);
      svg += box(x, y_of(t, p), w, bar - 2, colors[p]);
      svg += text_at(x + w + 4, y_of(t, p) + bar - 4, rounded(value, value < 0.1 ? 3 : 2),
                     " font-size=\"10\"");
    }
  }
  return svg;
}

std::string legend() {
  std::string svg;
  for (std::size_t p = 0; p < policies.size(); ++p) {
    const auto x = left + static_cast<double>(p) * 190;
    svg += box(x, 18, bar, bar, colors[p]) + text_at(x + bar + 6, 29, to_string(policies[p]));
  }
  return svg;
}

}  // namespace

std::string plot(const std::vector<Comparison>& all) {
  const auto height = y_of(all.size(), 0) + 10;
  const auto full_width = left + 3 * width + 2 * gap + 60;
  auto svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" + number(full_width) +
             "\" height=\"" + number(height) + "\" font-family=\"sans-serif\" font-size=\"12\">\n" +
             box(0, 0, full_width, height, "#ffffff") + legend();
  for (std::size_t t = 0; t < all.size(); ++t)
    svg += text_at(left - 10, y_of(t, 1) + bar - 3, all[t].trace.name, " text-anchor=\"end\"");
  svg += panel(all, left, "requests that found none ready, %", not_ready);
  svg += panel(all, left + width + gap, "connections held per origin, mean", held);
  svg += panel(all, left + 2 * (width + gap), "dials per origin and hour", dials);
  return svg + "</svg>\n";
}

}  // namespace ccnproxy::sim
