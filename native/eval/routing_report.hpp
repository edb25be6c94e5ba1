// What `mgt eval --routing` says in the end, for machines and for people.
#pragma once

#include <string>
#include <vector>

#include "app/json.hpp"
#include "eval/routing_study.hpp"
#include "mgt/model.hpp"

namespace mgt::cli {

/// Keys and numbers as native/README.md lists them.
Json routing_json(const Model& model, const std::vector<RoutingCurve>& curves);
std::string routing_text(const Model& model, const std::vector<RoutingCurve>& curves);

}  // namespace mgt::cli
