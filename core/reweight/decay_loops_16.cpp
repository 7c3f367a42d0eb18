// The inner loops for processors with AVX-512; compiled with it, called where it is there.
#define ANYSLICE_LANES 16
#include "core/reweight/decay_loops.hpp"

namespace anyslice {

void add_decay_products_in_16_lanes(const DecayWork& work) { add_decay_products(work); }

}  // namespace anyslice
