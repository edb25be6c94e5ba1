// Line plots as SVG text, so that a report is one file that any browser shows, without scripts.
#pragma once

#include <string>
#include <vector>

namespace mgt::cli {

struct PlotPoint {
  double x = 0;
  double y = 0;
};

struct PlotSeries {
  enum class Shape { line, dashed, dots };

  std::string name;  ///< in the legend; empty: not there
  std::string colour;
  Shape shape = Shape::line;
  std::vector<PlotPoint> points;
};

/// Values are shares; ticks are written in percent.
struct PlotAxis {
  std::string label;
  double least = 0;
  double most = 1;
};

struct Plot {
  std::string title;  ///< what a screen reader says
  PlotAxis x;
  PlotAxis y;
  std::vector<PlotSeries> series;
};

/// One <svg> element. Lines are cut off at the axes' ends, dots outside of them left out.
std::string svg_text(const Plot& plot);

/// `text` with what HTML reads as markup replaced.
std::string html_text(const std::string& text);

}  // namespace mgt::cli
