// Kernels that spread an event over neighbouring values of the parameters it was made with (Eq. 25 of
// arXiv:2205.12273).
#pragma once

#include <functional>
#include <span>

#include "core/card/card.hpp"

namespace anyslice {

/// The coordinate in which distances are taken: log10, ln or the value itself.
double kernel_coordinate(KernelDistance distance, double value);
double value_at_coordinate(KernelDistance distance, double coordinate);

/// The kernel as a function of r^2 = sum over axes of (distance / bandwidth)^2, before normalisation.
double kernel_shape(KernelShape shape, double r_squared);

/// The integral of kernel_shape() over all space with bandwidths 1: 1 over it normalises a kernel of bandwidths 1.
double kernel_integral(KernelShape shape, std::size_t dimensions);

/// Beyond this many bandwidths the kernel is zero. A Gaussian is cut where 2e-9 of it remain.
double kernel_reach(KernelShape shape);

/// The share of a kernel that lies where `inside` is true; its argument are the distances in bandwidths, one per axis.
double kernel_share_inside(KernelShape shape, std::size_t dimensions,
                           const std::function<bool(std::span<const double>)>& inside);

}  // namespace anyslice
