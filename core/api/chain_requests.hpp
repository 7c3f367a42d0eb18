// How the prediction at a point comes about, and what it says.
#pragma once

#include "core/api/setting.hpp"
#include "core/base/json_reader.hpp"
#include "core/reweight/reweighter.hpp"

namespace anyslice::api {

/// {card, point, variant, projection, part, exposure_scale, chains [{label, channels, mu, mu_mc_error,
/// effective_events, product, steps}], mu, mu_mc_error, effective_events, bins, channels, conclusion, verdict
/// {excluded, reason, method, level}}: the card's chains with the numbers of a point, and what follows from them.
///
/// A step is {label, formula {text, latex}, value, unit, factor, mc_error, effective_events, source}, its value null
/// where the card gives none with these switches, and its errors where it is no (or not one) sum over events. The
/// factors of a chain multiply up to its `mu`: that is `product`, null where a factor has no value. `bins` are those of
/// Analysis::rate, each with its `delta_lnl`, by how much its signal raises -ln L; `channels` [{channel, bins, ...}]
/// are the same summed over the bins of each channel, their uncertainties taken as independent. `conclusion` are the
/// steps from the counts to the verdict; `excluded` is null where there is no verdict, for the `reason` given, and else
/// stands on `comparison` {what, value, relation, limit, unit}: whether the value is "above", "at least" or "at most"
/// the limit.
///
/// Request: that of Analysis::rate, and x, y {parameter}, profile, minimum. -ln L is measured from the best point of
/// the plane of x and y (by default that of the card's limits), of which `minimum` is the -ln L where it is known.
/// `rate` is the answer of Analysis::rate to rate_request_of(setting, request). Throws InputError.
Json chain_at(const Model& model, const Reweighter& reweighter, const JsonReader& request, const Json& rate);

/// What to ask Analysis::rate for chain_at().
Json rate_request_of(const Model& model, const JsonReader& request);

}  // namespace anyslice::api
