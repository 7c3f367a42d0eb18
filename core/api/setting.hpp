// The fields that every request about a card may have.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "core/base/json_reader.hpp"
#include "core/card/model.hpp"
#include "core/reweight/row_groups.hpp"
#include "core/slice/card_likelihood.hpp"
#include "core/stats/counting_model.hpp"
#include "core/stats/upper_limit.hpp"

namespace anyslice::api {

/// The name that messages about requests begin with.
inline const std::string kRequest = "request";

struct Setting {
  Point point;
  Setup setup;
  Selection selection;
  std::vector<std::string> channels;  ///< empty: all
  double exposure_scale = 1;
  bool expected_counts = false;   ///< of no request: what is expected without signal stands for the data
  std::string method;             ///< one of stats::method_names()
  bool has_method = false;        ///< the request names one
  int likelihood_parameters = 0;  ///< 1 or 2 for a limit by -ln L, else 0
  double level = 0;
  LimitSettings defaults;       ///< those of the variant
  stats::LimitOptions options;  ///< for the methods of core/stats
  stats::Constraint constraint = stats::Constraint::lognormal;

  LikelihoodRequest likelihood() const;
};

/// Reads the shared fields (set, variant, projection, exposure_scale, switches, bandwidth, channels, part, cl, method,
/// constraint, toys, seed), with the defaults of the card's variant. Throws InputError for a field that is neither of
/// them nor in `also_allowed`, and for values that are not allowed.
Setting read_setting(const Model& model, const JsonReader& request, std::set<std::string> also_allowed);

/// A whole number between these, both included. Throws InputError for anything else.
std::size_t read_count(const JsonReader& reader, double lowest, double highest);

/// The card's one bin as a counting experiment. Throws InputError where the request leaves several bins.
stats::CountingModel counting_model(const Model& model, const Setting& setting);

}  // namespace anyslice::api
