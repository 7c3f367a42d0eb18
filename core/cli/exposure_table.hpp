// anyslice limit --exposure: what more data would exclude.
#pragma once

#include <string>

#include "core/api/analysis.hpp"

namespace anyslice::cli {

/// Asks for limits at the exposures of `text` (LO:HI:N[:log] or one number) and prints them as json, csv or a table.
void run_exposure_limit(const api::Analysis& analysis, Json request, const std::string& text,
                        const std::string& format);

}  // namespace anyslice::cli
