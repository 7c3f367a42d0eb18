// Progress and cancellation of anything that can take over 100 ms.
#pragma once

#include <functional>
#include <stdexcept>

namespace anyslice {

/// Called with the fraction done (0 to 1); returning false cancels the work, which then throws Cancelled.
using ProgressCallback = std::function<bool(double fraction)>;

class Cancelled : public std::runtime_error {
 public:
  Cancelled() : std::runtime_error("cancelled") {}
};

inline void report_progress(const ProgressCallback& progress, double fraction) {
  if (progress && !progress(fraction)) throw Cancelled();
}

}  // namespace anyslice
