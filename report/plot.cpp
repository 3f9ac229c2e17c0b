// SPDX-License-Identifier: GPL-2.0-only
#include "report/plot.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "report/text.h"

namespace spb::report {

namespace {

constexpr double width = 760;
constexpr double left = 72;
constexpr double right = 590;  ///< behind it is the legend
constexpr double top = 16;
constexpr double bottom = 268;

std::string opened(const Titles& titles, double height) {
  return fmt::format(
      "<svg id=\"{0}\" viewBox=\"0 0 {1} {2}\" role=\"img\" aria-labelledby=\"{0}-t {0}-d\">\n"
      "<title id=\"{0}-t\">{3}</title><desc id=\"{0}-d\">{4}</desc>\n",
      titles.id, width, height, xml_text(titles.title), xml_text(titles.description));
}

std::string text_at(double x, double y, std::string_view anchor, std::string_view text,
                    std::string_view kind = "label") {
  return fmt::format("<text class=\"{}\" x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\">{}</text>\n",
                     kind, x, y, anchor, xml_text(text));
}

/// 1500000 as "1.5M".
std::string short_number(double value) {
  if (value >= 1e9) return fmt::format("{:g}G", value / 1e9);
  if (value >= 1e6) return fmt::format("{:g}M", value / 1e6);
  return value >= 1e3 ? fmt::format("{:g}k", value / 1e3) : fmt::format("{:g}", value);
}

/// From values to places.
struct Axis {
  double first = 0, last = 1;
  double from = 0, to = 1;  ///< places
  bool logarithmic = false;

  double at(double value) const {
    const double share = logarithmic
                             ? std::log(std::max(value, first) / first) / std::log(last / first)
                             : (value - first) / (last - first);
    return from + std::clamp(share, 0.0, 1.0) * (to - from);
  }
  std::vector<double> ticks() const {
    std::vector<double> all;
    if (logarithmic) {
      for (double tick = first; tick <= last * 1.001; tick *= 10)
        all.push_back(tick);
      return all;
    }
    const double step = nice_step(last - first, 5);
    for (double tick = std::ceil(first / step - 1e-9) * step; tick <= last + step * 1e-9;
         tick += step)
      all.push_back(std::abs(tick) < step * 1e-9 ? 0 : tick);
    return all;
  }
};

/// An axis begins at nothing, unless that leaves most of the plot empty.
double begin_of(double low, double high) {
  if (high <= low || low < high / 2) return 0;
  const double step = nice_step(high - low, 5);
  return std::max(0.0, std::floor(low / step) * step);
}

using Point = std::pair<double, double>;

/// The least of one coordinate, and the greatest, which is 0 at least.
Point extent(const LinePlot& plot, double Point::*of) {
  double low = 1e300, high = 0;
  for (const Line& line : plot.lines) {
    for (const Point& point : line.points) {
      low = std::min(low, point.*of);
      high = std::max(high, point.*of);
    }
  }
  return {low, high};
}

Axis x_axis(const LinePlot& plot) {
  const auto [low, high] = extent(plot, &Point::first);
  if (!plot.logarithmic) return {begin_of(low, high), high > 0 ? high : 1, left, right, false};
  const double first = std::pow(10, std::floor(std::log10(std::max(low, 1e-3))));
  const double last = std::pow(10, std::ceil(std::log10(std::max(high, first * 10))));
  return {first, last, left, right, true};
}

Axis y_axis(const LinePlot& plot) {
  auto [low, high] = extent(plot, &Point::second);
  if (plot.limit) high = std::max(high, *plot.limit);
  if (high <= 0) high = 1;
  const double first = begin_of(low, high);
  const double step = nice_step(high > first ? high - first : high, 5);
  const double last =
      plot.y_last ? *plot.y_last : std::max(std::ceil(high / step - 1e-9) * step, first + step);
  return {plot.y_last ? 0 : first, last, bottom, top, false};
}

std::string axes_of(const LinePlot& plot, const Axis& x, const Axis& y) {
  std::string text;
  for (const double tick : y.ticks()) {
    text += fmt::format("<path class=\"grid\" d=\"M{} {:.1f}H{}\"/>\n", left, y.at(tick), right);
    text += text_at(left - 8, y.at(tick) + 4, "end", short_number(tick));
  }
  for (const double tick : x.ticks()) {
    text += fmt::format("<path class=\"axis\" d=\"M{:.1f} {}v5\"/>\n", x.at(tick), bottom);
    text += text_at(x.at(tick), bottom + 20, "middle", short_number(tick));
  }
  text += fmt::format("<path class=\"axis\" d=\"M{} {}H{}\"/>\n", left, bottom, right);
  text += text_at((left + right) / 2, bottom + 42, "middle", plot.x);
  text += fmt::format(
      "<text class=\"label\" transform=\"translate(16 {:.1f}) rotate(-90)\" "
      "text-anchor=\"middle\">{}</text>\n",
      (top + bottom) / 2, xml_text(plot.y));
  return text;
}

std::string path_of(const Line& line, const LinePlot& plot, const Axis& x, const Axis& y) {
  std::string path;
  for (const auto& [at, value] : line.points) {
    if (path.empty())
      path = fmt::format("M{:.1f} {:.1f}", x.at(at), y.at(value));
    else if (plot.stairs)
      path += fmt::format("H{:.1f}V{:.1f}", x.at(at), y.at(value));
    else
      path += fmt::format("L{:.1f} {:.1f}", x.at(at), y.at(value));
  }
  return path;
}

std::string lines_of(const LinePlot& plot, const Axis& x, const Axis& y) {
  std::string text;
  double legend = top + 10;
  if (plot.limit) {
    text += fmt::format("<path class=\"limit\" d=\"M{} {:.1f}H{}\"/>\n", left, y.at(*plot.limit),
                        right);
    text += text_at(right - 6, y.at(*plot.limit) - 6, "end",
                    fmt::format("{} in all", short_number(*plot.limit)));
  }
  for (std::size_t i = 0; i < plot.lines.size(); ++i, legend += 20) {
    const Line& line = plot.lines[i];
    const std::string kind = fmt::format("line s{}{}", i % 6, i >= 6 ? " dashed" : "");
    text += fmt::format("<path class=\"{}\" d=\"{}\"><title>{}</title></path>\n", kind,
                        path_of(line, plot, x, y), xml_text(line.name));
    if (line.points.size() == 1) {
      text += fmt::format("<circle class=\"dot s{}\" cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"4\"/>\n",
                          i % 6, x.at(line.points[0].first), y.at(line.points[0].second));
    }
    text += fmt::format("<path class=\"{}\" d=\"M{} {}h20\"/>\n", kind, right + 12, legend - 4);
    text += text_at(right + 38, legend, "start", line.name);
  }
  return text;
}

}  // namespace

double nice_step(double span, int count) {
  const double rough = span / count;
  const double power = std::pow(10, std::floor(std::log10(rough)));
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (factor * power >= rough) return factor * power;
  }
  return 10 * power;
}

std::string svg_of(const LinePlot& plot) {
  const Axis x = x_axis(plot), y = y_axis(plot);
  const double legend = top + 40 + 20 * static_cast<double>(plot.lines.size());
  return opened(plot.titles, std::max(bottom + 52, legend)) + axes_of(plot, x, y) +
         lines_of(plot, x, y) + "</svg>\n";
}

std::string svg_of(const BarPlot& plot) {
  constexpr double begin = 250, row = 26;
  const double end = top + row * static_cast<double>(plot.bars.size());
  double most = 1;
  for (const Bar& bar : plot.bars) {
    double sum = 0;
    for (const BarPart& part : bar.parts)
      sum += part.size;
    most = std::max(most, sum);
  }
  const Axis x{0, most, begin, right, false};
  std::string text = opened(plot.titles, end + 52);
  double last = -1;
  for (const double tick : x.ticks()) {
    // There are no halves of what is counted.
    if (tick != std::floor(tick) || tick == last) continue;
    last = tick;
    text += fmt::format("<path class=\"grid\" d=\"M{:.1f} {}V{}\"/>\n", x.at(tick), top, end);
    text += text_at(x.at(tick), end + 18, "middle", short_number(tick));
  }
  for (std::size_t i = 0; i < plot.bars.size(); ++i) {
    const double y = top + row * static_cast<double>(i);
    text += text_at(begin - 10, y + 18, "end", plot.bars[i].name);
    double sum = 0;
    for (const BarPart& part : plot.bars[i].parts) {
      if (part.size <= 0) continue;
      text += fmt::format(
          "<rect class=\"{}\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"16\" rx=\"2\">"
          "<title>{}: {} {}</title></rect>\n",
          part.kind, x.at(sum), y + 5, x.at(sum + part.size) - x.at(sum),
          xml_text(plot.bars[i].name), part.size, part.kind);
      sum += part.size;
    }
    text += text_at(x.at(sum) + 8, y + 18, "start", short_number(sum));
  }
  text += text_at((begin + right) / 2, end + 40, "middle", plot.x);
  for (std::size_t i = 0; i < plot.kinds.size(); ++i) {
    const double y = top + 4 + 20 * static_cast<double>(i);
    text +=
        fmt::format("<rect class=\"{}\" x=\"{}\" y=\"{}\" width=\"14\" height=\"14\" rx=\"2\"/>\n",
                    plot.kinds[i], right + 58, y);
    text += text_at(right + 80, y + 12, "start", plot.kinds[i]);
  }
  return text + "</svg>\n";
}

std::string svg_of(const Grid& grid) {
  constexpr double begin = 232, row = 24, head = 26;
  const double column =
      (width - begin) / static_cast<double>(std::max<std::size_t>(1, grid.columns.size()));
  std::string text = opened(grid.titles, head + row * static_cast<double>(grid.rows.size()) + 6);
  for (std::size_t c = 0; c < grid.columns.size(); ++c)
    text += text_at(begin + column * (static_cast<double>(c) + 0.5), head - 10, "middle",
                    grid.columns[c]);
  for (std::size_t r = 0; r < grid.rows.size(); ++r) {
    const auto& [name, cells] = grid.rows[r];
    const double y = head + row * static_cast<double>(r);
    text += text_at(begin - 10, y + 15, "end", name);
    for (std::size_t c = 0; c < cells.size(); ++c) {
      if (cells[c].kind.empty()) continue;
      const double x = begin + column * static_cast<double>(c);
      text += fmt::format(
          "<rect class=\"{}\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{}\" "
          "rx=\"3\"/>\n",
          cells[c].kind, x + 1, y + 1, column - 2, row - 2);
      text += text_at(x + column / 2, y + 15, "middle", cells[c].text,
                      "cell " + cells[c].kind + "-text");
    }
  }
  return text + "</svg>\n";
}

}  // namespace spb::report
