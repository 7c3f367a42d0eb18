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
  std::string follows;  ///< a parameter whose value it takes while it is not set itself; may be empty
  /// Physical bounds in terms of other parameters; they narrow the range where the parameter is profiled.
  std::optional<Expression> lower_bound, upper_bound;
};

/// A constant or a switch: a named number that no slider moves. Switches differ between variants.
struct NamedNumber {
  std::string name, unit;
  double value = 0;
};

struct Derived {
  std::string name, unit, label, source;
  Expression expression;
};

struct TableReference {
  std::string name;                  ///< how the card calls it
  std::string url;                   ///< resolved against the card's address
  std::string sha256;                ///< of the uncompressed file
  std::string recipe;                ///< of what makes it, resolved like the url; may be empty
  std::vector<std::string> columns;  ///< the columns used; the table must have them
};

/// One crossing of an event's line with a decay volume, as two columns.
struct SegmentColumns {
  std::string entry, length;  ///< without an entry the flight begins inside
};

/// Which rows are meant: those whose column has one of these values (labels of a U8 column are their index).
struct RowCondition {
  std::string column;
  std::vector<std::string> labels;  ///< to be looked up in the table
  std::vector<double> values;
};

enum class KernelShape { epanechnikov, gaussian, top_hat };
enum class KernelDistance { log10, ln, linear };

struct KernelAxis {
  std::string column, parameter;
  KernelDistance distance = KernelDistance::log10;
  double bandwidth = 0;  ///< in units of the distance; half-width of finite kernels, sigma of the Gaussian
};

/// Takes away most of a kernel's bias: each row is divided by a tabulated rate at its own place, and multiplied by that
/// at the target.
struct FlattenSpecification {
  std::string rate;
  std::vector<std::string> vary;     ///< the parameters for which a row's own value is used
  std::map<std::string, double> at;  ///< fixed values; other parameters have the target's
  std::vector<RowCondition> where;   ///< rows that are flattened; empty: all
  std::optional<Expression> when;
};

/// One factor of the weight (see core/reweight).
struct FactorSpecification {
  enum class Kind { column, scale, ratio, select, kernel, decay };
  Kind kind = Kind::column;
  std::string column;                              ///< column
  std::optional<Expression> expression;            ///< scale, ratio, select
  std::optional<Expression> when;                  ///< ratio, select, decay: the factor counts where this is not zero
  RowCondition condition;                          ///< select
  bool invert = false;                             ///< select: keep the others
  std::optional<std::pair<double, double>> range;  ///< select: of the column, both ends included
  std::optional<Expression> ctau0, beta_gamma;     ///< decay
  std::string ctau0_unit;                          ///< decay: must be that of the segments
  std::string beta_gamma_column;                   ///< decay: multiplies beta_gamma row by row; may be empty
  std::vector<SegmentColumns> segments;            ///< decay
  KernelShape shape = KernelShape::epanechnikov;   ///< kernel, as what follows
  std::vector<KernelAxis> axes;
  std::optional<Expression> sampling_density;  ///< per unit of the distances; absent: the weights are divided by it
  std::optional<Expression> inside;            ///< of the parameters: where the table has events
  std::optional<Expression> trusted;           ///< of the parameters: where the kernel's bias is known to be small
  std::vector<FlattenSpecification> flatten;
};

/// Over what a rate is tabulated: the values of a parameter, or the target's value over that of a row, which is 1 for
/// the target itself.
struct RateAxis {
  std::string parameter;
  std::string list;  ///< name of the list of values
  bool is_target_over_row = false;
};

/// A rate tabulated in a table's metadata, per group of rows, over some parameters.
struct RateSpecification {
  std::string name;
  std::vector<std::pair<std::string, std::string>> groups;  ///< column and the list of its labels in the metadata
  std::vector<RateAxis> axes;
  std::vector<std::string> product;  ///< JSON pointers to arrays, groups first
};

/// A number of events that follows from tabulated rates alone.
struct TotalSpecification {
  std::string name, label, unit, rate;
  std::optional<Expression> when;
  bool nuclei = false;  ///< times the number of nuclei of each element
  std::string per_column;
  std::vector<std::pair<std::string, Expression>> per;  ///< label of that column and what it is multiplied by
  std::vector<RowCondition> leave_out;
  std::optional<Expression> scale;
};

struct BackgroundSpecification {
  std::string name;
  std::optional<Expression> expected;  ///< events, of constants and switches
};

struct BinSpecification {
  std::string name, channel;
  double observed = 0;
  std::vector<BackgroundSpecification> backgrounds;
  std::vector<RowCondition> events;                ///< rows that enter; empty: all
  std::optional<Expression> scale;                 ///< multiplies the signal
  std::optional<std::pair<double, double>> range;  ///< of the channel's histogram, low <= value < high
};

struct ChannelSpecification {
  std::string name, label;
  std::optional<Expression> histogram;  ///< row expression
  std::string histogram_label, histogram_unit;
};

/// A quantity of the events whose distribution can be shown at any point.
struct ObservableSpecification {
  std::string name, label, unit;
  std::optional<Expression> expression;  ///< row expression
  double low = 0, high = 0;
  Scale scale = Scale::linear;
  std::size_t bins = 0;
};

struct SystematicSpecification {
  std::string name;
  std::vector<std::string> on;  ///< names of background components, or "signal"
  double relative = 0;
  bool statistical = false;   ///< shrinks with one over the square root of the exposure
  bool each_bin = false;      ///< each bin has a pull of its own; otherwise one moves them all
  std::vector<bool> on_bins;  ///< which bins it acts on
};

struct LimitSettings {
  std::string on, versus;  ///< parameters: the one that is limited, and the axis
  double level = 0.95;
  std::string method, constraint;  ///< names as in core/stats
  /// Effective likelihood: below this variance the Poisson likelihood is used.
  double poisson_below_variance = 0;
  /// Limits on one parameter by -ln L: added to the -ln L of the best point.
  double base_offset = 0;
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

/// What is counted as observed in a projection.
enum class ProjectedCounts { none, expected, whole };

struct Projection {
  double exposure_scale = 1;
  std::map<std::string, double> switches;
  ProjectedCounts counts = ProjectedCounts::none;
};

/// How much data there are, for axes that say so.
struct ExposureSpecification {
  std::optional<Expression> amount;  ///< of constants and switches, times the exposure scale
  std::string unit;                  ///< such as "POT"
};

/// A part of the events that can be shown for itself.
struct PartSpecification {
  std::string name;
  std::vector<RowCondition> events;
};

/// A state of the events on their way through the selection: the card with some constants changed, which take factors
/// out of the weight.
struct DisplayStage {
  std::string name, label;
  std::map<std::string, double> constants;
};

/// Two observables of the display table against each other.
struct DisplayMap {
  std::string name, label, x, y;
  std::size_t x_bins = 0, y_bins = 0;
};

/// A total over another one, as a function of two parameters.
struct DisplayRatio {
  std::string name, label, unit;
  std::string numerator, denominator;  ///< names of totals
  std::optional<Expression> scale;
  std::string x, y;  ///< parameters
};

/// Flux and cross sections behind the display table (see generate/interaction_curves.hpp).
struct DisplayInteractions {
  std::string label;
  std::map<std::string, Expression> parameters;  ///< of the generator
  std::optional<Expression> scale;               ///< of the cross sections
};

/// What is shown of events that are no rows of the main table: a second, small table of events before cuts and
/// acceptance, weighed by the same factors.
struct Display {
  TableReference table;
  std::vector<std::string> channels;    ///< that its events can enter; empty: all
  std::map<std::string, double> wider;  ///< factors of the kernel's bandwidth, by parameter: there are fewer rows
  std::vector<DisplayStage> stages;
  std::vector<ObservableSpecification> observables;
  std::vector<DisplayMap> maps;
  std::vector<DisplayRatio> ratios;
  std::optional<DisplayInteractions> interactions;
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
  std::vector<RateSpecification> rates;
  std::vector<TotalSpecification> totals;
  std::vector<ChannelSpecification> channels;
  std::vector<BinSpecification> bins;
  std::vector<PartSpecification> parts;
  std::vector<ObservableSpecification> observables;
  std::optional<Display> display;
  std::vector<SystematicSpecification> systematics;
  LimitSettings limits;
  std::optional<PublishedLimits> published;
  std::map<std::string, Variant> variants;
  std::map<std::string, Projection> projections;
  std::optional<ExposureSpecification> exposure;
  std::vector<Overlay> overlays;

  const Parameter* find_parameter(const std::string& name) const;
};

/// Texts of cards by absolute URL or path, as far as they have been fetched.
using CardDocuments = std::map<std::string, std::string>;

/// Reads the card at `address`. Throws InputError(address, field, ...) for the first thing that is wrong.
Card read_card(const CardDocuments& documents, const std::string& address);

}  // namespace anyslice
