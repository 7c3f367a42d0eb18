// The analysis card, parsed and checked: everything an analysis knows, as data. The format is documented field by
// field in data/schema/card.schema.json.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/base/json_reader.hpp"
#include "core/card/expression.hpp"

namespace anyslice {

enum class Scale { linear, log };

struct Parameter {
  std::string name, unit;
  double low = 0, high = 0;  ///< the range a value must lie in, inclusive
  Scale scale = Scale::linear;
  double default_value = 0;
};

/// A constant or a switch: a named number that no slider moves. Switches differ between variants.
struct NamedNumber {
  std::string name, unit;
  double value = 0;
};

struct Derived {
  std::string name, unit, label;
  Expression expression;
};

struct TableReference {
  std::string name;                  ///< how the card calls it
  std::string url;                   ///< resolved against the card's address
  std::string sha256;                ///< of the uncompressed file
  std::vector<std::string> columns;  ///< the columns used; the table must have them
};

/// One crossing of an event's line with a decay volume, as two columns.
struct SegmentColumns {
  std::string entry, length;
};

/// One factor of the weight (see core/reweight).
struct FactorSpecification {
  enum class Kind { column, scale, decay };
  Kind kind = Kind::column;
  std::string column;                           ///< column
  std::optional<Expression> expression;         ///< scale
  std::optional<Expression> ctau0, beta_gamma;  ///< decay
  std::string ctau0_unit;                       ///< decay: must be that of the segments
  std::string beta_gamma_column;                ///< decay: multiplies beta_gamma row by row; may be empty
  std::vector<SegmentColumns> segments;         ///< decay
};

struct BackgroundSpecification {
  std::string name;
  double expected = 0;  ///< events
};

struct BinSpecification {
  std::string name, channel;
  double observed = 0;
  std::vector<BackgroundSpecification> backgrounds;
};

struct SystematicSpecification {
  std::string name;
  std::vector<std::string> on;  ///< names of background components, or "signal"
  double relative = 0;
  bool statistical = false;  ///< shrinks with one over the square root of the exposure
};

struct LimitSettings {
  std::string on, versus;  ///< parameters: the one that is limited, and the axis
  double level = 0.95;
  std::string method, constraint;  ///< names as in core/stats
};

struct PublishedLimit {
  double versus = 0;
  std::map<std::string, double> values;  ///< "observed", "-2", "-1", "0", "+1", "+2"
};

struct PublishedLimits {
  std::string source, on, versus;
  double level = 0.95;
  std::vector<PublishedLimit> points;
};

struct Variant {
  std::string name;
  std::map<std::string, double> switches;
  LimitSettings limits;
};

struct Overlay {
  std::string name, x, y;
  std::string function;  ///< a function of the card gives y at x; empty: points
};

struct Card {
  std::string source;  ///< URL or file name, for messages
  Json document;       ///< the card with what it extends merged in
  std::string name, title;
  std::vector<NamedNumber> constants, switches;
  std::vector<Parameter> parameters;
  std::map<std::string, std::map<std::string, double>> benchmarks;
  std::map<std::string, Table1d> functions;
  std::vector<Derived> derived;  ///< each after those it uses
  std::vector<TableReference> tables;
  std::vector<FactorSpecification> weight;
  std::vector<BinSpecification> bins;
  std::vector<SystematicSpecification> systematics;
  LimitSettings limits;
  std::optional<PublishedLimits> published;
  std::map<std::string, Variant> variants;
  std::map<std::string, double> projections;  ///< exposure scale by name
  std::vector<Overlay> overlays;

  const Parameter* find_parameter(const std::string& name) const;
};

/// Texts of cards by absolute URL or path, as far as they have been fetched.
using CardDocuments = std::map<std::string, std::string>;

/// Reads the card at `address`. Throws InputError(address, field, ...) for the first thing that is wrong.
Card read_card(const CardDocuments& documents, const std::string& address);

}  // namespace anyslice
