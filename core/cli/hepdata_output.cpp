// Writes a submission to HEPData.
#include "core/cli/hepdata_output.hpp"

#include <filesystem>
#include <iostream>

#include "core/api/hepdata.hpp"
#include "core/cli/files.hpp"

namespace anyslice::cli {

namespace fs = std::filesystem;

HepdataOutput::HepdataOutput(const std::string& format, std::string folder) : folder_(std::move(folder)) {
  if (folder_.empty()) return;
  if (format != "hepdata") throw InputError("--output", "", "is a folder for --format hepdata; expected that format");
  std::error_code error;
  const fs::file_status status = fs::status(folder_, error);
  if (fs::exists(status)) {
    if (!fs::is_directory(status)) throw InputError(folder_, "", "is a file; expected a folder, new or empty");
    // HEPData refuses a submission with files that are not its own, and nothing may be overwritten.
    const bool is_empty = fs::is_empty(folder_, error);
    if (error) throw InputError(folder_, "", "cannot be read: " + error.message());
    if (!is_empty) throw InputError(folder_, "", "has files in it; expected a folder that is new or empty");
  }
  check_writable((fs::path(folder_) / "submission.yaml").string());
}

void HepdataOutput::write(const Card& card, const Json& result) const {
  const Json results = Json::array({result});
  const JsonReader reader(results, "request", "results");
  if (folder_.empty()) {
    std::cout << api::hepdata_single_file(card, reader);
    return;
  }
  for (const api::HepdataFile& file : api::hepdata_submission(card, reader)) {
    write_file((fs::path(folder_) / file.name).string(), {file.text.begin(), file.text.end()});
  }
}

}  // namespace anyslice::cli
