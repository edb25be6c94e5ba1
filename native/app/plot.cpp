#include "app/plot.hpp"

#include <algorithm>
#include <cmath>

#include "app/terminal.hpp"

namespace mgt::cli {
namespace {

constexpr double kWidth = 760, kHeight = 400;
constexpr double kLeft = 80, kRight = 736, kTop = 36, kBottom = 352;
constexpr double kLetter = 7;   // about the width of one at 13 px
constexpr double kSwatch = 24;  // of the legend, with the space behind it
constexpr int kMostTicks = 7;

double across(const PlotAxis& axis, double value, double from, double to) {
  return from + (value - axis.least) / (axis.most - axis.least) * (to - from);
}

std::string place(double pixels) {
  return fixed(pixels, 1);
}

/// A step of 1, 2 or 5 times a power of ten that gives at most kMostTicks ticks.
double tick_step(const PlotAxis& axis) {
  const double least = (axis.most - axis.least) / kMostTicks;
  const double power = std::pow(10, std::floor(std::log10(least)));
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (factor * power >= least) return factor * power;
  }
  return 10 * power;
}

/// In percent, with as many digits as tell the ticks apart.
std::string tick_text(double value, double step) {
  const int digits = std::max(0, static_cast<int>(std::ceil(-std::log10(100 * step) - 1e-9)));
  return percent(std::abs(value) < step / 2 ? 0 : value, digits);
}

std::vector<double> ticks_of(const PlotAxis& axis, double step) {
  std::vector<double> ticks;
  const auto last = static_cast<long>(std::floor(axis.most / step + 1e-9));
  for (auto i = static_cast<long>(std::ceil(axis.least / step - 1e-9)); i <= last; ++i) {
    ticks.push_back(static_cast<double>(i) * step);
  }
  return ticks;
}

std::string text_at(double x, double y, const char* anchor, const std::string& text) {
  return "<text x=\"" + place(x) + "\" y=\"" + place(y) + "\" text-anchor=\"" + anchor + "\">" + html_text(text) +
         "</text>\n";
}

std::string line(double x1, double y1, double x2, double y2, const std::string& style) {
  return "<line x1=\"" + place(x1) + "\" y1=\"" + place(y1) + "\" x2=\"" + place(x2) + "\" y2=\"" + place(y2) + "\" " +
         style + "/>\n";
}

std::string axes_text(const Plot& plot) {
  const std::string grid = "stroke=\"#e4e4e4\"";
  std::string out;
  const double x_step = tick_step(plot.x), y_step = tick_step(plot.y);
  for (const double tick : ticks_of(plot.x, x_step)) {
    const double x = across(plot.x, tick, kLeft, kRight);
    out += line(x, kTop, x, kBottom, grid) + text_at(x, kBottom + 18, "middle", tick_text(tick, x_step));
  }
  for (const double tick : ticks_of(plot.y, y_step)) {
    const double y = across(plot.y, tick, kBottom, kTop);
    out += line(kLeft, y, kRight, y, grid) + text_at(kLeft - 8, y + 4, "end", tick_text(tick, y_step));
  }
  const double turned_y = (kTop + kBottom) / 2;
  return out + text_at((kLeft + kRight) / 2, kBottom + 38, "middle", plot.x.label) + "<g transform=\"rotate(-90 14 " +
         place(turned_y) + ")\">" + text_at(14, turned_y, "middle", plot.y.label) + "</g>\n";
}

std::string dots_text(const Plot& plot, const PlotSeries& series) {
  std::string out;
  for (const PlotPoint& point : series.points) {
    if (point.x < plot.x.least || point.x > plot.x.most || point.y < plot.y.least || point.y > plot.y.most) continue;
    out += "<circle cx=\"" + place(across(plot.x, point.x, kLeft, kRight)) + "\" cy=\"" +
           place(across(plot.y, point.y, kBottom, kTop)) + "\" r=\"4.5\" fill=\"" + series.colour + "\"/>\n";
  }
  return out;
}

std::string dash_of(const PlotSeries& series) {
  return series.shape == PlotSeries::Shape::dashed ? " stroke-dasharray=\"5 4\"" : "";
}

std::string line_text(const Plot& plot, const PlotSeries& series) {
  std::string points;
  for (const PlotPoint& point : series.points) {
    points += place(across(plot.x, point.x, kLeft, kRight)) + "," + place(across(plot.y, point.y, kBottom, kTop)) + " ";
  }
  return "<polyline fill=\"none\" stroke-width=\"2\" stroke=\"" + series.colour + "\"" + dash_of(series) +
         " points=\"" + points + "\"/>\n";
}

std::string legend_text(const Plot& plot) {
  std::string out;
  double x = kLeft;
  for (const PlotSeries& series : plot.series) {
    if (series.name.empty()) continue;
    const double middle = kTop - 20;
    if (series.shape == PlotSeries::Shape::dots) {
      out += "<circle cx=\"" + place(x + 9) + "\" cy=\"" + place(middle) + "\" r=\"4.5\" fill=\"" + series.colour +
             "\"/>\n";
    } else {
      out += line(x, middle, x + 18, middle, "stroke-width=\"2\" stroke=\"" + series.colour + "\"" + dash_of(series));
    }
    out += text_at(x + kSwatch, middle + 4, "start", series.name);
    x += kSwatch + kLetter * static_cast<double>(series.name.size()) + 18;
  }
  return out;
}

}  // namespace

std::string svg_text(const Plot& plot) {
  std::string out = "<svg viewBox=\"0 0 " + place(kWidth) + " " + place(kHeight) + "\" role=\"img\" aria-label=\"" +
                    html_text(plot.title) + "\">\n";
  out += axes_text(plot);
  // An element of its own clips by itself, where a clip path would need a name that no other plot of the page has.
  out += "<svg x=\"" + place(kLeft) + "\" y=\"" + place(kTop) + "\" width=\"" + place(kRight - kLeft) + "\" height=\"" +
         place(kBottom - kTop) + "\" viewBox=\"" + place(kLeft) + " " + place(kTop) + " " + place(kRight - kLeft) +
         " " + place(kBottom - kTop) + "\">\n";
  for (const PlotSeries& series : plot.series) {
    if (series.shape != PlotSeries::Shape::dots) out += line_text(plot, series);
  }
  out += "</svg>\n";
  for (const PlotSeries& series : plot.series) {
    if (series.shape == PlotSeries::Shape::dots) out += dots_text(plot, series);
  }
  return out + legend_text(plot) + "</svg>\n";
}

std::string html_text(const std::string& text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

}  // namespace mgt::cli
