// Lines of flight from decays at rest through a detector.
#include "core/generate/decay_at_rest.hpp"

#include <array>
#include <cmath>
#include <numeric>

#include "core/geometry/read_geometry.hpp"
#include "core/physics/constants.hpp"
#include "core/random/counter_random.hpp"

namespace anyslice::generate {
namespace {

StoppedSource read_source(const JsonReader& recipe) {
  const JsonReader reader = recipe.at("source");
  reader.allow_only({"depth_m", "transverse_sigma_m", "reference"});
  const JsonReader depth = reader.at("depth_m");
  depth.allow_only({"front", "shape", "scale"});
  StoppedSource source;
  source.front_m = depth.at("front").number();
  source.shape = depth.at("shape").whole_number();
  if (source.shape < 1 || source.shape > 100) depth.at("shape").fail("expected a whole number from 1 to 100");
  source.scale_m = depth.at("scale").non_negative_number();
  source.transverse_sigma_m = reader.at("transverse_sigma_m").non_negative_number();
  source.beam_to_detector = geometry::read_frame(recipe.at("beam_frame"));
  return source;
}

Eigen::Vector3d decay_point(const StoppedSource& source, CounterRandom& random) {
  double depth = 0;
  for (std::uint64_t i = 0; i < source.shape; ++i) depth -= source.scale_m * std::log(random.uniform());
  const double x = source.transverse_sigma_m * random.normal();
  const double y = source.transverse_sigma_m * random.normal();
  return source.beam_to_detector.to_detector({x, y, source.front_m + depth});
}

/// Point `index` of the four-dimensional additive lattice of M. Roberts' R-sequence, multiples of the powers of
/// 1 / phi with phi^5 = phi + 1, moved by a random shift. Such points fill the hypercube evenly, so the sums converge
/// faster than those of independent points; the statistical error, computed as if they were independent, is an upper
/// bound. Each point is uniform over the seeds.
std::array<double, 4> lattice_point(std::uint64_t index, const std::array<double, 4>& shift) {
  constexpr double kPhi = 1.1673039782614187;
  std::array<double, 4> point;
  double step = 1;
  for (std::size_t i = 0; i < point.size(); ++i) {
    step /= kPhi;
    const double position = shift[i] + step * static_cast<double>(index);
    point[i] = position - std::floor(position);
  }
  return point;
}

}  // namespace

std::array<double, 6> LineProposal::visible_areas(const Eigen::Vector3d& start) const {
  const Eigen::Vector3d size = box_.high - box_.low;
  std::array<double, 6> areas{};
  for (int axis = 0; axis < 3; ++axis) {
    const double area = size.prod() / size[axis];
    if (start[axis] < box_.low[axis]) areas[2 * axis] = area;
    if (start[axis] > box_.high[axis]) areas[2 * axis + 1] = area;
  }
  return areas;
}

Eigen::Vector3d LineProposal::direction(const Eigen::Vector3d& start, const std::array<double, 4>& uniforms) const {
  Eigen::Array3d share(uniforms[1], uniforms[2], uniforms[3]);
  if (uniforms[0] < face_fraction_) {
    const auto areas = visible_areas(start);
    // The first uniform, rescaled, also chooses the face.
    double remaining = uniforms[0] / face_fraction_ * std::accumulate(areas.begin(), areas.end(), 0.0);
    int face = 0;
    for (int i = 0; i < 6; ++i) {
      if (areas[i] == 0) continue;
      face = i;
      if (remaining < areas[i]) break;
      remaining -= areas[i];
    }
    share[face / 2] = face % 2;
  }
  const Eigen::Vector3d target = box_.low.array() + share * (box_.high - box_.low).array();
  return (target - start).normalized();
}

double LineProposal::density(const Eigen::Vector3d& start, const Eigen::Vector3d& direction,
                             const geometry::PathSegment& segment) const {
  const auto areas = visible_areas(start);
  const double visible = std::accumulate(areas.begin(), areas.end(), 0.0);
  // Face: dA = r^2 dOmega / cos(incidence). Volume: the integral of r^2 dr over the segment.
  const double incidence = std::abs(direction[segment.entry_face / 2]);
  const double face = segment.entry * segment.entry / (incidence * visible);
  const double exit = segment.entry + segment.length;
  const double volume =
      segment.length * (exit * exit + exit * segment.entry + segment.entry * segment.entry) / 3 / box_.volume();
  return face_fraction_ * face + (1 - face_fraction_) * volume;
}

EventTable generate_decay_at_rest(const Recipe& recipe, const Shard& shard, const ProgressCallback& progress) {
  const JsonReader reader(recipe.document, recipe.source);
  reader.allow_only({"anyslice_recipe", "name", "generator", "about", "events", "seed", "source", "beam_frame",
                     "detector", "proposal", "sorted_by", "columns"});
  const StoppedSource source = read_source(reader);
  const JsonReader detector = reader.at("detector");
  detector.allow_only({"name", "box_m", "reference"});
  const geometry::Box box = geometry::read_box(detector.at("box_m"));
  const JsonReader proposal_reader = reader.at("proposal");
  proposal_reader.allow_only({"face_fraction", "comment"});
  const double face_fraction = proposal_reader.at("face_fraction").number_in(0, 1, "a number from 0 to 1");
  if (face_fraction == 0) proposal_reader.at("face_fraction").fail("expected a number > 0");
  const LineProposal proposal(box, face_fraction);

  EventTable table;
  table.columns = recipe.empty_columns({"weight", "entry", "length", "entry_face"});
  table.events_thrown = shard.count;
  for (auto& column : table.columns) column.values.reserve(shard.count);
  constexpr std::uint32_t kShiftStream = 1;
  CounterRandom shift_random(recipe.seed, 0, kShiftStream);
  std::array<double, 4> shift;
  for (double& part : shift) part = shift_random.uniform();
  for (std::uint64_t i = 0; i < shard.count; ++i) {
    if (i % 65536 == 0) report_progress(progress, static_cast<double>(i) / static_cast<double>(shard.count));
    CounterRandom random(recipe.seed, shard.first + i);
    const Eigen::Vector3d start = decay_point(source, random);
    if (box.contains(start)) detector.fail("the source reaches into the detector; this generator needs it outside");
    const Eigen::Vector3d direction = proposal.direction(start, lattice_point(shard.first + i, shift));
    const auto segment = geometry::path_segment(box, start, direction);
    // A line aimed at an edge can miss by rounding; it stands for no solid angle.
    if (segment.length == 0) continue;
    const double weight =
        1 / (4 * physics::kPi * proposal.density(start, direction, segment) * static_cast<double>(recipe.events));
    for (auto& column : table.columns) {
      if (column.name == "weight") column.values.push_back(weight);
      if (column.name == "entry") column.values.push_back(segment.entry);
      if (column.name == "length") column.values.push_back(segment.length);
      if (column.name == "entry_face") column.values.push_back(segment.entry_face);
    }
    ++table.rows;
  }
  report_progress(progress, 1);
  return table;
}

}  // namespace anyslice::generate
