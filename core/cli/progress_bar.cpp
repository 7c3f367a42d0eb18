// The progress bar and the signals.
#include "core/cli/progress_bar.hpp"

#include <unistd.h>

#include <csignal>
#include <cstdio>

namespace anyslice::cli {
namespace {
volatile std::sig_atomic_t interrupted = 0;
}

InterruptGuard::InterruptGuard() {
  interrupted = 0;
  old_interrupt_ = std::signal(SIGINT, [](int) { interrupted = 1; });
  old_terminate_ = std::signal(SIGTERM, [](int) { interrupted = 1; });
}

InterruptGuard::~InterruptGuard() {
  std::signal(SIGINT, old_interrupt_);
  std::signal(SIGTERM, old_terminate_);
}

void InterruptGuard::check() {
  if (interrupted != 0) throw Cancelled();
}

ProgressBar::ProgressBar(std::string label, double events)
    : label_(std::move(label)),
      events_(events),
      terminal_(isatty(STDERR_FILENO) != 0),
      start_(std::chrono::steady_clock::now()),
      last_(start_) {}

ProgressBar::~ProgressBar() {
  if (drawn_) std::fputs("\r\x1b[K", stderr);
}

ProgressCallback ProgressBar::callback() {
  return [this](double fraction) { return show(fraction); };
}

bool ProgressBar::show(double fraction) {
  if (interrupted != 0) return false;
  const auto now = std::chrono::steady_clock::now();
  if (!terminal_ || std::chrono::duration<double>(now - last_).count() < 0.2) return true;
  last_ = now;
  const double seconds = std::chrono::duration<double>(now - start_).count();
  constexpr int kWidth = 24;
  const int filled = static_cast<int>(fraction * kWidth);
  std::fprintf(stderr, "\r\x1b[K%s [%.*s%*s] %3.0f %%", label_.c_str(), filled, "########################",
               kWidth - filled, "", 100 * fraction);
  if (events_ > 0) std::fprintf(stderr, "  %.3g events/s", events_ * fraction / seconds);
  if (fraction > 0) std::fprintf(stderr, "  %.0f s to go", seconds * (1 - fraction) / fraction);
  std::fflush(stderr);
  drawn_ = true;
  return true;
}

}  // namespace anyslice::cli
