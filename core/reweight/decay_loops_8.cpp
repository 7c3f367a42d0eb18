// The inner loops for processors with AVX2 and fused multiply-adds; compiled with these, called where they are there.
#define ANYSLICE_LANES 8
#include "core/reweight/decay_loops.hpp"

namespace anyslice {

void add_decay_products_in_8_lanes(const DecayWork& work) { add_decay_products(work); }

}  // namespace anyslice
