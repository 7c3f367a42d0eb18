// Counting models and options that several tests of the statistics use.
#pragma once

#include <string>

#include "core/stats/counting_model.hpp"
#include "core/stats/upper_limit.hpp"

namespace anyslice::stats {

/// The counting bin of the MicroBooNE search arXiv:2106.00568, signal in events.
inline CountingModel microboone_model(Constraint constraint) {
  CountingModel model;
  model.observed = 1;
  model.backgrounds = {{"beam-off", 1.1}, {"neutrino", 0.8}};
  model.systematics = {{"beam-off statistics", {0.38, 0}, 0},    {"neutrino flux", {0, 0.266}, 0},
                       {"cross section", {0, 0.334}, 0},         {"detector", {0, 0.7}, 0},
                       {"simulation statistics", {0, 0.282}, 0}, {"kaon flux", {0, 0}, 0.3},
                       {"signal detector", {0, 0}, 0.05},        {"signal simulation statistics", {0, 0}, 0.02}};
  model.constraint = constraint;
  return model;
}

/// The same with one systematic per component, of the sizes added in quadrature.
inline CountingModel three_pull_model(Constraint constraint) {
  CountingModel model = microboone_model(constraint);
  model.systematics = {{"beam-off", {0.38, 0}, 0}, {"neutrino", {0, 0.867}, 0}, {"signal", {0, 0}, 0.305}};
  return model;
}

inline CountingModel simple_model(double observed, double background) {
  CountingModel model;
  model.observed = observed;
  model.backgrounds = {{"background", background}};
  return model;
}

/// A construction by name, with few toys.
inline LimitOptions by(const std::string& method, double level = 0.95) {
  LimitOptions options;
  options.method = method;
  options.level = level;
  options.toys = 2000;
  return options;
}

}  // namespace anyslice::stats
