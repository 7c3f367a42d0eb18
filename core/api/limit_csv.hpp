// A limit curve as comma-separated values.
#pragma once

#include <string>

#include "core/base/json_reader.hpp"
#include "core/card/card.hpp"

namespace anyslice::api {

/// The limit curve as comma-separated values: a commented header, then one row a point in the units of the card; an
/// empty cell is "no limit". `limit` is an answer of Analysis::limit; throws InputError where it is not.
std::string limit_csv(const Json& limit, const Card& card);

}  // namespace anyslice::api
