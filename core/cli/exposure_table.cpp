// Prints limits against the exposure.
#include "core/cli/exposure_table.hpp"

#include <cstdio>
#include <iostream>

#include "core/api/csv_text.hpp"
#include "core/cli/axis_option.hpp"
#include "core/cli/commands.hpp"
#include "core/cli/files.hpp"
#include "core/cli/progress_bar.hpp"

namespace anyslice::cli {
namespace {

const std::vector<std::string> kExposureBands = {"-2", "-1", "0", "+1", "+2"};

std::string exposure_heading(const Json& limit) {
  const std::string method = limit["method"];
  std::string text = limit["card"].get<std::string>() + ": expected limit on " + limit["on"].get<std::string>() +
                     " against exposure, " + show_number(limit["cl"]) + " CL, " + method;
  if (method.starts_with("delta-lnl")) {
    text += ", effective likelihood";
  } else if (method != "cls-exact") {
    text += ", " + limit["constraint"].get<std::string>();
  }
  return text + api::setting_text(JsonReader(limit, "limit"));
}

bool has_exposure_bands(const Json& limit) { return !limit["method"].get<std::string>().starts_with("delta-lnl"); }

void print_exposure_csv(const Json& limit) {
  std::printf("# %s\n", exposure_heading(limit).c_str());
  for (const auto& [name, value] : limit["set"].items()) {
    std::printf("# %s = %s\n", name.c_str(), show_number(value, 10).c_str());
  }
  const auto cell = [](const Json& value) { return value.is_null() ? std::string() : show_number(value, 10); };
  std::printf("# today: observed %s, expected %s\n", show_number(limit["today"]["observed"], 10).c_str(),
              show_number(limit["today"]["expected"]["0"], 10).c_str());
  for (const auto& projection : limit["projections"]) {
    std::printf("# %s: exposure %s, expected %s\n", projection["name"].get<std::string>().c_str(),
                show_number(projection["exposure"], 10).c_str(), show_number(projection["expected"]["0"], 10).c_str());
  }
  std::printf("exposure,%s",
              limit["amount_unit"].is_string() ? (limit["amount_unit"].get<std::string>() + ",").c_str() : "");
  std::printf("expected");
  if (has_exposure_bands(limit)) {
    for (const auto& band : kExposureBands) {
      if (band != "0") std::printf(",expected_%s", band.c_str());
    }
  }
  std::printf(",upper_edge\n");
  for (const auto& point : limit["points"]) {
    std::printf("%s,", cell(point["exposure"]).c_str());
    if (limit["amount_unit"].is_string()) std::printf("%s,", cell(point["amount"]).c_str());
    std::printf("%s", cell(point["expected"]["0"]).c_str());
    if (has_exposure_bands(limit)) {
      for (const auto& band : kExposureBands) {
        if (band != "0") std::printf(",%s", cell(point["expected"][band]).c_str());
      }
    }
    std::printf(",%s\n", point["excluded"].empty() ? "" : cell(point["excluded"][0][1]).c_str());
  }
}

void print_exposure_row(const Json& limit, const Json& point, const std::string& note) {
  std::printf("%10s", show_number(point["exposure"]).c_str());
  if (limit["amount_unit"].is_string()) std::printf(" %12s", show_number(point["amount"]).c_str());
  std::printf(" %12s", show_number(point["expected"]["0"]).c_str());
  if (has_exposure_bands(limit)) {
    for (const auto& band : kExposureBands) {
      if (band != "0") std::printf(" %11s", show_number(point["expected"][band]).c_str());
    }
  }
  const Json upper = point["excluded"].empty() ? Json(nullptr) : point["excluded"][0][1];
  std::printf(" %12s", show_number(upper).c_str());
  if (!note.empty()) std::printf("  %s", note.c_str());
  if (point["reason"].is_string()) std::printf("  %s", point["reason"].get<std::string>().c_str());
  std::printf("\n");
}

void print_exposure_table(const Json& limit) {
  std::printf("%s\n", exposure_heading(limit).c_str());
  std::printf("%10s", "exposure");
  if (limit["amount_unit"].is_string()) std::printf(" %12s", limit["amount_unit"].get<std::string>().c_str());
  std::printf(" %12s", "median");
  if (has_exposure_bands(limit)) {
    for (const char* band : {"-2", "-1", "+1", "+2"}) std::printf(" %11s", band);
  }
  std::printf(" %12s\n", "upper edge");
  for (const auto& point : limit["points"]) print_exposure_row(limit, point, "");
  for (const auto& projection : limit["projections"]) {
    print_exposure_row(limit, projection, "projection " + projection["name"].get<std::string>());
  }
  std::printf("today: observed %s, expected %s\n", show_number(limit["today"]["observed"]).c_str(),
              show_number(limit["today"]["expected"]["0"]).c_str());
}

}  // namespace

void run_exposure_limit(const api::Analysis& analysis, Json request, const std::string& text,
                        const std::string& format) {
  if (text.find(':') == std::string::npos) {
    request["exposures"] = {parse_number(text, "--exposure")};
  } else {
    const auto axis = parse_spaced_axis(text, "--exposure");
    if (!axis) {
      throw InputError("--exposure", "", "expected LO:HI:N, LO:HI:N:log or one number, found \"" + text + "\"");
    }
    request["exposures"] = axis->values();
  }
  InterruptGuard guard;
  ProgressBar bar("exposures", 0);
  Json limit;
  try {
    limit = analysis.exposure_limit(request, bar.callback());
  } catch (const InputError& error) {
    if (error.source() != "request" || !error.field().starts_with("exposures")) throw;
    throw InputError("--exposure", "", error.expected());
  }
  if (format == "json") {
    std::cout << limit.dump(2) << "\n";
  } else if (format == "csv") {
    print_exposure_csv(limit);
  } else {
    print_exposure_table(limit);
  }
  print_warnings(limit["today"]["warnings"]);
}

}  // namespace anyslice::cli
