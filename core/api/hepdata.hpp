// Results as a submission to HEPData (https://www.hepdata.net): the format of hepdata-submission.readthedocs.io, as
// hepdata-validator 1.1 demands it.
#pragma once

#include <string>
#include <vector>

#include "core/base/json_reader.hpp"
#include "core/card/card.hpp"

namespace anyslice::api {

struct HepdataFile {
  std::string name;  ///< "submission.yaml" or that of a data file, without a folder
  std::string text;  ///< YAML in UTF-8
};

/// The files of a submission with these results, submission.yaml first. `results` is a list of {limit}, {contour} or
/// {map}, each with an answer of Analysis::limit, contour or limit_map of this card, and optionally with a `label`
/// that tells it from the others of its kind and the `setting` of its request, for what an answer does not repeat
/// (projection, part, channels, switches, bandwidth). Columns have the units of the card and seven significant
/// digits; a limit that does not exist is "-". Throws InputError("request", field, ...) where a result is none of
/// these or belongs to another card.
std::vector<HepdataFile> hepdata_submission(const Card& card, const JsonReader& results);

/// The same in one file: a YAML document for the whole and one for each table with its data in it.
std::string hepdata_single_file(const Card& card, const JsonReader& results);

}  // namespace anyslice::api
