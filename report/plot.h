// SPDX-License-Identifier: GPL-2.0-only
// Plots as SVG that stands in a page: its colours are the page's classes (report/html.cpp), and
// each has a title and a description for those who do not see it.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace spb::report {

/// What is said of any plot. The id is unique in the page.
struct Titles {
  std::string id;
  std::string title;
  std::string description;
};

struct Line {
  std::string name;
  std::vector<std::pair<double, double>> points;  ///< x never falls
};

struct LinePlot {
  Titles titles;
  std::string x;  ///< with its unit
  std::string y;
  std::vector<Line> lines;
  bool logarithmic = false;        ///< the x axis
  bool stairs = false;             ///< a value stays until the next
  std::optional<double> limit{};   ///< a line across, as far as it can go
  std::optional<double> y_last{};  ///< the end of the y axis
};
std::string svg_of(const LinePlot& plot);

/// A part of a bar; the kind is a class.
struct BarPart {
  std::string kind;
  double size = 0;
};
struct Bar {
  std::string name;
  std::vector<BarPart> parts;
};
struct BarPlot {
  Titles titles;
  std::string x;
  std::vector<std::string> kinds;  ///< for the legend
  std::vector<Bar> bars;
};
std::string svg_of(const BarPlot& plot);

struct GridCell {
  std::string kind;
  std::string text;
};
struct Grid {
  Titles titles;
  std::vector<std::string> columns;
  std::vector<std::pair<std::string, std::vector<GridCell>>> rows;  ///< a cell for each column
};
std::string svg_of(const Grid& grid);

/// Distances a reader can add up: 1, 2 or 5 times a power of ten, about `count` of them.
double nice_step(double span, int count);

}  // namespace spb::report
