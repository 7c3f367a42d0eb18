// Progress of long commands on the terminal, and their interruption by Ctrl-C.
#pragma once

#include <chrono>
#include <string>

#include "core/base/progress.hpp"

namespace anyslice::cli {

/// While one exists, SIGINT and SIGTERM do not end the process: progress callbacks cancel, and check() throws.
class InterruptGuard {
 public:
  InterruptGuard();
  ~InterruptGuard();
  InterruptGuard(const InterruptGuard&) = delete;
  InterruptGuard& operator=(const InterruptGuard&) = delete;

  /// Throws Cancelled after a signal; for the places between one progress bar and the next.
  static void check();

 private:
  void (*old_interrupt_)(int);
  void (*old_terminate_)(int);
};

/// Prints one line on standard error that is overwritten: what is done, events a second, time to go. Nothing where
/// standard error is not a terminal.
class ProgressBar {
 public:
  /// `events` is what a fraction of one stands for; 0 leaves out the rate.
  ProgressBar(std::string label, double events);
  ~ProgressBar();
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  ProgressCallback callback();

 private:
  bool show(double fraction);

  std::string label_;
  double events_;
  bool terminal_, drawn_ = false;
  std::chrono::steady_clock::time_point start_, last_;
};

}  // namespace anyslice::cli
