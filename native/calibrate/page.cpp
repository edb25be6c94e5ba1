#include "calibrate/page.hpp"

#include <algorithm>

#include "app/plot.hpp"
#include "app/session_flags.hpp"
#include "app/terminal.hpp"

namespace mgt::cli {
namespace {

using Shape = PlotSeries::Shape;

constexpr const char* kEnergyColour = "#c0182b";
constexpr const char* kGrey = "#9a9a9a";

/// How a curve of the study is drawn; curves that are not here are left out.
struct ShownCurve {
  const char* gate;
  const char* name;
  const char* colour;
};
constexpr ShownCurve kShown[] = {
    {"random", "random", kGrey},
    {"entropy", "entropy", "#d98c0a"},
    {"margin", "margin", "#2a9d57"},
    {"energy, as gated", "energy, as the gate takes it", kEnergyColour},
};
constexpr const char* kFixedExit = "fixed exit";

// Curves rise steeply where every answer is cheap; what is chosen lies near the risk.
constexpr double kRisksShown = 10;
constexpr double kLeastLossShown = 0.2;
constexpr double kLeastRiskShown = 0.001;  // an axis has a length

constexpr const char* kHead =
    "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n"
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
    "<style>\n"
    "body { font: 15px/1.5 system-ui, sans-serif; max-width: 780px; margin: 2rem auto; padding: 0 1rem; color: #222; "
    "}\n"
    "h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin-top: 2.2rem; }\n"
    "table { border-collapse: collapse; } td { padding: 0.15rem 1.5rem 0.15rem 0; vertical-align: top; }\n"
    "td + td { font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }\n"
    "svg { max-width: 100%; font: 13px system-ui, sans-serif; fill: #444; } p { color: #555; }\n"
    "</style>\n";

std::string paragraph(const std::string& text) {
  return "<p>" + html_text(text) + "</p>\n";
}

std::string heading(const std::string& text) {
  return "<h2>" + html_text(text) + "</h2>\n";
}

std::string row(const std::string& name, const std::string& value) {
  return "<tr><td>" + html_text(name) + "</td><td>" + html_text(value) + "</td></tr>\n";
}

std::string facts(const CalibrateFlags& flags, const Model& model, const Calibration& calibration) {
  std::string data;
  for (const std::string& path : flags.data) data += (data.empty() ? "" : ", ") + path;
  std::string out = "<table>\n" + row("model", std::string(model.name())) + row("data", data);
  out += row("counted", counted(calibration.blocks.size() * calibration.plan.block_bytes, "byte") + " in " +
                            counted(calibration.blocks.size(), "block"));
  if (calibration.plan.warm_up > 0) {
    out += row("warm-up of each stream", counted(calibration.plan.warm_up, "byte") + ", not counted");
  }
  out += row("policy, KV mode", flags.policy + ", " + name_of(calibration.base.kv));
  for (const auto& [name, value] : summary_of(flags, calibration)) out += row(name, value);
  return out + "</table>\n";
}

PlotPoint measured_point(const Calibration& calibration, std::size_t candidate, double loss) {
  const LossTable& table = calibration.table;
  return {ratio(static_cast<double>(table.gated[candidate].macs), static_cast<double>(table.dense.macs)), loss};
}

std::string thresholds_section(const CalibrateFlags& flags, const Calibration& calibration) {
  const LossTable& table = calibration.table;
  const double risk = flags.target.risk;
  PlotSeries losses{"loss on the data", kEnergyColour, Shape::line, {{1, 0}}};
  PlotSeries bounds{"bound at " + percent(flags.target.confidence, 0), "#0b5fa5", Shape::dashed, {{1, 0}}};
  double least = 0, most = std::max(1.1 * risk, kLeastRiskShown);
  for (std::size_t c = 0; c < table.candidates.size(); ++c) {
    const double loss = loss_over(table, c, calibration.blocks);
    losses.points.push_back(measured_point(calibration, c, loss));
    bounds.points.push_back(measured_point(
        calibration, c, loss_bound(table, c, calibration.blocks, calibration.blocks.size(), flags.target.confidence)));
    least = std::min(least, loss);
    most = std::max(most, 1.05 * loss);
  }
  Plot plot{"Loss of every threshold against its multiply-adds",
            {"share of the dense run's multiply-adds", 0, 1},
            {"more nats per byte than dense", least, most},
            {losses, bounds, {"risk allowed", kGrey, Shape::dashed, {{0, risk}, {1, risk}}}}};
  if (calibration.choice) {
    const std::size_t chosen = calibration.choice->candidate;
    const double loss = loss_over(table, chosen, calibration.blocks);
    plot.series.push_back({"chosen", "#222222", Shape::dots, {measured_point(calibration, chosen, loss)}});
  } else {
    plot.y.most = std::max(most, 1.05 * calibration.shown(flags.target).bound);
  }
  return heading("Thresholds") +
         paragraph(
             std::string("Every threshold that was tried, run over the data: lower and further left is better. ") +
             (calibration.choice ? "The cheapest one before the bound passes the risk is chosen."
                                 : "None is chosen: the bound of the safest one passes the risk already.")) +
         svg_text(plot);
}

/// The lower envelope from left to right: the best that a gate does at no more compute.
std::vector<PlotPoint> envelope(std::vector<PlotPoint> points) {
  std::sort(points.begin(), points.end(), [](const PlotPoint& a, const PlotPoint& b) { return a.x < b.x; });
  std::vector<PlotPoint> best;
  for (const PlotPoint& point : points) {
    if (best.empty() || point.y < best.back().y) best.push_back(point);
  }
  return best;
}

std::vector<PlotPoint> losses_of(const Curve& curve, double dense_nats) {
  std::vector<PlotPoint> points;
  for (const CurvePoint& point : curve.points) points.push_back({point.compute, point.nats / dense_nats - 1});
  return points;
}

const Curve& curve_named(const ExitStudy& study, const std::string& gate) {
  return *std::find_if(study.curves.begin(), study.curves.end(),
                       [&](const Curve& curve) { return curve.gate == gate; });
}

std::string gates_plot(const ExitStudy& study, double risk) {
  const Curve& exits = curve_named(study, kFixedExit);
  const double dense_nats = exits.points.back().nats;
  Plot plot{study.stream + ": loss against compute, by gate",
            {"share of a dense step's compute", 0, 1},
            {"more nats per byte than all layers", 0, std::max(kRisksShown * risk, kLeastLossShown)},
            {{kFixedExit, "#222222", Shape::dots, losses_of(exits, dense_nats)}}};
  for (const ShownCurve& shown : kShown) {
    plot.series.push_back(
        {shown.name, shown.colour, Shape::line, envelope(losses_of(curve_named(study, shown.gate), dense_nats))});
    for (const PlotPoint& point : plot.series.back().points) plot.y.least = std::min(plot.y.least, point.y);
  }
  return svg_text(plot);
}

std::string reliability_plot(const ExitStudy& study) {
  PlotSeries bins{"exit 1", kEnergyColour, Shape::line, {}};
  for (const ReliabilityBin& bin : study.reliability) {
    if (bin.count > 0) bins.points.push_back({bin.predicted, bin.observed});
  }
  double most = 0.01;
  for (const PlotPoint& bin : bins.points) most = std::max({most, bin.x, bin.y});
  most = std::min(1.0, 1.1 * most);
  PlotSeries dots = bins;
  dots.name.clear();
  dots.shape = Shape::dots;
  return svg_text({study.stream + ": reliability of the energy",
                   {"predicted share of costly answers", 0, most},
                   {"observed share", 0, most},
                   {{"perfect", kGrey, Shape::dashed, {{0, 0}, {most, most}}}, bins, dots}});
}

std::string stream_section(const ExitStudy& study, double risk, bool is_fitted) {
  const std::string fitted = is_fitted ? " The energy was fitted on these bytes, the others have nothing to fit." : "";
  return heading(study.stream) +
         paragraph(
             "What each gate would lose, given as much compute, where every exit's answer is known: layers, heads "
             "and the memory at stated prices, at every threshold. Dots: always the same answer, the stream "
             "memory's first." +
             fitted) +
         gates_plot(study, risk) +
         paragraph(
             "Predicted probability that the first exit's answer costs over a bit more than that of all layers, "
             "and how often it does; expected calibration error " +
             fixed(study.calibration_error, 4) + ".") +
         reliability_plot(study);
}

}  // namespace

std::string calibration_page(const CalibrateFlags& flags, const Model& model, const Calibration& calibration) {
  std::string out = std::string(kHead) + "<title>mgt calibrate: " + html_text(flags.data.front()) + "</title>\n";
  out += "<h1>Calibration at a risk of " + percent(flags.target.risk, 2) + "</h1>\n";
  out += facts(flags, model, calibration) + thresholds_section(flags, calibration);
  for (const ExitStudy& study : calibration.gates) {
    out += stream_section(study, flags.target.risk, calibration.fitted.has_value());
  }
  return out + "</html>\n";
}

}  // namespace mgt::cli
