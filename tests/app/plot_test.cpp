#include "app/plot.hpp"

#include <catch2/catch_test_macros.hpp>
#include <string>

using mgt::cli::html_text;
using mgt::cli::Plot;
using mgt::cli::PlotSeries;
using mgt::cli::svg_text;

namespace {

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t n = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++n;
  return n;
}

}  // namespace

TEST_CASE("a plot puts its points where its axes say", "[app][plot]") {
  Plot plot{"title", {"across", 0, 1}, {"up", -0.05, 0.05}, {}};
  plot.series.push_back({"line", "#111", PlotSeries::Shape::line, {{0, -0.05}, {0.5, 0}, {1, 0.05}}});
  const std::string svg = svg_text(plot);
  // Left, right, bottom and top of the area are 80, 736, 352 and 36.
  CHECK(svg.find("points=\"80.0,352.0 408.0,194.0 736.0,36.0 \"") != std::string::npos);
  for (const char* tick : {">0 %<", ">20 %<", ">100 %<", ">-4 %<", ">4 %<"}) CHECK(count(svg, tick) >= 1);
  CHECK(count(svg, ">5 %<") == 0);
  CHECK(count(svg, ">line<") == 1);
  CHECK(svg.ends_with("</svg>\n"));
}

TEST_CASE("dots outside of the axes are left out, names without a word are not in the legend", "[app][plot]") {
  Plot plot{"title", {"across", 0, 1}, {"up", 0, 1}, {}};
  plot.series.push_back({"", "#111", PlotSeries::Shape::dots, {{0.5, 0.5}, {0.5, 1.5}, {-1, 0.5}}});
  CHECK(count(svg_text(plot), "<circle") == 1);
}

TEST_CASE("ticks keep the digits that tell them apart", "[app][plot]") {
  const std::string svg = svg_text({"title", {"across", 0, 1}, {"up", 0, 0.003}, {}});
  CHECK(count(svg, ">0.05 %<") == 1);
  CHECK(count(svg, ">0.30 %<") == 1);
}

TEST_CASE("names cannot bring markup into a page", "[app][plot]") {
  CHECK(html_text("<a href=\"x\">&</a>") == "&lt;a href=&quot;x&quot;&gt;&amp;&lt;/a&gt;");
  Plot plot{"<title>", {"<x>", 0, 1}, {"<y>", 0, 1}, {{"<name>", "#111", PlotSeries::Shape::line, {}}}};
  const std::string svg = svg_text(plot);
  for (const char* tag : {"<title>", "<x>", "<y>", "<name>"}) CHECK(count(svg, tag) == 0);
}
