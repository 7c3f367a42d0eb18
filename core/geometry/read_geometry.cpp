// Reading boxes, frames and detectors.
#include "core/geometry/read_geometry.hpp"

#include <Eigen/LU>

namespace anyslice::geometry {

Eigen::Vector3d read_vector(const JsonReader& reader) {
  const auto numbers = reader.numbers();
  if (numbers.size() != 3) reader.fail("expected three numbers");
  return {numbers[0], numbers[1], numbers[2]};
}

Frame read_frame(const JsonReader& reader) {
  reader.allow_only({"origin_m", "rotation", "reference"});
  Frame frame;
  frame.origin = read_vector(reader.at("origin_m"));
  const auto rows = reader.at("rotation").items();
  if (rows.size() != 3) reader.at("rotation").fail("expected three rows of three numbers");
  for (int i = 0; i < 3; ++i) frame.rotation.row(i) = read_vector(rows[i]);
  const Eigen::Matrix3d deviation = frame.rotation * frame.rotation.transpose() - Eigen::Matrix3d::Identity();
  if (deviation.cwiseAbs().maxCoeff() > 1e-6 || frame.rotation.determinant() < 0) {
    reader.at("rotation").fail("expected a rotation matrix (orthogonal, determinant 1)");
  }
  return frame;
}

Box read_box(const JsonReader& reader) {
  reader.allow_only({"low", "high"});
  const Box box{read_vector(reader.at("low")), read_vector(reader.at("high"))};
  if (!(box.low.array() < box.high.array()).all()) reader.fail("expected low < high in every coordinate");
  return box;
}

Detector read_detector(const JsonReader& reader) {
  reader.allow_only({"anyslice_detector", "name", "about", "regions"});
  if (reader.at("anyslice_detector").text() != "1") reader.at("anyslice_detector").fail("expected version \"1\"");
  Detector detector;
  detector.name = reader.at("name").text();
  for (const JsonReader& item : reader.at("regions").items()) {
    item.allow_only({"name", "part", "box_cm", "mass_t", "reference"});
    Region region;
    region.name = item.at("name").text();
    if (detector.find(region.name) != nullptr) item.at("name").fail("\"" + region.name + "\" is given twice");
    region.part = item.at("part").text();
    region.box = read_box(item.at("box_cm"));
    for (const auto& [element, mass] : item.at("mass_t").fields()) region.mass_t[element] = mass.non_negative_number();
    detector.regions.push_back(std::move(region));
  }
  if (detector.regions.empty()) reader.at("regions").fail("expected at least one region");
  return detector;
}

}  // namespace anyslice::geometry
