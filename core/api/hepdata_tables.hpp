// The tables of a submission to HEPData, one or more for each result.
#pragma once

#include <string>
#include <vector>

#include "core/base/json_reader.hpp"
#include "core/card/card.hpp"

namespace anyslice::api {

struct HepdataTable {
  std::string name, description;
  Json data;  ///< {independent_variables, dependent_variables} of HEPData's schema
};

/// Appends the tables of one result {limit | contour | map, label}; see hepdata.hpp.
void append_hepdata_tables(std::vector<HepdataTable>& tables, const Card& card, const JsonReader& result);

}  // namespace anyslice::api
