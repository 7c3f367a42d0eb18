// Where --format hepdata goes: a folder with the files of a submission, or standard output.
#pragma once

#include <string>

#include "core/base/json_reader.hpp"
#include "core/card/card.hpp"

namespace anyslice::cli {

class HepdataOutput {
 public:
  static constexpr const char* kHelp =
      "Folder for the files of --format hepdata, new or empty (default: one file on standard output)";

  /// Throws InputError for a folder that cannot take the files or that another format has no use for, before any work.
  HepdataOutput(const std::string& format, std::string folder);

  /// Writes one result (see api::hepdata_submission).
  void write(const Card& card, const Json& result) const;

 private:
  std::string folder_;
};

}  // namespace anyslice::cli
