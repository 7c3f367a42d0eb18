// Predictions: scales per point, sums per row point.
#include "core/reweight/reweighter.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <optional>

#include "core/base/error.hpp"
#include "core/reweight/decay_in_volume.hpp"
#include "core/reweight/row_sums.hpp"

namespace anyslice {
namespace {

using Kind = FactorSpecification::Kind;

/// Setups whose rows are kept: going back and forth between two of them costs nothing.
constexpr std::size_t kMostPrepared = 4;

bool is_scale(double value) { return std::isfinite(value) && value >= 0; }
bool is_lifetime(double value) { return value > 0 && std::isfinite(value); }

/// Between which two of the edges a value lies.
std::optional<std::size_t> interval_of(std::span<const double> edges, double value) {
  const auto above = std::upper_bound(edges.begin(), edges.end(), value);
  if (above == edges.begin() || above == edges.end()) return std::nullopt;
  return static_cast<std::size_t>(above - edges.begin()) - 1;
}

}  // namespace

Reweighter::Reweighter(const Model& model, std::shared_ptr<const EventTable> table, const std::string& table_source,
                       const EventTable* rates_of)
    : model_(model), preparation_(model, std::move(table), table_source, rates_of) {}

Reweighter::~Reweighter() = default;

Reweighter::Scales Reweighter::scales(const PointSlots& points) const {
  Scales result;
  result.exist.assign(points.size(), 1);
  const auto require = [&](const PointValues& values, const auto& holds) {
    for (std::size_t i = 0; i < points.size(); ++i) {
      if (!holds(values[i])) result.exist[i] = 0;
    }
  };
  const auto times = [&](const PointValues& a, const PointValues& b) -> PointValues {
    if (!a.varies() && !b.varies()) return a[0] * b[0];
    std::vector<double> product(points.size());
    for (std::size_t i = 0; i < product.size(); ++i) product[i] = a[i] * b[i];
    return product;
  };
  PointValues common = 1;
  for (const auto& factor : model_.weight()) {
    if (factor.kind != Kind::scale) continue;
    const PointValues value = points.evaluate(*factor.expression);
    require(value, is_scale);
    common = times(common, value);
  }
  if (const FactorSpecification* decay = preparation_.decay()) {
    const PointValues ctau0 = points.evaluate(*decay->ctau0), beta_gamma = points.evaluate(*decay->beta_gamma);
    result.lifetime.resize(points.size());
    for (std::size_t i = 0; i < points.size(); ++i) {
      result.lifetime[i] = ctau0[i] * beta_gamma[i];
      if (!(ctau0[i] > 0 && beta_gamma[i] > 0 && is_lifetime(result.lifetime[i]))) result.exist[i] = 0;
    }
  }
  for (const auto& bin : model_.card().bins) {
    if (!bin.scale) {
      result.bins.push_back(common);
      continue;
    }
    const PointValues value = points.evaluate(*bin.scale);
    require(value, is_scale);
    result.bins.push_back(times(common, value));
  }
  return result;
}

void Reweighter::require_scales(std::span<const double> slots) const {
  const auto fail = [&](const Expression& expression, const std::string& field, const char* wanted) {
    const auto [cause, why] = model_.why_undefined(expression, slots);
    if (!cause.empty()) throw InputError(model_.card().source, cause, why);
    throw InputError(model_.card().source, field,
                     std::string("has no ") + wanted + " finite value at this point of parameter space" +
                         (why.empty() ? "" : ": " + why));
  };
  for (std::size_t i = 0; i < model_.weight().size(); ++i) {
    const FactorSpecification& factor = model_.weight()[i];
    const std::string field = "weight[" + std::to_string(i) + "]";
    if (factor.kind == Kind::scale && !is_scale(factor.expression->evaluate(slots))) {
      fail(*factor.expression, field + ".expression", "non-negative");
    }
    if (factor.kind != Kind::decay) continue;
    for (const auto& [expression, part] :
         {std::pair(&*factor.ctau0, ".ctau0"), std::pair(&*factor.beta_gamma, ".beta_gamma")}) {
      const double value = expression->evaluate(slots);
      if (!(value > 0 && std::isfinite(value))) fail(*expression, field + part, "positive");
    }
    const double lifetime = factor.ctau0->evaluate(slots) * factor.beta_gamma->evaluate(slots);
    if (!(lifetime > 0 && std::isfinite(lifetime))) fail(*factor.ctau0, field + ".ctau0", "positive");
  }
  for (const auto& bin : model_.card().bins) {
    if (bin.scale && !is_scale(bin.scale->evaluate(slots))) {
      fail(*bin.scale, "channels." + bin.channel + ".bins." + bin.name + ".scale", "non-negative");
    }
  }
}

std::vector<double> Reweighter::row_point(std::span<const double> slots) const {
  std::vector<double> result;
  for (const std::size_t slot : preparation_.row_slots()) result.push_back(slots[slot]);
  return result;
}

bool Reweighter::is_of(const PreparedRows& rows, std::span<const double> slots, const Selection& selection) const {
  const auto& switches = model_.card().switches;
  for (std::size_t i = 0; i < switches.size(); ++i) {
    if (rows.switches[i] != slots[model_.slot(switches[i].name)]) return false;
  }
  return rows.selection == selection;
}

const RowWindows& Reweighter::all_rows(std::span<const double> slots, const Selection& selection) const {
  if (!all_rows_ || !is_of(all_rows_->rows(), slots, selection)) {
    PreparedRows rows = preparation_.prepare(slots, selection);
    preparation_.add_rows(rows, slots, {0, preparation_.row_count()});
    all_rows_ = std::make_unique<RowWindows>(model_, preparation_, std::move(rows));
  }
  return *all_rows_;
}

RowSums& Reweighter::sums(std::span<const double> slots, const Selection& selection) const {
  for (auto it = prepared_.begin(); it != prepared_.end(); ++it) {
    if (!is_of((*it)->rows(), slots, selection)) continue;
    std::rotate(prepared_.begin(), it, it + 1);
    return *prepared_.front();
  }
  auto made = std::make_unique<RowSums>(model_, preparation_, preparation_.prepare(slots, selection));
  prepared_.insert(prepared_.begin(), std::move(made));
  if (prepared_.size() > kMostPrepared) prepared_.pop_back();
  return *prepared_.front();
}

Predictions Reweighter::predict_many(const PointSlots& points, const Selection& selection,
                                     const ProgressCallback& progress, Accuracy accuracy) const {
  return predict_scaled(points, scales(points), selection, progress, accuracy);
}

std::vector<Prediction> Reweighter::predict_many(std::span<const std::vector<double>> points,
                                                 const Selection& selection, const ProgressCallback& progress) const {
  std::vector<Prediction> result;
  if (points.empty()) return result;
  const Predictions predictions = predict_many(PointSlots(points), selection, progress);
  for (std::size_t i = 0; i < points.size(); ++i) result.push_back(predictions.at(i));
  return result;
}

std::vector<Prediction> Reweighter::predict_lifetimes(std::span<const double> slots, std::span<const double> ctau0,
                                                      const Selection& selection) const {
  const FactorSpecification* decay = preparation_.decay();
  if (decay == nullptr) throw InputError(model_.card().source, "weight", "has no decay factor: there is no lifetime");
  require_scales(slots);
  const PointSlots points(std::vector<double>(slots.begin(), slots.end()), ctau0.size());
  Scales of_points = scales(points);
  const double beta_gamma = decay->beta_gamma->evaluate(slots);
  for (std::size_t i = 0; i < ctau0.size(); ++i) {
    of_points.lifetime[i] = ctau0[i] * beta_gamma;
    of_points.exist[i] = is_lifetime(of_points.lifetime[i]);
  }
  const Predictions predictions = predict_scaled(points, of_points, selection, {});
  std::vector<Prediction> result;
  for (std::size_t i = 0; i < ctau0.size(); ++i) result.push_back(predictions.at(i));
  return result;
}

Predictions Reweighter::predict_scaled(const PointSlots& points, const Scales& scales, const Selection& selection,
                                       const ProgressCallback& progress, Accuracy accuracy) const {
  const std::size_t bins = model_.card().bins.size();
  Predictions results(points.size(), bins);
  if (points.size() == 0) return results;
  RowSums& row_sums = sums(points.point(0), selection);
  const DistinctPoints distinct(points, preparation_.row_slots(), scales.exist);
  std::vector<RowSums::Request> requests(distinct.count());
  for (std::size_t i = 0; i < requests.size(); ++i) {
    requests[i].slots = points.point(distinct.first(i));
    requests[i].row_point = row_point(requests[i].slots);
    if (scales.lifetime.empty()) requests[i].log_lifetimes = {0};
  }
  std::vector<std::uint32_t> place(points.size(), 0);  // of its lifetime in its request
  for (std::size_t i = 0; i < place.size() && !scales.lifetime.empty(); ++i) {
    if (distinct.of(i) == DistinctPoints::kNone) continue;
    auto& list = requests[distinct.of(i)].log_lifetimes;
    place[i] = static_cast<std::uint32_t>(list.size());
    list.push_back(std::log(scales.lifetime[i]));
  }
  row_sums.provide(requests, accuracy, progress);

  std::vector<std::vector<LogSums>> values;
  for (const auto& request : requests) values.push_back(row_sums.values(request));
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (distinct.of(i) == DistinctPoints::kNone) continue;
    const LogSums* logs = values[distinct.of(i)].data() + place[i] * bins;
    bool exists = true;
    for (std::size_t bin = 0; bin < bins; ++bin) {
      WeightedSum& sum = results.bins(i)[bin];
      sum = {std::exp(logs[bin].sum), std::exp(logs[bin].squares), preparation_.table().events_thrown};
      exists = exists && std::isfinite(sum.sum);
      sum.multiply(scales.bins[bin][i]);
    }
    results.set(i, exists);
  }
  return results;
}

Prediction Reweighter::predict(std::span<const double> slots, const Selection& selection) const {
  const PointSlots point(std::vector<double>(slots.begin(), slots.end()), 1);
  Prediction result = predict_many(point, selection).at(0);
  if (result.exists) return result;
  require_scales(slots);
  throw InputError(model_.card().source, "weight",
                   "has no finite value for some events at this point of parameter space");
}

double Reweighter::decay_probability_of_row(std::size_t row, double lifetime) const {
  const FactorSpecification* decay = preparation_.decay();
  if (decay == nullptr) return 1;
  const EventTable& table = preparation_.table();
  const double lambda =
      decay->beta_gamma_column.empty() ? lifetime : lifetime * table.find(decay->beta_gamma_column)->values[row];
  double probability = 0;
  for (const auto& segment : decay->segments) {
    const double entry = segment.entry.empty() ? 0 : table.find(segment.entry)->values[row];
    probability += decay_probability(entry, table.find(segment.length)->values[row], lambda);
  }
  return probability;
}

const RowWindows& Reweighter::needed_rows(std::span<const double> slots, const Selection& selection) const {
  RowSums& row_sums = sums(slots, selection);
  const std::vector<double> point(slots.begin(), slots.end());
  const std::vector<double>* const points[] = {&point};
  row_sums.require(points);
  return row_sums.windows();
}

void Reweighter::for_each_row(std::span<const double> slots, const Selection& selection,
                              const std::function<void(std::size_t, std::size_t, double)>& visit) const {
  for_each_row(slots, needed_rows(slots, selection), visit);
}

void Reweighter::for_each_row(std::span<const double> slots, const RowWindows& windows,
                              const std::function<void(std::size_t, std::size_t, double)>& visit) const {
  require_scales(slots);
  const std::vector<double> point(slots.begin(), slots.end());
  const Scales scale = scales(PointSlots(point, 1));
  const double lifetime = scale.lifetime.empty() ? 0 : scale.lifetime.front();
  std::vector<double> weights;
  std::vector<std::size_t> bins;
  for (const auto& group : windows.rows().groups) {
    windows.plain_weights(group, slots, weights, bins);
    for (std::size_t row = 0; row < weights.size(); ++row) {
      if (weights[row] == 0 || bins[row] == group.bins.size()) continue;
      const std::size_t bin = group.bins[bins[row]];
      visit(group.rows[row], bin,
            weights[row] * decay_probability_of_row(group.rows[row], lifetime) * scale.bins[bin][0]);
    }
  }
}

Prediction Reweighter::plain_sum(std::span<const double> slots, const Selection& selection) const {
  Prediction result;
  result.exists = true;
  result.bins.assign(model_.card().bins.size(), {0, 0, preparation_.table().events_thrown});
  for_each_row(slots, all_rows(slots, selection),
               [&](std::size_t, std::size_t bin, double weight) { result.bins[bin].add(weight); });
  return result;
}

std::vector<std::pair<std::string, WeightedSum>> Reweighter::breakdown(std::span<const double> slots,
                                                                       const std::string& name,
                                                                       const std::vector<bool>& bins,
                                                                       const Selection& selection) const {
  const Column& column = preparation_.table().column(name, preparation_.source());
  if (column.type == ColumnType::f64 || column.type == ColumnType::f32 || column.quantisation) {
    throw InputError(preparation_.source(), "column " + name,
                     "cannot be broken down by: its values are not whole numbers");
  }
  std::map<std::uint32_t, WeightedSum> parts;
  for_each_row(slots, selection, [&](std::size_t row, std::size_t bin, double weight) {
    if (!bins[bin]) return;
    WeightedSum& sum = parts[static_cast<std::uint32_t>(column.values[row])];
    sum.add(weight);
    sum.thrown = preparation_.table().events_thrown;
  });
  std::vector<std::pair<std::string, WeightedSum>> result;
  for (const auto& [value, sum] : parts) {
    result.emplace_back(value < column.labels.size() ? column.labels[value] : std::to_string(value), sum);
  }
  return result;
}

std::vector<WeightedSum> Reweighter::distribution(std::span<const double> slots, const Expression& quantity,
                                                  std::span<const double> edges, const std::vector<bool>& bins,
                                                  const Selection& selection) const {
  const std::vector<double> values = row_values(slots, quantity);
  std::vector<WeightedSum> result(edges.size(), {0, 0, preparation_.table().events_thrown});
  for_each_row(slots, selection, [&](std::size_t row, std::size_t bin, double weight) {
    if (bins[bin]) result[interval_of(edges, values[row]).value_or(edges.size() - 1)].add(weight);
  });
  return result;
}

std::vector<WeightedSum> Reweighter::joint_distribution(std::span<const double> slots, const Expression& x,
                                                        std::span<const double> x_edges, const Expression& y,
                                                        std::span<const double> y_edges, const std::vector<bool>& bins,
                                                        const Selection& selection) const {
  const std::vector<double> x_values = row_values(slots, x), y_values = row_values(slots, y);
  const std::size_t columns = x_edges.size() - 1, rows = y_edges.size() - 1;
  std::vector<WeightedSum> result(columns * rows + 1, {0, 0, preparation_.table().events_thrown});
  for_each_row(slots, selection, [&](std::size_t row, std::size_t bin, double weight) {
    if (!bins[bin]) return;
    const auto i = interval_of(x_edges, x_values[row]), j = interval_of(y_edges, y_values[row]);
    result[i && j ? *j * columns + *i : columns * rows].add(weight);
  });
  return result;
}

std::vector<double> Reweighter::row_values(std::span<const double> slots, const Expression& quantity) const {
  const EventTable& table = preparation_.table();
  std::vector<const double*> columns;
  for (const auto& name : quantity.columns())
    columns.push_back(table.column(name, preparation_.source()).values.data());
  std::vector<double> values(table.rows);
  quantity.evaluate_rows(slots, columns, values);
  return values;
}

std::vector<double> Reweighter::events_by_row(std::span<const double> slots, const std::vector<bool>& bins,
                                              const Selection& selection) const {
  std::vector<double> result(preparation_.table().rows, 0);
  for_each_row(slots, selection, [&](std::size_t row, std::size_t bin, double weight) {
    if (bins[bin]) result[row] += weight;
  });
  return result;
}

bool Reweighter::is_kernel_trusted(std::span<const double> slots) const {
  const FactorSpecification* kernel = preparation_.kernel();
  if (kernel == nullptr || !kernel->trusted) return true;
  const double trusted = kernel->trusted->evaluate(slots);
  return trusted != 0 && !std::isnan(trusted);
}

std::vector<char> Reweighter::is_kernel_trusted(const PointSlots& points) const {
  std::vector<char> result(points.size(), 1);
  const FactorSpecification* kernel = preparation_.kernel();
  if (kernel == nullptr || !kernel->trusted) return result;
  const PointValues trusted = points.evaluate(*kernel->trusted);
  for (std::size_t i = 0; i < result.size(); ++i) result[i] = trusted[i] != 0 && !std::isnan(trusted[i]);
  return result;
}

std::vector<double> Reweighter::kernel_shares(const PointSlots& points, std::span<const char> counts,
                                              const Selection& selection) const {
  std::vector<double> result(points.size(), 1);
  const FactorSpecification* kernel = preparation_.kernel();
  if (points.size() == 0 || kernel == nullptr || !kernel->inside) return result;
  std::vector<std::size_t> slots;
  for (const auto& axis : kernel->axes) slots.push_back(model_.slot(axis.parameter));
  const DistinctPoints distinct(points, slots, counts);
  std::vector<double> shares;
  for (std::size_t i = 0; i < distinct.count(); ++i) {
    shares.push_back(kernel_share(points.point(distinct.first(i)), selection));
  }
  for (std::size_t i = 0; i < result.size(); ++i) {
    if (distinct.of(i) != DistinctPoints::kNone) result[i] = shares[distinct.of(i)];
  }
  return result;
}

double Reweighter::kernel_share(std::span<const double> slots, const Selection& selection) const {
  const FactorSpecification* kernel = preparation_.kernel();
  if (kernel == nullptr || !kernel->inside) return 1;
  return sums(slots, selection).windows().kernel_share(slots);
}

}  // namespace anyslice
